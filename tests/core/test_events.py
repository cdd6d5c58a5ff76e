"""What is announced after the commit, when the broker does not take it."""

from types import SimpleNamespace

import pytest

from apps.conversations.events import MessageChanged
from apps.core import events
from apps.core.models import new_id

pytestmark = pytest.mark.usefixtures("acme")


def test_a_broker_that_takes_nothing_undoes_nothing(monkeypatch, caplog, django_capture_on_commit_callbacks):
    told = []

    def broken(**fields):
        raise OSError("no space left on device")

    def whole(**fields):
        told.append(fields)

    hearers = [SimpleNamespace(name="first", delay=broken), SimpleNamespace(name="second", delay=whole)]
    monkeypatch.setattr(events, "subscriptions", lambda: {MessageChanged: hearers})

    with django_capture_on_commit_callbacks(execute=True):
        events.emit(MessageChanged(message_id=(message_id := new_id())))

    assert told == [{"message_id": message_id}]
    assert "no space left on device" in caplog.text
