"""Saying something: once, in order, in the window, by whoever has the word."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conversations import actions
from apps.conversations.events import MessageQueued
from apps.conversations.models import Conversation, Message
from apps.core.actors import ASSISTANT, SYSTEM
from apps.core.refusals import Refusal
from tests.factories import a_conversation, a_message, an_inbox
from tests.people import employee


@pytest.fixture
def conversation(acme):
    return a_conversation()


def test_a_reply_is_queued_and_announced(conversation, announced, django_capture_on_commit_callbacks):
    mona = employee("mona")
    with django_capture_on_commit_callbacks() as callbacks:
        message = actions.send_message(conversation, body=" Welcome\x00 ", by=mona.user.actor, employee=mona)

    conversation = conversation.fresh()
    assert announced(callbacks) == [MessageQueued(message_id=message.pk)]
    assert (message.body, message.status, message.seq) == ("Welcome", "queued", 2)
    assert (conversation.last_seq, conversation.waiting_since) == (2, None)


def test_saying_it_twice_with_one_id_says_it_once(conversation):
    chosen = uuid.uuid4()
    first = actions.send_message(conversation, body="Hi", by=SYSTEM, id=chosen)
    second = actions.send_message(conversation, body="Hi", by=SYSTEM, id=chosen)

    assert first.pk == second.pk == chosen
    assert conversation.messages.filter(direction="out").count() == 1


def test_an_id_of_another_message_is_refused(conversation):
    chosen = uuid.uuid4()
    actions.send_message(conversation, body="Hi", by=SYSTEM, id=chosen)

    with pytest.raises(Refusal) as refusal:
        actions.send_message(conversation, body="Something else", by=SYSTEM, id=chosen)

    assert refusal.value.code == "duplicate"
    assert conversation.messages.filter(direction="out").get().body == "Hi"


@pytest.mark.parametrize("body", ["", "   ", "\x00", "x" * 10_001])
def test_empty_and_endless_texts_are_refused(conversation, body):
    with pytest.raises(Refusal) as refusal:
        actions.send_message(conversation, body=body, by=SYSTEM)

    assert refusal.value.code == "invalid"
    assert conversation.fresh().last_seq == 1


def test_a_closed_window_refuses_free_text(conversation):
    Conversation.objects.filter(pk=conversation.pk).update(window_until=timezone.now() - timedelta(minutes=1))

    with pytest.raises(Refusal) as refusal:
        actions.send_message(conversation.fresh(), body="Too late", by=SYSTEM)

    assert refusal.value.code == "window_closed"
    assert Message.objects.filter(direction="out").count() == 0


def test_writing_while_the_assistant_speaks_takes_over_in_one_step(acme):
    conversation, mona = a_conversation(an_inbox(default_mode="ai")), employee("mona")
    actions.send_message(conversation, body="Mona here", by=mona.user.actor, employee=mona)

    conversation = conversation.fresh()
    assert (conversation.mode, conversation.holder, conversation.assignee, conversation.epoch) == (
        "human", "person", mona, 2,
    )  # fmt: skip
    assert conversation.messages.get(type="system").payload["event"] == "took_over"
    assert conversation.assignments.get().status == "active"


def test_an_answer_of_a_past_epoch_cannot_be_stored(acme):
    conversation, mona = a_conversation(an_inbox(default_mode="ai")), employee("mona")
    epoch = conversation.epoch
    actions.take_over(conversation, employee=mona, by=mona.user.actor)

    with pytest.raises(Refusal) as refusal:
        actions.send_message(conversation, body="As an assistant", by=ASSISTANT, epoch=epoch)

    assert refusal.value.code == "conflict"
    assert Message.objects.filter(direction="out").count() == 0


def test_two_people_cannot_take_one_conversation(acme):
    conversation, mona, karim = a_conversation(an_inbox(default_mode="ai")), employee("mona"), employee("karim")
    actions.take_over(conversation, employee=karim, by=karim.user.actor)

    with pytest.raises(Refusal) as refusal:
        actions.take_over(conversation, employee=mona, by=mona.user.actor)
    assert (refusal.value.code, refusal.value.extra["holder"]) == ("held_by_other", str(karim.pk))
    assert conversation.fresh().assignee == karim

    actions.take_over(conversation, employee=mona, by=mona.user.actor, force=True)
    assert conversation.fresh().assignee == mona
    assert list(conversation.assignments.order_by("started_at").values_list("status", flat=True)) == [
        "transferred", "active",
    ]  # fmt: skip


def test_handing_back_returns_the_word_to_the_assistant(acme):
    conversation, mona = a_conversation(an_inbox(default_mode="hybrid")), employee("mona")
    actions.take_over(conversation, employee=mona, by=mona.user.actor)

    actions.hand_back(conversation, by=mona.user.actor, reason="answered")

    conversation = conversation.fresh()
    assert (conversation.mode, conversation.holder, conversation.assignee) == ("hybrid", "assistant", None)
    assert conversation.assignments.get().status == "completed"
    with pytest.raises(Refusal):
        actions.hand_back(conversation, by=mona.user.actor)


def test_closing_and_opening_again(conversation):
    mona = employee("mona")
    actions.close_conversation(conversation, by=mona.user.actor)
    assert conversation.fresh().status == "resolved"

    newer = a_message(conversation.inbox, at=timezone.now() + timedelta(days=9)).conversation
    assert newer.pk != conversation.pk
    with pytest.raises(Refusal) as refusal:
        actions.reopen_conversation(conversation, by=mona.user.actor)

    assert refusal.value.code == "conflict"
    assert conversation.fresh().status == "resolved"


def test_a_mark_moves_forward_and_tells_the_provider_once(conversation, announced, django_capture_on_commit_callbacks):
    mona = employee("mona")
    with django_capture_on_commit_callbacks() as callbacks:
        actions.mark_read(conversation, employee=mona, seq=10_000)
        actions.mark_read(conversation, employee=mona, seq=0)

    assert conversation.read_marks.get().seq == 1
    assert [type(each).__name__ for each in announced(callbacks)] == ["MarkMoved", "ConversationRead"]
    actions.mark_unread(conversation, employee=mona)
    assert conversation.read_marks.get().seq == 0


def test_a_note_is_kept_once_and_takes_a_place(conversation):
    mona, chosen = employee("mona"), uuid.uuid4()
    for _again in range(2):
        actions.add_note(conversation, body="VIP, be kind", author=mona, by=mona.user.actor, id=chosen)

    assert conversation.notes.get().seq == 2
    assert conversation.fresh().last_seq == 2
