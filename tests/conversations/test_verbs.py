"""What a person does to a conversation beside writing in it: each verb changes one thing, says so, and is recorded."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.conversations import actions, queries
from apps.conversations.events import ConversationChanged
from apps.conversations.models import Conversation
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.customers.models import Label
from tests.factories import a_conversation, a_message, an_inbox
from tests.people import employee

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def inbox(acme):
    return an_inbox("simulator")


@pytest.fixture
def conversation(inbox):
    return a_conversation(inbox)


def door(name, row):
    return reverse(name, args=[row.pk], urlconf="config.urls")


def lines(conversation):
    return list(
        conversation.messages.filter(type="system").order_by("arrived_seq").values_list("payload__event", flat=True)
    )


def tomorrow():
    return timezone.now() + timedelta(days=1)


def test_each_verb_leaves_a_line_a_row_in_the_record_and_a_nudge(
    conversation, announced, django_capture_on_commit_callbacks
):
    mona, karim = employee("mona"), employee("karim")
    label = Label.objects.create(name="Regular")
    verbs = {
        "assigned": lambda: actions.assign_conversation(conversation, to=mona, by=SYSTEM),
        "transferred": lambda: actions.transfer_conversation(conversation, to=karim, by=SYSTEM),
        "unassigned": lambda: actions.assign_conversation(conversation, to=None, by=SYSTEM),
        "snoozed": lambda: actions.snooze_conversation(conversation, until=tomorrow(), by=SYSTEM),
        "unsnoozed": lambda: actions.unsnooze_conversation(conversation, by=SYSTEM),
        "labelled": lambda: actions.set_labels(conversation, labels=[label], by=SYSTEM),
        "priority_set": lambda: actions.set_priority(conversation, priority="high", by=SYSTEM),
        "closed": lambda: actions.close_conversation(conversation, by=SYSTEM),
        "reopened": lambda: actions.reopen_conversation(conversation, by=SYSTEM),
        "cleared": lambda: actions.clear_conversation(conversation, by=SYSTEM),
        "deleted": lambda: actions.delete_conversation(conversation, by=SYSTEM),
    }
    for event, act in verbs.items():
        before, seq = AuditEvent.objects.count(), conversation.fresh().last_seq
        with django_capture_on_commit_callbacks() as callbacks:
            act()

        assert lines(conversation)[-1:] == [event] or event == "deleted", event
        assert AuditEvent.objects.count() == before + 1, event
        assert ConversationChanged(conversation_id=conversation.pk) in announced(callbacks), event
        assert conversation.fresh().last_seq > seq, event
    assert set(conversation.labels.all()) == {label}


def test_a_transfer_ends_the_turn_with_whom_it_went_to_and_why(conversation):
    mona, karim = employee("mona"), employee("karim")
    actions.take_over(conversation, employee=mona, by=mona.user.actor)
    actions.transfer_conversation(conversation, to=karim, by=mona.user.actor, reason="Speaks Arabic")

    ended, running = conversation.assignments.order_by("started_at")
    assert (ended.status, ended.transferred_to, ended.reason) == ("transferred", karim, "Speaks Arabic")
    assert (running.status, running.employee) == ("active", karim)
    assert conversation.fresh().holder == "person"


def test_what_nobody_has_is_not_transferred(conversation):
    with pytest.raises(Refusal) as refusal:
        actions.transfer_conversation(conversation, to=employee("mona"), by=SYSTEM)

    assert refusal.value.code == "illegal_transition"
    assert not conversation.assignments.exists()


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(0), timedelta(days=-366)])
def test_a_snooze_ends_within_a_year(conversation, ago):
    with pytest.raises(Refusal) as refusal:
        actions.snooze_conversation(conversation, until=timezone.now() - ago, by=SYSTEM)

    assert (refusal.value.code, conversation.fresh().status) == ("invalid", "open")


def test_a_snooze_ends_by_the_clock_once(conversation):
    until = tomorrow()
    actions.snooze_conversation(conversation, until=until, by=SYSTEM)

    assert actions.wake_conversation(conversation, now=until - timedelta(seconds=1)).status == "snoozed"
    assert actions.wake_conversation(conversation, now=until).status == "open"
    actions.wake_conversation(conversation, now=until)
    assert lines(conversation) == ["snoozed", "woke"]


def test_a_customers_message_wakes_it_and_says_so(conversation, inbox):
    actions.snooze_conversation(conversation, until=tomorrow(), by=SYSTEM)
    a_message(inbox, "One more thing")

    assert (conversation.fresh().status, conversation.fresh().snoozed_until) == ("open", None)
    assert lines(conversation) == ["snoozed", "woke_by_customer"]


def test_labels_are_a_whole_set_and_one_line(conversation, client_of):
    old, new, other = (Label.objects.create(name=name) for name in ("old", "new", "other"))
    actions.set_labels(conversation, labels=[old], by=SYSTEM)
    form = {"labels": [str(new.pk), str(other.pk)]}

    assert client_of("karim").post(door("label", conversation), form, headers=SCRIPT).status_code == 204
    assert set(conversation.labels.all()) == {new, other}
    said = conversation.messages.filter(type="system").latest("arrived_seq").payload
    assert (said["added"], said["removed"]) == (["new", "other"], ["old"])
    assert client_of("karim").post(door("label", conversation), form, headers=SCRIPT).status_code == 204
    assert lines(conversation) == ["labelled", "labelled"]


def test_who_is_here_fades_and_leaves_oneself_out(conversation):
    mona, karim = employee("mona"), employee("karim")
    actions.announce_viewing(conversation, employee=mona)
    actions.announce_viewing(conversation, employee=karim)
    actions.announce_typing(conversation, employee=karim)

    assert {(who.full_name, sign) for who, sign in queries.who_is_here(conversation)} == {
        ("Mona", "viewing"), ("Karim", "typing"),
    }  # fmt: skip
    assert queries.who_is_here(conversation, but=karim) == [(mona, "viewing")]


def test_viewing_is_told_once_in_three_seconds(conversation, monkeypatch):
    told = []
    monkeypatch.setattr("apps.conversations.actions.reading.nudge", lambda who, **facts: told.append(facts["topic"]))
    for _ in range(3):
        actions.announce_viewing(conversation, employee=employee("mona"))

    assert told == ["viewing"]


def test_unread_is_ones_own(conversation, client_of):
    for name in ("mona", "karim"):
        actions.mark_read(conversation, employee=employee(name))
    client_of("mona").post(door("unread", conversation), headers=SCRIPT)

    unread = {name: queries.conversations_for(employee(name).user).get().unread for name in ("mona", "karim")}
    assert unread == {"mona": 1, "karim": 0}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("snooze", {"until": "2027-06-01T10:00:00Z"}), ("set-priority", {"priority": "high"}), ("clear", {}),
        ("delete-conversation", {}), ("transfer", {"employee": "00000000-0000-0000-0000-000000000000"}), ("label", {}),
    ],
)  # fmt: skip
def test_a_viewer_changes_nothing(conversation, client_of, name, form):
    before = Conversation.objects.filter(pk=conversation.pk).values().get()

    assert client_of("omar").post(door(name, conversation), form, headers=SCRIPT).status_code == 403
    assert Conversation.objects.filter(pk=conversation.pk).values().get() == before


def test_a_time_that_is_none_is_refused(conversation, client_of):
    assert client_of("mona").post(door("snooze", conversation), {"until": "soon"}, headers=SCRIPT).status_code == 400
    assert conversation.fresh().status == "open"


def test_a_takeover_refused_names_who_has_it(conversation, client_of):
    karim = employee("karim")
    actions.take_over(conversation, employee=karim, by=karim.user.actor)
    answer = client_of("mona").post(door("takeover", conversation), headers=SCRIPT)

    assert answer.status_code == 409
    assert {**answer.json(), "detail": ""} == {
        "code": "held_by_other", "detail": "", "holder": str(karim.pk), "name": "Karim",
    }  # fmt: skip
