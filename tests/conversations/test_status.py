"""Statuses only move forward, whatever order they come in."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from apps.conversations import actions
from apps.conversations.models import Message
from apps.core.actors import SYSTEM
from apps.core.models import new_id
from apps.gateways import protocol
from tests.factories import a_conversation


@pytest.fixture
def sent(acme):
    message = actions.send_message(a_conversation(), body="Welcome", by=SYSTEM)
    Message.objects.filter(pk=message.pk).update(status="sent", external_id="wamid.out")
    return message.fresh()


def status(name, seconds, **but):
    at = timezone.now().replace(microsecond=0) + timedelta(seconds=seconds)
    return protocol.StatusChange(**{"external_id": "wamid.out", "status": name, "provider_at": at, **but})


@pytest.mark.parametrize("order", permutations(["sent", "delivered", "read", "failed"]))
def test_every_order_of_four_statuses_ends_equal(sent, order):
    for seconds, name in enumerate(order):
        actions.record_status(sent.inbox, status(name, seconds))

    message = sent.fresh()
    assert message.status == "read"
    assert message.status_events.count() == 4
    assert all([message.sent_at, message.delivered_at, message.read_at, message.failed_at])


def test_a_repeated_status_is_noted_once(sent):
    news = status("delivered", 0)
    actions.record_status(sent.inbox, news)

    with pytest.raises(actions.AlreadyStored):
        actions.record_status(sent.inbox, news)

    assert sent.status_events.count() == 1


def test_a_status_before_the_send_answer_is_found_by_our_own_id(acme):
    message = actions.send_message(a_conversation(), body="Welcome", by=SYSTEM)
    Message.objects.filter(pk=message.pk).update(status="sending")

    actions.record_status(message.inbox, status("delivered", 0, opaque_id=message.opaque_id))

    assert (message.fresh().status, message.fresh().external_id) == ("delivered", "wamid.out")


def test_a_status_of_nobody_is_not_here_yet(sent):
    with pytest.raises(actions.NotHereYet):
        actions.record_status(sent.inbox, status("read", 0, external_id="wamid.other", opaque_id=new_id()))

    assert sent.fresh().status == "sent"


def test_an_unknown_status_word_moves_nothing(sent):
    actions.record_status(sent.inbox, status("in_orbit", 0))

    assert sent.fresh().status == "sent"
    assert sent.status_events.get().moved is False
