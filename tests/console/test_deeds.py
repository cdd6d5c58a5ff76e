"""What operators do to businesses, by the console and by the API: with a reason, within their role, on both records."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import User
from apps.audit.models import AuditEvent, OperatorEvent
from apps.billing.models import Plan, Subscription
from apps.tenants.models import Business
from tests import people

Console = Callable[[str], Client]
LIST = "/operators/tenants/business/"
REASON = "Agreed by telephone with the owner."
# the deed, what it takes, how the business must stand before, what both records call it, whose role opens it
DEEDS: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("suspend", {}, "ready", "suspended", "manage"),
    ("resume", {}, "suspended", "resumed", "manage"),
    ("extend_trial", {"days": 30}, "ready", "trial_extended", "billing"),
    ("set_plan", {"plan": "enterprise"}, "ready", "plan_changed", "billing"),
    ("close", {}, "ready", "closed", "manage"),
    ("restore", {}, "closing", "reopened", "manage"),
    ("resend_verification", {}, "ready", "verification_resent", "manage"),
]
MAY = {"support": set(), "billing": {"billing"}, "admin": {"billing", "manage"}}


def put(business: Business, status: str) -> None:
    until = timezone.now() + timedelta(days=9) if status == "closing" else None
    with schema_context("public"):
        Business.objects.filter(pk=business.pk).update(status=status, closing_until=until)
        pro, end = Plan.objects.get(key="pro", is_current=True), timezone.now() + timedelta(days=3)
        Subscription.objects.filter(business=business).update(status="trialing", plan=pro, trial_end=end)
    with tenant_context(business):
        User.objects.filter(email="samia@example.test").update(email_confirmed_at=None)


def records(business: Business, verb: str) -> tuple[int, int]:
    with schema_context("public"):
        public = OperatorEvent.objects.filter(business_id=business.pk, verb=verb, actor_kind="operator").count()
    with tenant_context(business):
        return public, AuditEvent.objects.filter(verb=verb, actor_kind="operator").count()


def choose(client: Client, business: Business, deed: str, **facts: Any) -> int:
    answer = client.post(LIST, {"action": deed, "_selected_action": str(business.pk), **facts})
    return int(answer.status_code)


@pytest.mark.parametrize(("deed", "facts", "before", "verb", "word"), DEEDS)
def test_each_deed_of_the_console(
    acme: Business, console: Console, deed: str, facts: dict[str, Any], before: str, verb: str, word: str
) -> None:
    put(acme, before)
    for role, words in MAY.items():
        if word not in words:
            choose(console(role), acme, deed, reason=REASON, **facts)
            assert records(acme, verb) == (0, 0), role
    admin, facts = console("admin"), {"period": "month", **facts}  # what a form has filled in

    assert choose(admin, acme, deed) == 200  # asked why
    assert choose(admin, acme, deed, reason="too short", **facts) == 200
    assert records(acme, verb) == (0, 0)
    assert choose(admin, acme, deed, reason=REASON, **facts) == 302

    assert records(acme, verb) == (1, 1)


@pytest.mark.parametrize(
    ("deed", "facts", "before", "verb", "word"), [each for each in DEEDS if "resend" not in each[0]]
)
def test_each_verb_of_the_api(
    acme: Business, console: Console, deed: str, facts: dict[str, Any], before: str, verb: str, word: str
) -> None:
    put(acme, before)
    path = f"/api/v1/businesses/{acme.pk}/{deed.replace('_', '-')}/"
    body = {"reason": REASON, **facts}

    for role, words in MAY.items():
        if word not in words:
            refused = console(role).post(path, body, "application/json")
            assert (refused.status_code, refused.json()["required_permission"]) == (403, f"operator.{word}"), role
    admin = console("admin")
    assert admin.post(path, {**body, "reason": "short"}, "application/json").status_code == 400
    assert Client(headers={"host": "localhost"}).post(path, body, "application/json").status_code == 401
    assert records(acme, verb) == (0, 0)
    answer = admin.post(path, body, "application/json")

    assert answer.status_code == 200, answer.content
    assert records(acme, verb) == (1, 1)


def test_the_trial_ends_later_by_sixty_days_at_most(acme: Business, console: Console) -> None:
    with schema_context("public"):
        Subscription.objects.filter(business=acme).update(status="trialing", trial_end=timezone.now())
        before = Subscription.objects.get(business=acme).trial_end
        assert before is not None
    path, admin = f"/api/v1/businesses/{acme.pk}/extend-trial/", console("admin")

    refused = [admin.post(path, {"reason": REASON, "days": days}, "application/json").status_code for days in (0, 61)]
    assert refused == [400, 400]
    assert admin.post(path, {"reason": REASON, "days": 60}, "application/json").status_code == 200

    with schema_context("public"):
        row = Subscription.objects.get(business=acme)
        assert row.trial_end == row.period_end == before + timedelta(days=60)
        Subscription.objects.filter(business=acme).update(status="active")
    late = admin.post(path, {"reason": REASON, "days": 5}, "application/json")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")


def test_the_list_and_one(acme: Business, globex: Business, console: Console) -> None:
    support = console("support")

    listed = support.get("/api/v1/businesses/").json()["results"]
    one = support.get(f"/api/v1/businesses/{acme.pk}/").json()

    assert {row["slug"] for row in listed} >= {"acme", "globex"}
    assert (one["slug"], one["plan"], one["facts"]["employees"]) == ("acme", listed[0]["plan"], len(people.TEAM))
    assert support.get("/api/v1/businesses/?slug=acme").status_code == 400
    assert support.get("/api/v1/businesses/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_no_business_is_among_operators(acme: Business, client_of: Callable[..., Client]) -> None:
    samia = client_of("samia")

    assert samia.get("/api/v1/businesses/").status_code == 404
    assert (
        samia.post(f"/api/v1/businesses/{acme.pk}/suspend/", {"reason": REASON}, "application/json").status_code == 404
    )


def test_the_console_shows_plan_status_usage_health_and_activity(acme: Business, console: Console) -> None:
    support = console("support")

    page = support.get(LIST).content.decode()
    one = support.get(f"{LIST}{acme.pk}/change/")

    assert "Acme" in page
    assert f"{len(people.TEAM)} people" in page
    assert one.status_code == 200
    assert f"{LIST}{acme.pk}/look/" in one.content.decode()


def test_the_confirmation_goes_to_who_has_not_confirmed(
    acme: Business, console: Console, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    put(acme, "ready")

    with django_capture_on_commit_callbacks(execute=True):
        choose(console("admin"), acme, "resend_verification", reason=REASON)

    assert [letter.to for letter in mail.outbox] == [["samia@example.test"]]
