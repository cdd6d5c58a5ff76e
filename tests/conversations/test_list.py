"""The inbox's list: each tab, filter and order, counts that equal what they count, and pages that meet."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from apps.conversations import actions, choices, queries
from apps.conversations.models import Conversation
from apps.core.actors import SYSTEM
from apps.customers.models import Customer, Label
from tests.factories import a_message, an_inbox
from tests.people import employee

PEOPLE = ("samia", "mona", "karim", "omar")
TABS = ("mine", "unassigned", "all", "needs", "blocked")
ADDRESSES = [
    "", "unread=yes", "vip=yes", "mode=ai&mode=hybrid", "status=open", "priority=urgent&priority=high", "waiting=5",
    "assignee=none", "assignee=me", "stage=GREETING", "language=ar", "q=Rana", "unread=yes&priority=urgent",
]  # fmt: skip


@pytest.fixture
def inbox(acme):
    return an_inbox(default_mode="ai")


@pytest.fixture
def many(inbox):
    """Twelve conversations that differ in everything the list can be narrowed by."""
    karim, mona = employee("karim"), employee("mona")
    for number in range(12):
        row = a_message(inbox, f"Hello {number}", phone=f"+9617000{number:04}").conversation
        Conversation.objects.filter(pk=row.pk).update(
            priority=Conversation.Priority.values[number % 4], mode=("ai", "hybrid")[number % 2],
            stage="GREETING" if number % 3 else "", language=("ar", "en")[number % 2], needs_human=number % 5 == 0,
            waiting_since=timezone.now() - timedelta(minutes=number) if number % 2 else None,
            last_message_at=timezone.now() - timedelta(minutes=number // 2),
        )  # fmt: skip
        if number == 3:
            actions.take_over(row, employee=karim, by=karim.user.actor)
        if number == 4:
            actions.take_over(row, employee=mona, by=mona.user.actor)
        if number == 5:
            actions.close_conversation(row, by=SYSTEM)
        if number == 6:
            Customer.objects.filter(pk=row.customer_id).update(blocked_at=timezone.now())
        if number == 7:
            Customer.objects.filter(pk=row.customer_id).update(is_vip=True)
        if number == 8:
            Conversation.objects.filter(pk=row.pk).update(hidden_at=timezone.now())


def listed(person, address):
    wishes = queries.wanted(QueryDict(address))
    return queries.list_page(employee(person).user, wishes, 100)


@pytest.mark.parametrize("person", PEOPLE)
def test_counts_equal_the_lists_they_count(many, person):
    for address in ADDRESSES:
        counts = queries.tab_counts(employee(person).user, queries.wanted(QueryDict(address)))

        assert counts == {tab: len(listed(person, f"tab={tab}&{address}")) for tab in TABS}, address


@pytest.mark.parametrize("address", ADDRESSES[1:])
def test_a_filter_leaves_some_and_takes_some(many, address):
    everything = listed("mona", "")
    actions.mark_read(everything[0], employee=employee("mona"))
    found = {row.pk for row in listed("mona", address)}

    everybody = address in ("q=Rana", "mode=ai&mode=hybrid")
    assert found <= {row.pk for row in everything}
    assert 0 < len(found) <= len(everything) if everybody else 0 < len(found) < len(everything)


def test_blocked_and_deleted_are_in_no_other_tab(many):
    blocked = {row.pk for row in listed("samia", "tab=blocked")}
    everything = {row.pk for row in listed("samia", "tab=all")}

    assert len(blocked) == 1
    assert not blocked & everything
    assert not Conversation.objects.filter(pk__in=everything | blocked).exclude(hidden_at=None).exists()


def test_a_label_finds_its_conversations_once(many):
    first, second = (Label.objects.create(name=name) for name in ("Wedding", "Paid"))
    row = listed("mona", "")[0]
    row.labels.set([first, second])

    assert [found.pk for found in listed("mona", f"label={first.pk}&label={second.pk}")] == [row.pk]
    assert listed("mona", f"label={first.pk}&vip=yes") == []


@pytest.mark.parametrize("sort", ["activity", "waiting", "priority", "unread"])
def test_pages_meet_without_a_gap_or_a_repetition(many, sort):
    mona = employee("mona")
    mona_read = listed("mona", "")[2]
    actions.mark_read(mona_read, employee=mona)
    whole = [row.pk for row in listed("mona", f"sort={sort}")]

    turned, after = [], ""
    while page := listed("mona", f"sort={sort}&after={after}")[:2]:
        turned += [row.pk for row in page]
        after = queries.cursor_of(page[-1], sort)

    assert turned == whole


def test_what_is_unread_comes_first_then_what_was_said_last(many):
    mona = employee("mona")
    for row in listed("mona", "")[1::2]:
        actions.mark_read(row, employee=mona)

    rows = listed("mona", "sort=unread")

    assert [bool(row.unread) for row in rows] == sorted((bool(row.unread) for row in rows), reverse=True)
    assert {bool(row.unread) for row in rows} == {True, False}
    for unread in (True, False):
        times = [row.active_at for row in rows if bool(row.unread) is unread]
        assert times == sorted(times, reverse=True)


def test_the_most_urgent_comes_first(many):
    words = list(Conversation.Priority.values)
    for place, row in enumerate(listed("mona", "")):
        Conversation.objects.filter(pk=row.pk).update(priority=words[place % 4])

    ranks = [words.index(row.priority) for row in listed("mona", "sort=priority")]

    assert ranks == sorted(ranks, reverse=True)
    assert set(ranks) == {0, 1, 2, 3}


def test_the_longest_wait_comes_first(many):
    waits = [row.waiting_since for row in listed("mona", "sort=waiting")]
    known = [wait for wait in waits if wait]

    assert known == sorted(known)
    assert waits[: len(known)] == known


@pytest.mark.parametrize("address", [
    "tab=x&sort=y&mode=z", "assignee=not-an-id", "label=1&inbox=%00", "waiting=soon", "stage=%00", "after=AAAA",
    "after=W10", "after=!!", "rows=many", "rows=999999",
])  # fmt: skip
def test_an_address_of_nonsense_shows_the_list(many, client_of, address):
    page = client_of("mona").get(f"/inbox/list/?{address}")

    assert page.status_code == 200
    assert page.content.count(b'class="conversation-item"') == len(listed("mona", ""))


def test_a_long_list_comes_in_pages(inbox, client_of, monkeypatch):
    monkeypatch.setattr("apps.conversations.screen.PAGE", 3)
    for number in range(5):
        a_message(inbox, phone=f"+9617000{number:04}")
    mona = client_of("mona")

    first = mona.get("/inbox/list/")
    more = mona.get(f"/inbox/list/?{first.context['next']}&part=rows")

    assert first.content.count(b'class="conversation-item"') == 3
    assert more.content.count(b'class="conversation-item"') == 2
    assert b"list-more" not in more.content
    assert not {row.pk for row in first.context["conversations"]} & {row.pk for row in more.context["conversations"]}


def test_filters_in_force_can_be_taken_off_one_by_one(many, client_of):
    page = client_of("mona").get("/inbox/?tab=all&priority=urgent&unread=yes&assignee=me&sort=waiting")
    chips = {chip["label"]: chip["query"] for chip in page.context["chips"]}

    assert set(chips) == {"Urgent", "Unread", "Me"}
    assert "priority" not in chips["Urgent"]
    assert "unread=yes" in chips["Urgent"]


def test_unread_is_each_persons_own(inbox):
    row = a_message(inbox).conversation
    actions.mark_read(row, employee=employee("mona"))

    assert listed("mona", "unread=yes") == []
    assert [found.pk for found in listed("samia", "unread=yes")] == [row.pk]

    actions.mark_unread(row, employee=employee("mona"))
    assert [found.pk for found in listed("mona", "unread=yes")] == [row.pk]


def test_the_number_at_the_inbox_counts_what_calls_this_person(inbox, client_of):
    karim = employee("karim")
    row = a_message(inbox, phone="+96170000001").conversation
    assert client_of("karim").get("/inbox/counts/").json() == {"calling": 0}

    actions.take_over(row, employee=karim, by=karim.user.actor)
    Conversation.objects.filter(pk=a_message(inbox, phone="+96170000002").conversation_id).update(needs_human=True)

    assert client_of("karim").get("/inbox/counts/").json() == {"calling": 2}
    assert client_of("mona").get("/inbox/counts/").json() == {"calling": 1}


@pytest.mark.parametrize(("hour", "words"), [
    (8, ["In 1 hour", "This evening", "Tomorrow morning", "Next week"]),
    (18, ["In 1 hour", "Tomorrow morning", "Next week"]),
])  # fmt: skip
def test_snoozing_is_offered_in_words(hour, words):
    thursday = timezone.localtime().replace(year=2026, month=11, day=26, hour=hour, minute=10)
    offered = choices.times(thursday)

    assert [each["label"] for each in offered] == words
    assert offered[-1]["value"].startswith("2026-11-30T09:00:00")


def test_on_sunday_tomorrow_is_next_week():
    sunday = timezone.localtime().replace(year=2026, month=11, day=29, hour=8)

    assert [each["label"] for each in choices.times(sunday)] == ["In 1 hour", "This evening", "Tomorrow morning"]
