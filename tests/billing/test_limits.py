"""What a plan allows, asked in one place: features by name, room by number (BIL-08, BIL-09)."""

from decimal import Decimal

import pytest
from django_tenants.utils import schema_context

from apps.billing import limits
from apps.billing.actions import change_plan, start_trial, sync_plans
from apps.billing.models import Plan, Subscription
from apps.billing.plans import FEATURES, LIMITS, as_sold
from apps.billing.queries import current_plans, limits_of, plan_of
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_tenant

GB = 1024**3
# requirements 3, written out once more by hand
SOLD = {
    "free": (0, 100, 1, 0, 10, 1, 1 * GB),
    "starter": (100, 1000, 3, 60, 50, 2, 5 * GB),
    "pro": (200, 5000, 10, 200, None, 5, 25 * GB),
    "enterprise": (300, None, None, None, None, None, 100 * GB),
}
BOUNDARIES = [
    (key, what, limit) for key, (_price, *numbers) in SOLD.items()
    for what, limit in zip(LIMITS, numbers, strict=True) if limit is not None
]  # fmt: skip
FIRST_WITH = {
    "voice": "starter", "own_prompts": "pro", "web_push": "pro", "advanced_analytics": "pro", "data_export": "pro",
    "api_tokens": "pro", "calendar_sync": "pro", "custom_domain": "pro", "white_label": "enterprise",
    "outgoing_webhooks": "enterprise", "service_agreement": "enterprise",
}  # fmt: skip


def test_the_plans_are_those_of_the_requirements(acme: Business) -> None:
    rows = {
        plan.key: (plan.price_month, *(getattr(plan, what) for what in LIMITS)) for plan in current_plans()
    }  # fmt: skip

    assert rows == SOLD
    assert [plan.price_year for plan in current_plans()] == [0, 1000, 2000, 3000]


def test_a_business_reads_its_own_subscription_and_no_other(acme: Business, globex: Business) -> None:
    assert [row.business_id for row in Subscription.objects.all()] == [acme.pk]
    assert plan_of(acme).key == "enterprise"
    assert plan_of(globex).key == "free"  # as far as acme can see, there is none


def test_syncing_twice_changes_nothing(acme: Business) -> None:
    assert sync_plans() == []


def test_a_changed_plan_is_a_new_version_and_old_subscriptions_keep_theirs(
    acme: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_plan(acme, plan="starter", by=SYSTEM)
    dearer = as_sold()
    dearer["starter"]["price_month"] = Decimal(110)
    monkeypatch.setattr("apps.billing.actions.plans.as_sold", lambda: dearer)

    made = sync_plans()

    assert [(plan.key, plan.version) for plan in made] == [("starter", 2)]
    assert [plan.price_month for plan in current_plans()] == [0, 110, 200, 300]
    assert plan_of(acme).price_month == 100


@pytest.mark.parametrize(("plan", "what", "limit"), BOUNDARIES)
def test_room_ends_at_the_limit(acme: Business, plan: str, what: str, limit: int) -> None:
    change_plan(acme, plan=plan, by=SYSTEM)

    if limit:
        limits.require_room(acme, what, limit - 1)
    with pytest.raises(Refusal) as refused:
        limits.require_room(current_tenant.get(), what, limit)

    assert (refused.value.code, refused.value.extra) == ("plan_limit", {"current": limit, "limit": limit})


def test_unlimited_has_room(acme: Business) -> None:
    limits.require_room(acme, "employees", 10**6)


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("plan", SOLD)
def test_a_feature_comes_with_its_plan(acme: Business, plan: str, feature: str) -> None:
    change_plan(acme, plan=plan, by=SYSTEM)
    order = list(SOLD)

    if order.index(plan) >= order.index(FIRST_WITH[feature]):
        limits.require_feature(acme, feature)
    else:
        with pytest.raises(Refusal) as refused:
            limits.require_feature(acme.pk, feature)
        assert (refused.value.code, refused.value.extra["plan"]) == ("plan_feature", FIRST_WITH[feature])


def test_what_an_operator_grants_counts(acme: Business) -> None:
    change_plan(acme, plan="free", by=SYSTEM)
    with schema_context("public"):
        Subscription.objects.filter(business=acme).update(
            overrides={"employees": {"limit": 4, "reason": "a charity of ours"}}
        )

    assert limits_of(acme).employees == 4
    assert limits_of(acme).inboxes == 1


def test_sign_up_gives_a_trial_of_pro_once(acme: Business) -> None:
    with schema_context("public"):
        Subscription.objects.filter(business=acme).delete()
    first = start_trial(acme, by=SYSTEM)
    again = start_trial(acme, by=SYSTEM)

    assert again.pk == first.pk
    assert (first.plan.key, first.status) == (Plan.Key.PRO, Subscription.Status.TRIALING)
    assert first.trial_end is not None
    assert (first.trial_end - first.period_start).days == 14
