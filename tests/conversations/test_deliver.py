"""Handing messages to a provider: through the real client, to a server on this machine that answers as told."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conversations import actions, tasks
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways import protocol
from tests.factories import a_conversation, a_message
from tests.gateways.conftest import loopback  # noqa: F401  a fixture
from tests.gateways.provider import Answer

ACCEPTED = {"messaging_product": "whatsapp", "contacts": [{"input": "x"}], "messages": [{"id": "wamid.sent"}]}


@pytest.fixture
def graph(loopback, settings):  # noqa: F811
    settings.META_GRAPH_URL = loopback.url
    return loopback


@pytest.fixture
def conversation(acme):
    return a_conversation()


def say(conversation, body="Welcome"):
    return actions.send_message(conversation, body=body, by=SYSTEM)


def accepted(external_id="wamid.sent"):
    return Answer(200, {**ACCEPTED, "messages": [{"id": external_id}]})


def refused(code, status=400, **headers):
    return Answer(status, {"error": {"code": code, "message": "no", "error_data": {"details": "because"}}}, headers)


def test_a_message_is_sent_and_carries_our_own_id(conversation, graph):
    graph.will(accepted())
    message = say(conversation, "أهلاً")

    tasks.deliver.delay(message.pk)

    message, (heard,) = message.fresh(), graph.heard
    assert (message.status, message.external_id, message.attempts) == ("sent", "wamid.sent", 1)
    assert heard.json["text"]["body"] == "أهلاً"
    assert heard.json["biz_opaque_callback_data"] == str(message.opaque_id)
    assert message.tries.get().result == "accepted"
    assert message.seq == conversation.fresh().last_seq


def test_two_tasks_for_one_message_send_it_once(conversation, graph):
    graph.will(accepted())
    message = say(conversation)

    tasks.deliver.delay(message.pk)
    tasks.deliver.delay(message.pk)

    assert len(graph.heard) == 1


def test_the_next_message_waits_for_the_one_before(conversation, graph):
    first, second = say(conversation, "one"), say(conversation, "two")

    assert actions.claim(second.pk) is None
    graph.will(accepted("wamid.1"), accepted("wamid.2"))
    tasks.deliver.delay(first.pk)

    assert [heard.json["text"]["body"] for heard in graph.heard] == ["one", "two"]
    assert second.fresh().status == "sent"


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(131047, "window_closed"), (131026, "undeliverable"), (131051, "bad_parameters"), (131050, "marketing_refused")],
)
def test_a_refusal_is_final_and_says_why(conversation, graph, code, meaning):
    graph.will(refused(code))
    message = say(conversation)

    tasks.deliver.delay(message.pk)

    message = message.fresh()
    assert (message.status, message.error_code, message.error_meaning) == ("failed", str(code), meaning)
    assert message.failure
    assert len(graph.heard) == 1


def test_a_passing_trouble_puts_it_back_in_the_queue(conversation, graph):
    graph.will(refused(131016, 500, **{"Retry-After": "90"}))
    message = actions.claim(say(conversation).pk)
    before = timezone.now()

    with pytest.raises(tasks.Temporary) as pause:
        actions.hand_over_to_provider(message)

    message = message.fresh()
    assert message.status == "queued"
    assert pause.value.args == (90.0,)
    assert before + timedelta(seconds=89) < message.next_at < timezone.now() + timedelta(seconds=91)
    assert actions.claim(message.pk) is None


def test_after_eight_tries_it_has_failed(conversation, graph):
    message = say(conversation)
    Message.objects.filter(pk=message.pk).update(attempts=7)
    graph.will(refused(131016, 500))

    tasks.deliver.delay(message.pk)

    assert (message.fresh().status, message.fresh().error_meaning) == ("failed", "passing")


def test_a_revoked_token_stops_the_inbox_and_keeps_the_message(conversation, graph):
    graph.will(refused(190, 401))
    message = actions.claim(say(conversation).pk)

    with pytest.raises(tasks.Temporary):
        actions.hand_over_to_provider(message)

    assert message.fresh().status == "queued"
    assert message.inbox.fresh().health == "reconnect_needed"


def test_no_answer_leaves_the_fate_unknown_and_nothing_is_resent(conversation, graph):
    graph.will(Answer(cut=True))
    message = say(conversation)

    tasks.deliver.delay(message.pk)
    tasks.deliver.delay(message.pk)

    assert message.fresh().status == "unknown"
    assert len(graph.heard) == 1


def test_a_status_resolves_an_unknown_fate(conversation, graph):
    graph.will(Answer(cut=True))
    message = say(conversation)
    tasks.deliver.delay(message.pk)
    fact = protocol.StatusChange("wamid.late", "delivered", timezone.now(), opaque_id=message.opaque_id)

    actions.record_status(message.inbox, fact)

    assert (message.fresh().status, message.fresh().external_id) == ("delivered", "wamid.late")


def test_sending_again_is_a_new_attempt_with_a_new_provider_id(conversation, graph):
    graph.will(refused(131026), accepted("wamid.second"))
    message = say(conversation)
    tasks.deliver.delay(message.pk)

    actions.retry_message(message.fresh(), by=SYSTEM)
    tasks.deliver.delay(message.pk)

    message = message.fresh()
    assert (message.status, message.external_id, message.error_code) == ("sent", "wamid.second", "")
    assert list(message.tries.order_by("number").values_list("number", "result")) == [(1, "refused"), (2, "accepted")]
    assert len({json.dumps(heard.json["biz_opaque_callback_data"]) for heard in graph.heard}) == 2


def test_what_was_sent_cannot_be_sent_again_or_cancelled(conversation, graph):
    graph.will(accepted())
    message = say(conversation)
    tasks.deliver.delay(message.pk)

    for verb in (actions.retry_message, actions.cancel_message, actions.mark_not_sent):
        with pytest.raises(Refusal) as refusal:
            verb(message.fresh(), by=SYSTEM)
        assert refusal.value.code == "illegal_transition"
    assert len(graph.heard) == 1


def test_a_cancelled_message_is_never_sent(conversation, graph):
    message = say(conversation)
    actions.cancel_message(message, by=SYSTEM)

    tasks.deliver.delay(message.pk)

    assert graph.heard == []


def test_a_window_that_closed_meanwhile_fails_without_a_call(conversation, graph):
    message = say(conversation)
    Conversation.objects.filter(pk=conversation.pk).update(window_until=timezone.now())

    tasks.deliver.delay(message.pk)

    assert (message.fresh().status, message.fresh().error_meaning) == ("failed", "window_closed")
    assert graph.heard == []


def test_a_refused_user_id_is_sent_to_the_phone(acme, graph):
    person = protocol.Person(provider_user="LB.77", phone="+96170777777")
    inbox = a_conversation().inbox
    message = say(a_message(inbox, person=person).conversation.fresh())
    graph.will(refused(131062), accepted())

    tasks.deliver.delay(message.pk)

    first, second = (heard.json for heard in graph.heard)
    assert (first.get("recipient"), second.get("to")) == ("LB.77", "+96170777777")
    assert message.fresh().status == "sent"


def test_the_sweeper_wakes_the_forgotten_and_owns_up_to_the_lost(conversation, graph):
    graph.will(accepted())
    forgotten = say(conversation)
    Message.objects.filter(pk=forgotten.pk).update(updated_at=timezone.now() - timedelta(minutes=1))
    tasks.sweep()
    assert forgotten.fresh().status == "sent"

    lost = say(conversation, "second")
    Message.objects.filter(pk=lost.pk).update(status="sending", claimed_at=timezone.now() - timedelta(minutes=6))
    tasks.sweep()

    assert lost.fresh().status == "unknown"
    assert len(graph.heard) == 1


def test_reading_shows_the_customer_blue_ticks_once(conversation, graph):
    graph.will(Answer(200, {"success": True}))
    inbound = conversation.messages.get(direction="in")

    tasks.mark_read_at_provider.delay(inbound.pk)
    tasks.mark_read_at_provider.delay(inbound.pk)

    (heard,) = graph.heard
    assert (heard.json["status"], heard.json["message_id"]) == ("read", inbound.external_id)
