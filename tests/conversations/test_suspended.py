"""A suspended business: nothing is sent, nothing is lost, and its people's sockets are closed."""

import pytest

from apps.conversations import actions, tasks
from apps.core.actors import SYSTEM
from apps.tenants.actions import resume_business, suspend_business
from apps.tenants.events import BusinessSuspended
from tests.factories import a_conversation
from tests.gateways.conftest import loopback  # noqa: F401  a fixture
from tests.gateways.provider import Answer

REASON = "the bill is unpaid"


@pytest.fixture
def graph(loopback, settings):  # noqa: F811
    settings.META_GRAPH_URL = loopback.url
    return loopback


def test_nothing_is_sent_while_suspended_and_everything_after(acme, graph):
    message = actions.send_message(a_conversation(), body="Welcome", by=SYSTEM)
    suspend_business(acme, reason=REASON, by=SYSTEM)

    tasks.deliver.delay(message.pk)
    assert (message.fresh().status, graph.heard) == ("queued", [])

    resume_business(acme, reason="the bill is paid", by=SYSTEM)
    graph.will(Answer(200, {"messages": [{"id": "wamid.1"}]}))
    tasks.deliver.delay(message.pk)
    assert message.fresh().status == "sent"


def test_suspending_closes_the_sockets(acme, announced, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        suspend_business(acme, reason=REASON, by=SYSTEM)

    assert announced(callbacks) == [BusinessSuspended(business_id=acme.pk)]
