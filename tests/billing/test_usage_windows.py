"""Billable conversations: which message opens a window, where it counts, what happens at the limit (BIL-03 to 06)."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.assistant import actions as assistant
from apps.billing.actions import change_plan, start_trial
from apps.billing.models import UsageMonth
from apps.conversations import actions, facts
from apps.conversations.benches import stage
from apps.conversations.models import Message, UsageWindow
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.gateways import protocol
from apps.tenants.benches.stage import throwaway_businesses
from apps.tenants.models import Business
from tests.factories import a_message, an_inbox
from tests.people import employee

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
ALMOST = timedelta(hours=23, minutes=59)


def windows() -> list[tuple[datetime, datetime]]:
    """Beginning and end of every window, in order."""
    return list(UsageWindow.objects.order_by("starts_at").values_list("starts_at", "ends_at"))


def used(month: date = date(2026, 11, 1)) -> int:
    """What the month's counter says; it must be the count of windows."""
    said = sum(UsageMonth.objects.filter(month=month).values_list("conversations", flat=True))
    assert said == UsageWindow.objects.filter(month=month).count()
    return said


def fill(count: int, month: date) -> None:
    """Say that so many conversations were counted already."""
    UsageMonth.objects.update_or_create(month=month, defaults={"conversations": count})


@pytest.mark.parametrize("order", itertools.permutations([timedelta(), ALMOST, DAY]))
def test_three_messages_make_two_windows_in_whatever_order_they_come(
    acme: Business, order: tuple[timedelta, ...]
) -> None:
    inbox = an_inbox()
    for after in order:
        a_message(inbox, at=NOON + after)

    assert windows() == [(NOON, NOON + DAY), (NOON + DAY, NOON + 2 * DAY)]
    assert used() == 2


def test_later_messages_do_not_lengthen_a_window(acme: Business) -> None:
    inbox = an_inbox()
    for hours in (0, 6, 12, 18, 23):
        a_message(inbox, at=NOON + timedelta(hours=hours))

    assert windows() == [(NOON, NOON + DAY)]


def test_a_late_message_joins_the_window_that_begins_within_a_day(acme: Business) -> None:
    inbox = an_inbox()
    a_message(inbox, at=NOON)
    late = a_message(inbox, at=NOON - timedelta(hours=5))

    assert windows() == [(NOON - timedelta(hours=5), NOON + timedelta(hours=19))]
    assert UsageWindow.objects.get().opened_by == late
    assert used() == 1


def test_each_inbox_and_each_customer_has_windows_of_its_own(acme: Business) -> None:
    inbox, other = an_inbox(), an_inbox()
    a_message(inbox, at=NOON)
    a_message(other, at=NOON)
    a_message(inbox, at=NOON, phone="+96170999999")

    assert used() == 3


def test_a_window_counts_in_the_month_it_starts_by_the_clock_of_the_business(acme: Business) -> None:
    with schema_context("public"):
        Business.objects.filter(pk=acme.pk).update(timezone="Asia/Beirut")  # two hours ahead in winter
    inbox = an_inbox()
    a_message(inbox, at=datetime(2026, 11, 30, 21, 59, tzinfo=UTC))
    a_message(inbox, at=datetime(2026, 11, 30, 22, 0, tzinfo=UTC), phone="+96170999999")

    assert (used(), used(date(2026, 12, 1))) == (1, 1)


def test_a_window_that_begins_earlier_after_all_counts_in_that_month(acme: Business) -> None:
    inbox = an_inbox()
    a_message(inbox, at=datetime(2026, 12, 1, 3, tzinfo=UTC))
    assert used(date(2026, 12, 1)) == 1

    a_message(inbox, at=datetime(2026, 11, 30, 20, tzinfo=UTC))

    assert (used(), used(date(2026, 12, 1))) == (1, 0)


@pytest.mark.parametrize("what", ["test inbox", "blocked", "echo", "reaction"])
def test_what_opens_no_window(acme: Business, what: str) -> None:
    inbox = an_inbox(is_test=what == "test inbox")
    if what == "echo":
        to = protocol.Person(phone="+96170123456")
        facts.apply(inbox, protocol.Echo("wamid.e1", NOON, to, type="text", body="From the phone", payload={}))
        assert Message.objects.count() == 1
    else:
        first = a_message(inbox, at=NOON)
        UsageWindow.objects.all().delete()
        UsageMonth.objects.all().delete()
        if what == "blocked":
            Customer.objects.update(blocked_at=NOON)
            a_message(inbox, at=NOON + 3 * DAY)
        elif what == "reaction":
            reaction = protocol.ReactionChange(
                external_id="wamid.r1", provider_at=NOON + 3 * DAY, target_external=first.external_id or "",
                emoji="👍", by_business=False, person=protocol.Person(phone="+96170123456"),
            )  # fmt: skip
            actions.react(inbox, reaction)

    assert windows() == []
    assert UsageMonth.objects.count() == 0


