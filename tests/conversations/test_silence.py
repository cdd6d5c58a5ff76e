"""What the clock does to conversations that nobody writes in: they end, go back to the assistant, or wake."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.conversations import actions, tasks
from apps.conversations.models import ComposerDraft, Conversation, Message
from apps.core.actors import SYSTEM
from tests.factories import a_message, an_inbox
from tests.people import employee

HOUR = timedelta(hours=1)


def silent(inbox, hours=25):
    """A conversation whose last word was said so long ago."""
    return a_message(inbox, at=timezone.now() - hours * HOUR).conversation.fresh()


@pytest.fixture
def inbox(acme):
    return an_inbox("simulator", auto_resolve_hours=24)


def status(conversation):
    return conversation.fresh().status


def last_line(conversation):
    return conversation.messages.filter(type="system").latest("arrived_seq").payload["event"]


def test_it_ends_after_so_many_hours_and_not_before(inbox):
    conversation = silent(inbox, 23)
    now = timezone.now()

    tasks.mind_silence(now)
    assert status(conversation) == "open"
    tasks.mind_silence(now + 2 * HOUR)
    assert (status(conversation), last_line(conversation)) == ("resolved", "auto_closed")


def test_the_clock_sends_it_everywhere(inbox, globex):
    conversation = silent(inbox)
    with schema_context("public"):
        tasks.mind_silence_everywhere.delay()

    assert status(conversation) == "resolved"


@pytest.mark.parametrize("why", ["off", "needs a person", "a draft", "on its way", "later", "snoozed", "opened again"])
def test_what_is_not_over_does_not_end(inbox, why):
    conversation = silent(inbox)
    rows = Conversation.objects.filter(pk=conversation.pk)
    if why == "off":
        type(inbox).objects.update(auto_resolve_hours=None)
    elif why == "needs a person":
        rows.update(needs_human=True)
    elif why == "a draft":
        ComposerDraft.objects.create(conversation=conversation, employee=employee("mona"), body="I will")
    elif why == "snoozed":
        actions.snooze_conversation(conversation, until=timezone.now() + 48 * HOUR, by=SYSTEM)
    elif why == "opened again":
        actions.close_conversation(conversation, by=SYSTEM)
        actions.reopen_conversation(conversation, by=SYSTEM)
    else:
        later = actions.Later(at=timezone.now() + HOUR) if why == "later" else None
        rows.update(window_until=timezone.now() + HOUR)
        actions.send_message(conversation.fresh(), body="Hello", by=SYSTEM, later=later)
        rows.update(last_message_at=timezone.now() - 25 * HOUR)

    tasks.mind_silence()

    assert status(conversation) != "resolved"


@pytest.mark.parametrize(("hours", "said"), [(2, ["وداعًا"]), (30, [])])
def test_the_closing_words_are_said_in_their_language_inside_the_window_only(inbox, hours, said):
    type(inbox).objects.update(auto_resolve_hours=1, closing_text={"en": "Goodbye", "ar": "وداعًا"})
    conversation = a_message(inbox, "مرحبا بكم", at=timezone.now() - hours * HOUR).conversation

    tasks.mind_silence()
    tasks.mind_silence()

    ours = conversation.messages.filter(direction="out")
    assert list(ours.values_list("body", flat=True)) == said
    assert set(ours.values_list("actor_kind", flat=True)) <= {"automation"}
    assert status(conversation) == "resolved"


@pytest.fixture
def held(acme):
    """A conversation that Mona took over from the assistant."""
    conversation = a_message(
        an_inbox("simulator", default_mode="ai", idle_return_minutes=30, auto_resolve_hours=None)
    ).conversation
    mona = employee("mona")
    actions.take_over(conversation, employee=mona, by=mona.user.actor)
    return conversation.fresh()


def test_what_a_person_left_lying_goes_back_to_the_assistant(held):
    now = timezone.now()

    tasks.mind_silence(now + timedelta(minutes=29))
    assert held.fresh().mode == "human"
    tasks.mind_silence(now + timedelta(minutes=31))

    after = held.fresh()
    assert (after.mode, after.holder, after.assignee, last_line(held)) == ("ai", "assistant", None, "idle_returned")
    assert after.epoch == held.epoch + 1
    assert held.assignments.get().status == "abandoned"


def test_each_word_of_a_person_starts_the_time_anew(held):
    mona = employee("mona")
    said = actions.send_message(held, body="One moment", by=mona.user.actor, employee=mona)
    Message.objects.filter(pk=said.pk).update(created_at=timezone.now() + timedelta(minutes=20))

    tasks.mind_silence(timezone.now() + timedelta(minutes=45))

    assert held.fresh().mode == "human"
    row = actions.with_idle(Conversation.objects.all()).get()
    assert row.idle_until > timezone.now() + timedelta(minutes=49)


@pytest.mark.parametrize("why", ["off", "asked for", "always people"])
def test_what_does_not_go_back(held, why):
    rows = Conversation.objects.filter(pk=held.pk)
    if why == "off":
        type(held.inbox).objects.update(idle_return_minutes=None)
    elif why == "asked for":
        rows.update(needs_human=True)
    else:
        rows.update(mode_before="")

    tasks.mind_silence(timezone.now() + timedelta(days=3))

    assert held.fresh().mode == "human"


def test_the_sweeper_wakes_what_slept_long_enough(inbox):
    conversation = a_message(inbox).conversation
    until = timezone.now() + HOUR
    actions.snooze_conversation(conversation, until=until, by=SYSTEM)

    tasks.sweep(until - timedelta(seconds=1))
    assert status(conversation) == "snoozed"
    tasks.sweep(until)
    assert (status(conversation), last_line(conversation)) == ("open", "woke")
