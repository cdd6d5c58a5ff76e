"""Reads: what is sold, what a business has, what that allows."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django_tenants.utils import schema_context

from apps.billing.models import Plan, Subscription
from apps.billing.plans import ORDER
from apps.tenants.postgres.context import PUBLIC, Tenant, current_tenant


@dataclass(frozen=True, slots=True)
class Limits:
    """What a business may use at most; None is unlimited. Field names are those of Plan."""

    conversations: int | None
    employees: int | None
    voice_minutes: int | None
    services: int | None
    inboxes: int | None
    storage_bytes: int | None


def current_plans() -> list[Plan]:
    """The plans on sale, from the least to the most."""
    rows = Plan.objects.filter(is_current=True)
    return sorted(rows, key=lambda plan: ORDER.index(plan.key))


def subscription_of(business_id: UUID) -> Subscription | None:
    """A business's subscription with plan and business, read on the platform."""
    with schema_context(PUBLIC):
        rows = Subscription.objects.select_related("plan", "business")
        return rows.filter(business_id=business_id).first()


def own_subscription() -> Subscription | None:
    """The current business's subscription with plan and business, in one question."""
    return _held_by(current_tenant.get())


def plan_of(business: Tenant | UUID) -> Plan:
    """The plan whose limits and features a business has now; the free one when it has no subscription, or a paused one.

    A business is named by its id, or by anything that names its schema (a Business, a request's `business`,
    `current_tenant.get()`). Works in public and in the business's own schema.
    """
    return entitled(_held_by(business))


def limits_of(business: Tenant | UUID) -> Limits:
    """What a business may use at most, with what an operator has changed for it. Named as for `plan_of`."""
    return limits_under(_held_by(business))


def _held_by(business: Tenant | UUID) -> Subscription | None:
    rows = Subscription.objects.select_related("plan", "business")
    if isinstance(business, UUID):
        return rows.filter(business_id=business).first()
    return rows.filter(business__schema_name=business.schema_name).first()


def entitled(subscription: Subscription | None) -> Plan:
    """The plan that counts: the subscription's, except that a paused one gives what the free plan gives."""
    if subscription is None or subscription.status == Subscription.Status.PAUSED:
        return Plan.objects.get(key=Plan.Key.FREE, is_current=True)
    return subscription.plan


def limits_under(subscription: Subscription | None) -> Limits:
    """The limits of a subscription already read."""
    plan = entitled(subscription)
    changed = subscription.overrides if subscription else {}
    return Limits(**{
        each.name: changed[each.name]["limit"] if each.name in changed else getattr(plan, each.name)
        for each in fields(Limits)
    })  # fmt: skip


def room_now(what: str) -> int | None:
    """How many of `what` may go on working in the current business: its limit, or None while a grace runs."""
    subscription = own_subscription()
    if subscription and subscription.grace_until and subscription.grace_until > timezone.now():
        return None
    found: int | None = getattr(limits_under(subscription), what)
    return found


def month_of(moment: datetime, subscription: Subscription | None) -> date:
    """The first day of the calendar month a moment lies in, by the clock of the business that subscribed."""
    name = subscription.business.timezone if subscription else getattr(current_tenant.get(), "timezone", "UTC")
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a name that this machine's time zone data does not have
        zone = ZoneInfo("UTC")
    return moment.astimezone(zone).date().replace(day=1)


def next_amount(row: Subscription) -> Decimal:
    """What will be asked for at the end of the period; nothing on a trial, or when the plan ends with it."""
    if row.cancel_at_end or (row.status != Subscription.Status.ACTIVE and row.status != Subscription.Status.PAST_DUE):
        return Decimal(0)
    return row.plan.price_year if row.period == Subscription.Period.YEAR else row.plan.price_month
