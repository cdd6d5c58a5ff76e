"""Who gets a conversation by itself, and how quickly people answer."""

import time
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone
from guardian.shortcuts import assign_perm

from apps.accounts.models import Calendar, Employee
from apps.conversations import actions, tasks
from apps.conversations.actions import dealing
from apps.conversations.models import Conversation
from apps.core.actors import ASSISTANT, SYSTEM
from apps.gateways.models import InboxUserPermission
from apps.realtime.presence import _keys
from apps.tenants.postgres.context import current_schema
from tests.factories import a_message, an_inbox
from tests.people import employee


def there(*names):
    """These people have a tab open and have just touched it; nobody else does."""
    caches["platform"].clear()
    for name in names:
        for key in _keys(current_schema(), employee(name).user_id):
            caches["platform"].set(key, time.time(), 600)


@pytest.fixture
def inbox(acme):
    Employee.objects.update(calendar=None)  # on shift at any hour, whenever these tests run
    return an_inbox("simulator", assign_policy="round_robin")


def one(inbox, number):
    return a_message(inbox, phone=f"+9617011111{number}").conversation


def dealt(inbox, count, start=0):
    return [
        getattr(actions.deal(one(inbox, number)).assignee, "full_name", None) for number in range(start, start + count)
    ]


def test_each_in_turn(inbox):
    there("karim", "layla")
    names = dealt(inbox, 4)

    assert sorted(names[:2]) == ["Karim", "Layla"]
    assert names[2:] == names[:2]
    turn = Conversation.objects.latest("created_at").assignments.get()
    assert (turn.type, turn.status) == ("round_robin", "active")


def test_the_least_busy_first(inbox):
    type(inbox).objects.update(assign_policy="least_busy")
    inbox.refresh_from_db()
    there("karim", "layla")
    for number in (7, 8):
        actions.assign_conversation(one(inbox, number), to=employee("karim"), by=SYSTEM)

    assert dealt(inbox, 2) == ["Layla", "Layla"]
    assert Conversation.objects.latest("created_at").assignments.get().type == "auto"


@pytest.mark.parametrize("why", ["nobody there", "busy", "off shift", "not granted", "full", "off", "no longer here"])
def test_nobody_fits_and_it_stays_unassigned(inbox, why, monkeypatch):
    there("karim")
    karim = Employee.objects.filter(pk=employee("karim").pk)
    if why == "nobody there":
        there()
    elif why == "busy":
        karim.update(availability="busy")
    elif why == "off shift":
        karim.update(calendar=Calendar.objects.create(purpose="employee", weekly=[[] for _day in range(7)]))
    elif why == "not granted":
        karim.update(denials=["conversations.send_message"])
    elif why == "full":
        monkeypatch.setattr(dealing, "CAPACITY", 1)
        actions.assign_conversation(one(inbox, 9), to=employee("karim"), by=SYSTEM)
    elif why == "off":
        type(inbox).objects.update(assign_policy="off")
    else:
        karim.update(deactivated_at=timezone.now())

    assert dealt(inbox, 1) == [None]
    assert not Conversation.objects.latest("created_at").messages.filter(type="system").exists()


def test_a_viewer_gets_nothing_even_if_granted(inbox):
    assign_perm("reply_inbox", employee("omar").user, inbox)
    there("omar")

    assert InboxUserPermission.objects.exists()
    assert dealt(inbox, 1) == [None]


def test_a_first_message_to_people_is_dealt_and_what_the_assistant_has_is_not(inbox):
    there("karim")
    message = a_message(inbox)
    tasks.follow_up.delay(message.pk)
    assert message.conversation.fresh().assignee == employee("karim")

    type(inbox).objects.update(default_mode="ai")
    inbox.refresh_from_db()
    other = a_message(inbox, phone="+96170222222")
    tasks.follow_up.delay(other.pk)
    assert other.conversation.fresh().assignee is None


def test_a_hand_over_is_dealt(inbox, django_capture_on_commit_callbacks):
    type(inbox).objects.update(default_mode="ai")
    inbox.refresh_from_db()
    there("layla")
    conversation = a_message(inbox).conversation
    with django_capture_on_commit_callbacks(execute=True):
        actions.hand_over(conversation, reason="asked", by=ASSISTANT)

    after = conversation.fresh()
    assert (after.assignee, after.holder, after.needs_human) == (employee("layla"), "person", True)


def test_what_somebody_has_stays_theirs(inbox):
    there("karim")
    conversation = one(inbox, 1)
    actions.assign_conversation(conversation, to=employee("layla"), by=SYSTEM)
    seq = conversation.fresh().last_seq

    assert actions.deal(conversation).assignee == employee("layla")
    assert conversation.fresh().last_seq == seq


def say(conversation, name):
    person = employee(name)
    actions.send_message(conversation.fresh(), body="Hi", by=person.user.actor, employee=person)


def test_only_the_first_message_of_a_stretch_counts_and_the_mean_is_over_stretches(inbox):
    conversation, now = a_message(inbox).conversation, timezone.now()
    actions.assign_conversation(conversation, to=employee("karim"), by=SYSTEM)
    conversation.assignments.update(started_at=now - timedelta(hours=2))
    rows = Conversation.objects.filter(pk=conversation.pk)
    rows.update(waiting_since=now - timedelta(seconds=100))
    a_message(inbox, "Hello?")
    say(conversation, "karim")
    say(conversation, "karim")
    a_message(inbox, "And?")
    rows.update(waiting_since=timezone.now() - timedelta(seconds=20))
    say(conversation, "karim")

    turn = conversation.assignments.get()
    assert turn.responses == 2
    assert turn.first_response_s == pytest.approx(100, abs=8)
    assert turn.mean_response_s == pytest.approx(60, abs=8)
    assert not conversation.fresh().needs_human


def test_a_person_does_not_answer_for_the_time_before_they_were_asked(inbox):
    conversation, now = a_message(inbox).conversation, timezone.now()
    actions.assign_conversation(conversation, to=employee("karim"), by=SYSTEM)
    conversation.assignments.update(started_at=now - timedelta(seconds=30))
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=now - timedelta(hours=3))
    say(conversation, "karim")

    assert conversation.assignments.get().first_response_s == pytest.approx(30, abs=8)


def test_whoever_takes_over_by_writing_answers_for_the_whole_wait(acme):
    conversation = a_message(an_inbox("simulator", default_mode="ai")).conversation
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=timezone.now() - timedelta(minutes=5))
    say(conversation, "mona")

    assert conversation.assignments.get().first_response_s == pytest.approx(300, abs=8)


def test_an_answer_of_the_assistants_is_nobodys_response(acme):
    conversation = a_message(an_inbox("simulator", default_mode="ai")).conversation
    actions.assign_conversation(conversation, to=employee("mona"), by=SYSTEM)
    actions.send_message(conversation.fresh(), body="Hi", by=ASSISTANT)

    assert conversation.assignments.get().responses == 0
