"""The axes of a conversation and the statuses of a message, as the tables of requirements 15.1 and 15.4 list them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways import protocol
from tests.factories import a_message, an_inbox

SETTLED = timezone.now() - timedelta(minutes=1)
STATES = {
    "open": {"status": "open", "snoozed_until": None, "resolved_at": None},
    "snoozed": {"status": "snoozed", "snoozed_until": timezone.now() + timedelta(days=1), "resolved_at": None},
    "resolved": {"status": "resolved", "snoozed_until": None, "resolved_at": SETTLED},
}
VERBS = {
    "snooze": lambda row: actions.snooze_conversation(row, until=timezone.now() + timedelta(hours=2), by=SYSTEM),
    "unsnooze": lambda row: actions.unsnooze_conversation(row, by=SYSTEM),
    "close": lambda row: actions.close_conversation(row, by=SYSTEM),
    "reopen": lambda row: actions.reopen_conversation(row, by=SYSTEM),
    "a message": lambda row: a_message(row.inbox, "Hello again"),
}
# From each status, what each verb makes of it; None: refused, and nothing changes.
TABLE = {
    "open": {"snooze": "snoozed", "unsnooze": None, "close": "resolved", "reopen": None, "a message": "open"},
    "snoozed": {"snooze": "snoozed", "unsnooze": "open", "close": "resolved", "reopen": None, "a message": "open"},
    "resolved": {"snooze": None, "unsnooze": None, "close": None, "reopen": "open", "a message": "open"},
}


@pytest.fixture
def conversation(acme):
    return a_message(an_inbox("simulator")).conversation.fresh()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("before", TABLE)
def test_a_status_becomes_what_the_table_says(conversation, before, verb):
    Conversation.objects.filter(pk=conversation.pk).update(**STATES[before])
    row, after = conversation.fresh(), TABLE[before][verb]

    if after is None:
        with pytest.raises(Refusal) as refusal:
            VERBS[verb](row)
        assert refusal.value.code == "illegal_transition"
        assert (row.fresh().status, row.fresh().last_seq) == (before, row.last_seq)
    else:
        VERBS[verb](row)
        assert row.fresh().status == after


@pytest.mark.parametrize(("days", "again"), [(0, False), (1, True), (30, True)])
def test_a_message_after_the_reopen_window_begins_another(acme, days, again):
    inbox = an_inbox("simulator", reopen_days=days)
    conversation = a_message(inbox).conversation
    resolved_at = timezone.now() - timedelta(days=days) + timedelta(hours=1 if days else -1)
    Conversation.objects.filter(pk=conversation.pk).update(status="resolved", resolved_at=resolved_at)

    assert (a_message(inbox).conversation_id == conversation.pk) is again


def test_one_customer_has_one_unresolved_conversation_in_an_inbox(conversation):
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.create(inbox=conversation.inbox, customer=conversation.customer, number=99_999)


# 15.4: from each status, where each event leads; what is not listed changes nothing.
FATES = ("queued", "sending", "sent", "delivered", "read", "played", "failed", "unknown", "canceled")
BY_PROVIDER = {
    "sending": {"sent", "delivered", "read", "played", "failed"},
    "unknown": {"sent", "delivered", "read", "played", "failed"},
    "sent": {"delivered", "read", "played", "failed"},
    "delivered": {"read", "played"},
    "read": {"played"},
    "failed": {"delivered", "read", "played"},
}
BY_PEOPLE = {
    ("queued", "cancel"): "canceled", ("unknown", "retry"): "queued", ("failed", "retry"): "queued",
    ("unknown", "not_sent"): "failed",
}  # fmt: skip
DECISIONS = {"cancel": actions.cancel_message, "retry": actions.retry_message, "not_sent": actions.mark_not_sent}


def outgoing(conversation, status):
    message = actions.send_message(conversation, body="Hi", by=SYSTEM)
    Message.objects.filter(pk=message.pk).update(status=status, external_id="wamid.ours", error_code="131026")
    return message.fresh()


@pytest.mark.parametrize("before", FATES)
def test_a_providers_word_moves_a_message_as_the_table_says(conversation, before):
    message = outgoing(conversation, before)
    for after in ("sent", "delivered", "read", "played", "failed"):
        Message.objects.filter(pk=message.pk).update(status=before, error_code="131026")
        fact = protocol.StatusChange(external_id="wamid.ours", status=after, provider_at=timezone.now())
        actions.record_status(message.inbox, fact)

        moves = BY_PROVIDER.get(before, {"sent", "delivered", "read", "played", "failed"} if before == "queued" else ())
        assert message.fresh().status == (after if after in moves else before), (before, after)
    assert message.status_events.count() == 5


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("before", FATES)
def test_a_persons_decision_moves_a_message_as_the_table_says(conversation, before, decision):
    message = outgoing(conversation, before)
    after = BY_PEOPLE.get((before, decision))

    if after is None:
        with pytest.raises(Refusal):
            DECISIONS[decision](message, by=SYSTEM)
    else:
        DECISIONS[decision](message, by=SYSTEM)
    assert message.fresh().status == (after or before)
