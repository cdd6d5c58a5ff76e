"""Written now, said later: nobody waits for it, and it is looked at once more when its time has come."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.conversations import actions, tasks
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways import protocol
from apps.gateways.models import Template
from tests.factories import a_message, an_inbox
from tests.people import employee

SCRIPT = {"HX-Request": "true"}
HOUR = timedelta(hours=1)


@pytest.fixture
def inbox(acme):
    return an_inbox("simulator")


@pytest.fixture
def conversation(inbox):
    return a_message(inbox, at=timezone.now() - HOUR).conversation.fresh()


@pytest.fixture
def sent(monkeypatch):
    """What reached the provider."""
    found = []

    def send(self, line, said):
        found.append((said.type, said.body))
        return protocol.Sent((f"wamid.out.{len(found)}",))

    monkeypatch.setattr("apps.gateways.simulator.gateway.Simulator.send", send)
    return found


def planned(conversation, body="Good morning", **but):
    later = actions.Later(at=timezone.now() + HOUR, **but)
    return actions.send_message(conversation, body=body, by=employee("mona").user.actor, later=later)


def comes(message):
    """Its time has come."""
    past = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(pk=message.pk).update(send_at=past, next_at=past)


def test_it_is_not_claimed_before_and_changes_nothing_until_then(conversation):
    before = conversation.fresh()
    message = planned(conversation)

    assert actions.claim(message.pk) is None
    after = conversation.fresh()
    assert (message.status, message.send_at, after.last_message) == ("queued", message.next_at, before.last_message)
    assert (after.waiting_since, after.holder) == (before.waiting_since, before.holder)


def test_nobody_waits_for_it_and_it_waits_for_its_turn(conversation, sent):
    first = planned(conversation)
    second = actions.send_message(conversation, body="Now", by=SYSTEM)

    tasks.deliver.delay(second.pk)
    assert sent == [("text", "Now")]
    assert actions.next_queued(second) is None
    comes(first)
    tasks.sweep()
    tasks.deliver.delay(first.pk)
    assert sent[1:] == [("text", "Good morning")]
    assert (first.fresh().status, conversation.fresh().last_message_id) == ("sent", first.pk)
    assert conversation.fresh().waiting_since is None


@pytest.mark.parametrize("chosen", [True, False])
def test_the_customers_writing_first_takes_it_back_if_so_chosen(conversation, inbox, sent, chosen):
    message = planned(conversation, unless_answered=chosen)
    theirs = a_message(inbox, "I am here", at=timezone.now())
    tasks.follow_up.delay(theirs.pk)

    assert message.fresh().status == ("canceled" if chosen else "queued")


def test_it_is_taken_back_when_due_even_if_nobody_heard_of_the_message(conversation, inbox, sent):
    message = planned(conversation, unless_answered=True)
    a_message(inbox, "I am here", at=timezone.now())
    comes(message)
    tasks.deliver.delay(message.pk)

    assert (message.fresh().status, sent) == ("canceled", [])


def close_window(conversation):
    Conversation.objects.filter(pk=conversation.pk).update(window_until=timezone.now() - HOUR)


def test_a_window_closed_meanwhile_fails_with_its_reason(conversation, sent):
    message = planned(conversation)
    close_window(conversation)
    comes(message)
    tasks.deliver.delay(message.pk)

    after = message.fresh()
    assert (after.status, after.error_meaning, sent) == ("failed", "window_closed", [])


def test_or_the_template_goes_that_was_chosen(conversation, inbox, sent):
    template = Template.objects.create(
        inbox=inbox, name="hello", language="en", category="utility", status="approved",
        components=[{"type": "BODY", "text": "We have news"}],
    )  # fmt: skip
    message = planned(conversation, fallback=template)
    close_window(conversation)
    comes(message)
    tasks.deliver.delay(message.pk)

    after = message.fresh()
    assert (after.status, after.type, after.body) == ("sent", "template", "We have news")
    assert sent == [("template", "We have news")]


@pytest.mark.parametrize("off", [-HOUR, timedelta(days=91)])
def test_a_moment_that_is_past_or_too_far_is_refused(conversation, off):
    with pytest.raises(Refusal) as refusal:
        actions.send_message(conversation, body="x", by=SYSTEM, later=actions.Later(at=timezone.now() + off))

    assert refusal.value.code == "invalid"
    assert not conversation.messages.filter(direction="out").exists()


def test_pages_and_api_plan_and_cancel(conversation, client_of):
    mona, at = client_of("mona"), (timezone.now() + HOUR).isoformat()
    page = reverse("send", args=[conversation.pk], urlconf="config.urls")
    api = f"/api/v1/conversations/{conversation.pk}/send/"

    form = {"body": "One", "send_at": at, "unless_answered": "true"}
    assert mona.post(page, form, headers=SCRIPT).status_code == 204
    answer = mona.post(api, {"body": "Two", "send_at": at}, "application/json")
    assert answer.status_code == 201, answer.content
    rows = conversation.messages.filter(send_at__isnull=False).order_by("arrived_seq")
    assert [(row.body, row.payload["later"]["unless_answered"]) for row in rows] == [("One", True), ("Two", False)]
    assert answer.json()["send_at"]
    assert mona.post(f"/api/v1/messages/{rows[1].pk}/cancel/", {}, "application/json").json()["status"] == "canceled"
    assert mona.post(api, {"body": "x", "unless_answered": True}, "application/json").status_code == 400
