"""How it was: asked once, answered without opening anything again, kept with the conversation and the person's turn."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.assistant import actions as assistant
from apps.conversations import actions
from apps.conversations.models import Conversation, UsageWindow
from apps.core.actors import SYSTEM
from tests.factories import a_message, an_inbox
from tests.people import employee


@pytest.fixture
def inbox(acme):
    return an_inbox("simulator", csat_on=True)


@pytest.fixture
def resolved(inbox):
    """A conversation that Mona had and has resolved."""
    conversation, mona = a_message(inbox).conversation, employee("mona")
    actions.take_over(conversation, employee=mona, by=mona.user.actor)
    return actions.close_conversation(conversation, by=mona.user.actor).fresh()


def asked(conversation):
    return conversation.messages.filter(type="list")


def choose(inbox, conversation, stars):
    payload = {"kind": "list_reply", "id": f"rate.{conversation.pk}.{stars}", "title": f"{stars}"}
    return a_message(inbox, f"{stars}", type="interactive", payload=payload)


def test_it_is_asked_once_however_often_it_is_resolved(resolved):
    for _again in range(2):
        actions.reopen_conversation(resolved, by=SYSTEM)
        actions.close_conversation(resolved, by=SYSTEM)

    question = asked(resolved).get()
    rows = question.payload["sections"][0]["rows"]
    assert [row["id"].rsplit(".", 1)[1] for row in rows] == ["5", "4", "3", "2", "1"]
    assert resolved.fresh().csat_asked_at


@pytest.mark.parametrize("why", ["off", "window", "blocked"])
def test_it_is_not_asked(inbox, why):
    conversation = a_message(inbox, at=timezone.now() - timedelta(hours=25 if why == "window" else 0)).conversation
    if why == "off":
        type(inbox).objects.update(csat_on=False)
    if why == "blocked":
        type(conversation.customer).objects.update(blocked_at=timezone.now())
    actions.close_conversation(conversation, by=SYSTEM)

    assert not asked(conversation).exists()
    assert conversation.fresh().csat_asked_at is None


def test_a_choice_is_kept_with_the_conversation_and_the_turn_and_opens_nothing(inbox, resolved):
    message = choose(inbox, resolved, 4)

    after = resolved.fresh()
    assert (message.conversation_id, after.status, after.csat) == (resolved.pk, "resolved", 4)
    assert (after.assignments.get().csat, after.waiting_since) == (4, None)
    assert after.messages.filter(type="system").latest("arrived_seq").payload == {"event": "rated", "rating": 4}
    assert UsageWindow.objects.count() == 1
    message.refresh_from_db()
    assert assistant.consider(message) is None


@pytest.mark.parametrize(("text", "stars"), [("5", 5), (" 2 ", 2), ("٣", 3)])
def test_a_digit_is_a_choice_where_no_list_is_shown(inbox, resolved, text, stars):
    a_message(inbox, text)

    assert (resolved.fresh().status, resolved.fresh().csat) == ("resolved", stars)


def test_the_next_words_within_ten_minutes_are_its_comment(inbox, resolved):
    choose(inbox, resolved, 5)
    a_message(inbox, "Mona was very kind")

    after = resolved.fresh()
    assert (after.status, after.csat, after.csat_comment) == ("resolved", 5, "Mona was very kind")
    a_message(inbox, "Hello again")
    assert resolved.fresh().status == "open"


def test_a_question_or_a_later_word_is_a_message_like_any_other(inbox, resolved):
    choose(inbox, resolved, 5)
    a_message(inbox, "And when do you open?")

    assert (resolved.fresh().status, resolved.fresh().csat_comment) == ("open", "")
    actions.close_conversation(resolved, by=SYSTEM)
    Conversation.objects.update(last_customer_at=timezone.now() - timedelta(minutes=11))
    a_message(inbox, "Thanks")
    assert resolved.fresh().status == "open"


def test_a_choice_counts_once_and_only_for_its_own_customer(inbox, resolved):
    choose(inbox, resolved, 4)
    choose(inbox, resolved, 1)

    assert resolved.fresh().csat == 4
    actions.close_conversation(resolved, by=SYSTEM) if resolved.fresh().status != "resolved" else None
    Conversation.objects.update(csat=None)
    payload = {"kind": "list_reply", "id": f"rate.{resolved.pk}.1", "title": "1"}
    a_message(inbox, "1", phone="+96170888888", type="interactive", payload=payload)
    assert resolved.fresh().csat is None


def test_a_digit_in_an_open_conversation_is_no_rating(inbox, resolved):
    actions.reopen_conversation(resolved, by=SYSTEM)
    a_message(inbox, "3")

    assert (resolved.fresh().csat, resolved.fresh().waiting_since is not None) == (None, True)