def test_the_database_refuses_overlapping_windows(acme: Business) -> None:
    window = UsageWindow.objects.get(opened_by=a_message(an_inbox(), at=NOON))
    facts_of = {"inbox": window.inbox, "customer": window.customer, "month": window.month, "number": 9}

    for starts, ends in ((NOON + ALMOST, NOON + ALMOST + DAY), (NOON + DAY, NOON + 2 * DAY + timedelta(seconds=1))):
        with pytest.raises(IntegrityError, match=r"windows_of_a_customer|a_window_lasts_a_day"), transaction.atomic():
            UsageWindow.objects.create(starts_at=starts, ends_at=ends, **facts_of)


def test_the_receive_path_asks_once_while_a_window_is_open(acme: Business, django_assert_num_queries: Any) -> None:
    inbox = an_inbox(is_test=True)
    a_message(inbox)
    with CaptureQueriesContext(connection) as without:
        a_message(inbox)
    inbox.is_test = False
    a_message(inbox)
    with django_assert_num_queries(len(without) + 1):
        a_message(inbox)


@pytest.mark.parametrize(("before", "number", "over"), [(98, 99, False), (99, 100, False), (100, 101, True)])
def test_the_limit_is_the_last_that_is_answered(on, before: int, number: int, over: bool) -> None:
    on("free")
    fill(before, timezone.now().date().replace(day=1))
    message = a_message(an_inbox(default_mode="ai"))

    said = assistant.consider(message.fresh())

    window = UsageWindow.objects.get()
    conversation = message.conversation.fresh()
    assert (window.number, window.over_limit) == (number, over)
    assert (conversation.needs_human, conversation.needs_reason) == (over, "over_limit" if over else "")
    assert said is not None
    assert said.body.startswith("Thank you for your message. A colleague" if over else "Hello!")
    assert said.actor_kind == ("system" if over else "assistant")


def test_beyond_the_limit_the_customer_is_told_once_and_people_go_on(on) -> None:
    on("free")
    fill(100, timezone.now().date().replace(day=1))
    inbox = an_inbox(default_mode="ai")
    for body in ("Hello", "Anybody there?", "I want a person"):
        assistant.consider(a_message(inbox, body).fresh())

    conversation = Message.objects.get(body="Hello").conversation
    assert [m.body for m in Message.objects.filter(direction="out")] == [
        "Thank you for your message. A colleague will answer you here."
    ]
    karim = employee("karim")
    answer = actions.send_message(conversation, body="Here I am", by=karim.user.actor, employee=karim)
    assert answer.status == "queued"


def test_without_the_text_nothing_is_said(on) -> None:
    on("free")
    fill(100, timezone.now().date().replace(day=1))
    message = a_message(an_inbox(default_mode="ai", over_limit_text_on=False))

    assert assistant.consider(message.fresh()) is None
    assert Message.objects.filter(direction="out").count() == 0
    assert message.conversation.fresh().needs_human


def test_a_window_within_the_limit_keeps_its_assistant_after_the_limit_is_reached(on) -> None:
    on("free")
    fill(99, timezone.now().date().replace(day=1))
    inbox = an_inbox(default_mode="ai")
    a_message(inbox)
    a_message(inbox, phone="+96170999999")  # the hundred and first

    again = a_message(inbox, "مرحبا")

    said = assistant.consider(again.fresh())
    assert said is not None
    assert said.body.startswith("أهلاً بك!")


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """A business of pro whose rows every thread sees; it is removed afterwards."""
    with django_db_blocker.unblock(), throwaway_businesses(1) as [business]:
        start_trial(business, by=SYSTEM)
        change_plan(business, plan="pro", by=SYSTEM)
        with tenant_context(business):
            yield business
        connections.close_all()


def test_a_thousand_windows_by_eight_workers_are_a_thousand(committed: Business) -> None:
    inbox = an_inbox()
    work = [f"+9617{number:07}" for number in range(1000)]

    def receive(phones: list[str]) -> int:
        with tenant_context(committed):
            try:
                for phone in phones:
                    with transaction.atomic():
                        a_message(inbox, phone=phone)
            finally:
                connections.close_all()
        return len(phones)

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(receive, [work[turn::8] for turn in range(8)])) == 1000

    month = UsageMonth.objects.get()
    assert month.conversations == 1000
    assert sorted(UsageWindow.objects.values_list("number", flat=True)) == list(range(1, 1001))


def test_one_customer_in_eight_threads_opens_one_window(committed: Business) -> None:
    inbox = stage.a_number(committed).inbox_id

    def receive(turn: int) -> None:
        with tenant_context(committed):
            try:
                with transaction.atomic():
                    a_message(type(row).objects.get(pk=inbox), at=NOON + timedelta(minutes=turn))
            finally:
                connections.close_all()

    row = an_inbox()
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(receive, range(8)))

    assert windows() == [(NOON, NOON + DAY)]
    assert used() == 1
