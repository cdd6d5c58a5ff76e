"""Out of hours, floods, and automation that meets automation: what is said by itself, once, and what is not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Calendar, CalendarException
from apps.assistant import actions as assistant
from apps.conversations import actions, tasks
from apps.conversations.actions import automatic
from apps.conversations.models import Conversation, Message
from apps.core.actors import ASSISTANT, AUTOMATION, SYSTEM
from apps.core.refusals import Refusal
from tests.factories import a_message, an_inbox
from tests.people import employee

TEXT = {"en": "We are closed.", "ar": "نحن مغلقون."}
DAYS = [[{"from": "09:00", "to": "12:00"}, {"from": "13:00", "to": "18:00"}] for _day in range(7)]
NIGHT = [[{"from": "20:00", "to": "02:00"}] for _day in range(7)]


@pytest.fixture
def inbox(acme):
    calendar = Calendar.objects.get(purpose="business")
    Calendar.objects.filter(pk=calendar.pk).update(weekly=DAYS, timezone="UTC")
    return an_inbox("simulator", out_of_hours=TEXT)


def wrote(inbox, at, body="Anybody there?"):
    """What a customer wrote at a moment, and what the closed office answered."""
    message = a_message(inbox, body, at=at)
    Conversation.objects.update(window_until=timezone.now() + timedelta(days=900))
    message.refresh_from_db()
    message.conversation.refresh_from_db()
    return actions.say_closed(message, now=at)


def at(hour, day=15, minute=0):
    return datetime(2027, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "closed"), [(at(8), True), (at(10), False), (at(12, minute=30), True), (at(14), False), (at(23), True)]
)
def test_the_office_says_that_it_is_closed_at_night_and_at_lunch(inbox, moment, closed):
    assert bool(wrote(inbox, moment)) is closed


def test_a_holiday_is_closed_and_a_night_past_midnight_open(inbox):
    calendar = Calendar.objects.get(purpose="business")
    CalendarException.objects.create(calendar=calendar, first=at(10).date(), last=at(10).date(), label="Holiday")

    assert wrote(inbox, at(10))
    Calendar.objects.update(weekly=NIGHT)
    assert wrote(inbox, at(1, day=18)) is None
    assert wrote(inbox, at(3, day=18))


def test_once_in_each_closed_period(inbox):
    assert wrote(inbox, at(19))
    assert wrote(inbox, at(23)) is None
    assert wrote(inbox, at(7, day=16)) is None
    assert wrote(inbox, at(12, day=16, minute=30))


def test_it_speaks_their_language_and_ends_no_waiting(inbox):
    said = wrote(inbox, at(23), "هل من أحد هنا")

    assert (said.body, said.actor_kind) == (TEXT["ar"], "automation")
    assert said.conversation.fresh().waiting_since is not None


@pytest.mark.parametrize("why", ["assistant", "off", "no text", "a person is there", "stale", "blocked"])
def test_when_it_says_nothing(inbox, why):
    moment, mona = at(23), employee("mona")
    message = a_message(inbox, at=moment)
    conversation = message.conversation
    Conversation.objects.update(window_until=timezone.now() + timedelta(days=900))
    if why == "assistant":
        Conversation.objects.update(mode="ai", holder="assistant")
    elif why == "off":
        type(inbox).objects.update(out_of_hours_on=False)
    elif why == "no text":
        type(inbox).objects.update(out_of_hours={})
    elif why == "a person is there":
        said = actions.send_message(conversation, body="Hi", by=mona.user.actor, employee=mona)
        Message.objects.filter(pk=said.pk).update(created_at=moment - timedelta(minutes=4))
    elif why == "stale":
        Message.objects.filter(pk=message.pk).update(provider_at=moment - timedelta(hours=2))
    else:
        type(conversation.customer).objects.update(blocked_at=timezone.now())
    message = Message.objects.select_related("conversation__inbox", "conversation__customer").get(pk=message.pk)

    assert actions.say_closed(message, now=moment) is None


@pytest.fixture
def flood(acme, monkeypatch):
    """A conversation of the assistant's in which six were said within a minute, and five are too many."""
    monkeypatch.setattr(automatic, "MOST", 5)
    inbox = an_inbox("simulator", default_mode="ai")
    for number in range(6):
        message = a_message(inbox, f"Hello {number}")
    return message


def test_a_flood_stops_what_speaks_by_itself_and_people_are_told(flood):
    assert assistant.consider(flood) is None

    conversation = flood.conversation.fresh()
    assert conversation.flooded_at
    assert (conversation.needs_human, conversation.needs_reason) == (True, "flood")
    assert conversation.messages.get(type="system").payload["event"] == "flooded"
    for by in (ASSISTANT, AUTOMATION):
        with pytest.raises(Refusal):
            actions.send_message(conversation, body="Hi", by=by)
    assert not conversation.messages.filter(direction="out").exists()
    a_message(conversation.inbox, "still stored")
    assert conversation.messages.filter(direction="in").count() == 7


def test_as_many_as_are_allowed_are_no_flood(flood, monkeypatch):
    monkeypatch.setattr(automatic, "MOST", 6)

    assert not actions.notice_flood(flood.conversation.fresh(), now=timezone.now())
    assert flood.conversation.fresh().flooded_at is None


def test_two_workers_note_a_flood_once(flood):
    stale = flood.conversation.fresh()
    for _worker in range(2):
        assert actions.notice_flood(Conversation.objects.get(pk=stale.pk), now=timezone.now())

    assert flood.conversation.messages.filter(type="system").count() == 1


def test_ten_quiet_minutes_lift_it_and_so_does_a_person(flood):
    conversation, now = flood.conversation, timezone.now()
    actions.notice_flood(conversation.fresh(), now=now)

    tasks.mind_silence(now + timedelta(minutes=9))
    assert conversation.fresh().flooded_at
    tasks.mind_silence(now + timedelta(minutes=11))
    after = conversation.fresh()
    assert (after.flooded_at, after.needs_human) == (None, False)

    actions.notice_flood(after, now=now)
    actions.calm_conversation(after, by=SYSTEM)
    assert conversation.fresh().flooded_at is None


def test_two_numbers_of_ours_do_not_answer_each_other(acme):
    other = an_inbox("simulator", display_number="+96170123456")
    message = a_message(an_inbox("simulator", default_mode="ai"))

    assert message.conversation.customer.phone == other.display_number
    assert assistant.consider(message) is None
    assert not message.conversation.messages.filter(direction="out").exists()


def test_our_own_words_coming_back_are_not_answered(acme):
    inbox = an_inbox("simulator", default_mode="ai")
    first = a_message(inbox)
    said = assistant.consider(first)
    echo = a_message(inbox, said.body)

    assert not actions.may_answer(Message.objects.get(pk=echo.pk))
    assert assistant.consider(Message.objects.get(pk=echo.pk)) is None
    assert echo.conversation.fresh().needs_reason == "loop"


def test_the_same_words_again_and_again_are_no_persons(acme):
    inbox = an_inbox("simulator", default_mode="ai")
    answers = [actions.may_answer(a_message(inbox, "Your call is important")) for _time in range(4)]

    assert answers == [True, True, True, False]
