"""The life of a subscription, driven by a clock (BIL-02), and what a smaller plan does to people and numbers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import seats
from apps.accounts.models import Employee
from apps.audit.models import AuditEvent, OperatorEvent
from apps.billing import actions
from apps.billing.models import Subscription, UsageMonth, UsagePeriod
from apps.billing.queries import limits_of, plan_of
from apps.billing.tasks import tick
from apps.conversations.actions import send_message
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways.models import Inbox
from apps.tenants.models import Business
from tests.factories import a_message, an_inbox
from tests.people import PASSWORD

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def row(acme: Business) -> Callable[..., Subscription]:
    """Acme's subscription as it is, after being given facts."""

    def read(**facts: Any) -> Subscription:
        with schema_context("public"):
            if facts:
                Subscription.objects.filter(business=acme).update(**facts)
            return Subscription.objects.select_related("plan", "business").get(business=acme)

    return read


@pytest.fixture
def later(django_capture_on_commit_callbacks: Any) -> Callable[[datetime], None]:
    """Lets the clock strike at a moment, and whoever hears of it do their work."""

    def strike(now: datetime) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            tick(now)

    return strike


@pytest.fixture
def heard(django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Does something, and lets whoever hears of it do their work."""

    def do(act: Callable[..., object], *args: Any, **facts: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            act(*args, **facts)

    return do


def state(row: Subscription) -> tuple[str, str]:
    return row.plan.key, row.status


def test_a_trial_ends_on_free(acme: Business, row: Any, later: Any) -> None:
    with schema_context("public"):
        Subscription.objects.filter(business=acme).delete()
    end = actions.start_trial(acme, by=SYSTEM).trial_end
    assert end is not None

    later(end - SECOND)
    assert state(row()) == ("pro", "trialing")
    later(end)

    assert state(row()) == ("free", "active")
    assert (row().trial_end, row().plan_before.key) == (None, "pro")


def test_a_trial_that_is_paid_is_active(acme: Business, row: Any) -> None:
    end = timezone.now() + 3 * DAY
    row(status="trialing", trial_end=end)

    actions.change_plan(acme, plan="starter", by=SYSTEM, note="paid in cash")

    assert state(row()) == ("starter", "active")
    assert row().trial_end is None


def test_an_overdue_payment_has_fourteen_days(on: Any, acme: Business, row: Any, later: Any) -> None:
    on("starter")
    end = row().period_end

    later(end)
    assert state(row()) == ("starter", "past_due")
    assert plan_of(acme).key == "starter"
    later(end + 14 * DAY - SECOND)
    assert state(row()) == ("starter", "past_due")
    later(end + 14 * DAY)

    assert state(row()) == ("free", "active")


def test_an_overdue_payment_that_comes_makes_it_active(on: Any, acme: Business, row: Any, later: Any) -> None:
    on("starter")
    later(row().period_end)
    actions.change_plan(acme, plan="starter", by=SYSTEM, note="transfer 77")

    assert state(row()) == ("starter", "active")
    assert row().past_due_since is None


def test_a_canceled_plan_lasts_to_the_end_of_its_period(on: Any, acme: Business, row: Any, later: Any) -> None:
    on("pro")
    end = row().period_end
    actions.cancel(acme, by=SYSTEM)

    later(end - SECOND)
    assert (state(row()), row().cancel_at_end) == (("pro", "active"), True)
    later(end)

    assert (state(row()), row().cancel_at_end) == (("free", "active"), False)
    with schema_context("public"):
        verbs = OperatorEvent.objects.filter(business_id=acme.pk).order_by("at").values_list("verb", flat=True)
        assert list(verbs)[-3:] == ["canceled", "subscription_ended", "moved_to_free"]


def test_a_cancellation_can_be_taken_back(on: Any, acme: Business, row: Any, later: Any) -> None:
    on("pro")
    actions.cancel(acme, by=SYSTEM)
    actions.resume(acme, by=SYSTEM)
    later(row().period_end - SECOND)

    assert (state(row()), row().cancel_at_end) == (("pro", "active"), False)


def test_an_operator_pauses_and_wakes(on: Any, acme: Business, row: Any, later: Any) -> None:
    on("pro")
    actions.pause(acme, reason="closed for the season", by=SYSTEM)
    assert (row().status, plan_of(acme).key, limits_of(acme).employees) == ("paused", "free", 1)
    later(row().period_end + 30 * DAY)
    assert row().status == "paused"

    actions.unpause(acme, reason="open again", by=SYSTEM)
    assert (state(row()), plan_of(acme).key, row().plan_before) == (("pro", "active"), "pro", None)
    row(status="trialing", trial_end=timezone.now() + DAY)
    with pytest.raises(Refusal, match="Trial"):
        actions.pause(acme, reason="a trial is not to be paused", by=SYSTEM)


def test_free_goes_on_by_itself(on: Any, row: Any, later: Any) -> None:
    on("free")
    later(row().period_end + 70 * DAY)

    assert state(row()) == ("free", "active")
    assert row().period_end > row().period_start


def test_both_records_say_what_happened(on: Any, acme: Business) -> None:
    on("starter")

    own = AuditEvent.objects.get(verb="plan_changed", after__plan="starter")
    assert own.object_kind == "subscription"
    with schema_context("public"):
        assert OperatorEvent.objects.filter(business_id=acme.pk, verb="plan_changed", after__plan="starter").exists()


def working() -> tuple[set[str], set[str]]:
    """Who may come in, and which numbers speak."""
    people = Employee.objects.filter(over_limit_at=None).values_list("full_name", flat=True)
    return set(people), set(Inbox.objects.filter(over_limit_at=None).values_list("name", flat=True))


def test_pro_to_free_to_pro_restores_the_same_set(acme: Business, row: Any, later: Any, heard: Any) -> None:
    inboxes = [an_inbox().name for _turn in range(3)]
    simulator = an_inbox("simulator").name
    heard(actions.change_plan, acme, plan="pro", by=SYSTEM)
    everything = working()
    assert everything == ({"Samia", "Mona", "Karim", "Layla", "Omar"}, {*inboxes, simulator})

    heard(actions.change_plan, acme, plan="free", by=SYSTEM)
    assert working() == everything  # fourteen days of grace
    later(row().grace_until - SECOND)
    assert working() == everything
    later(row().grace_until)

    assert working() == ({"Samia"}, {inboxes[0], simulator})
    heard(actions.change_plan, acme, plan="starter", by=SYSTEM)
    assert working() == ({"Samia", "Mona", "Karim"}, {*inboxes[:2], simulator})
    heard(actions.change_plan, acme, plan="pro", by=SYSTEM)
    assert working() == everything
    assert Employee.objects.filter(deactivated_at=None).count() == 5


def test_the_last_administrator_stays_even_when_the_newest(acme: Business) -> None:
    with tenant_context(acme):
        samia = Employee.objects.get(full_name="Samia")
        Employee.objects.filter(pk=samia.pk).update(created_at=timezone.now() + DAY)
        team = list(Employee.objects.select_related("role").order_by("created_at"))

        assert seats.chosen(team, 2) == [team[0], samia]
        assert seats.chosen(team, None) == team


def test_who_is_beyond_the_limit_is_out_at_once(
    acme: Business, client_of: Callable[..., Client], heard: Any, row: Any
) -> None:
    karim = client_of("karim")
    assert karim.get("/inbox/").status_code == 200

    heard(actions.change_plan, acme, plan="free", by=SYSTEM)
    row(grace_until=None)
    seats.fit_team()

    assert karim.get("/inbox/").status_code == 302
    door = Client(headers={"host": "acme.localhost"})
    answer = door.post("/sign-in/", {"email": "karim@example.test", "password": PASSWORD})
    assert answer.status_code != 302
    answer = door.post("/sign-in/", {"email": "samia@example.test", "password": PASSWORD})
    assert answer.status_code == 302


def test_a_number_beyond_the_plan_receives_but_does_not_send(acme: Business, heard: Any, row: Any) -> None:
    an_inbox()
    second = an_inbox()
    heard(actions.change_plan, acme, plan="free", by=SYSTEM)
    row(grace_until=None)
    heard(actions.change_plan, acme, plan="free", by=SYSTEM, note="again, so that everybody hears")

    conversation = a_message(second.fresh()).conversation
    with pytest.raises(Refusal) as refused:
        send_message(conversation, body="Hello", by=SYSTEM)

    assert refused.value.code == "plan_limit"
    assert conversation.messages.count() == 1


def test_connecting_stops_at_the_limit(on: Any) -> None:
    on("starter")
    an_inbox(), an_inbox(), an_inbox("simulator")

    with pytest.raises(Refusal) as refused:
        an_inbox()

    assert (refused.value.code, refused.value.extra) == ("plan_limit", {"current": 2, "limit": 2})
    assert Inbox.objects.exclude(gateway="simulator").count() == 2
    an_inbox("simulator")


def test_the_months_are_copied_for_operators(acme: Business) -> None:
    UsageMonth.objects.create(month=timezone.now().date().replace(day=1), conversations=7, voice_seconds=60)

    call_command("close_usage_month")
    call_command("close_usage_month")

    with schema_context("public"):
        copied = UsagePeriod.objects.get(business=acme)
    assert (copied.conversations, copied.voice_seconds) == (7, 60)
