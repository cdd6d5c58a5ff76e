"""What operators may do to a subscription, each with a reason (requirements TEN-18, BIL-11)."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.audit import actions as audit
from apps.billing.actions.subscriptions import change, change_plan, pause, unpause
from apps.billing.models import Invoice, Plan, Subscription
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.tenants.actions import checked_reason
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

LONGEST = 60  # days that one extension may add


def extend_trial(business: Business, *, days: int, reason: str, by: Actor) -> Subscription:
    """Let a trial end so many days later. Raises Refusal when there is no trial, or for days beyond 1 to 60."""
    reason = checked_reason(reason)
    if not 1 <= days <= LONGEST:
        raise Refusal("invalid", _("A trial is extended by 1 to 60 days."))
    row = _of(business)
    if row.status != Subscription.Status.TRIALING or row.trial_end is None:
        raise Refusal("illegal_transition", _("%(name)s is not on trial.") % {"name": business.name})
    end = row.trial_end + timedelta(days=days)
    return change(business, by=by, verb="trial_extended", note=reason, trial_end=end, period_end=end)


def set_plan(
    business: Business,
    *,
    plan: str,
    reason: str,
    by: Actor,
    period: str = "month",
    until: date | None = None,
    invoice: str = "",
) -> Subscription:
    """Put a business on a plan by hand, as arranged with us; `until` is the last day that is paid.

    With the number of an `invoice`, the business finds one for the plan's price on its page, with the reason as its
    note. Raises Refusal for a plan there is not, without a subscription, or for a number that is used.
    """
    reason = checked_reason(reason)
    if plan not in Plan.Key.values or period not in Subscription.Period.values:
        raise Refusal("invalid", _("There is no such plan."))
    _of(business)
    with schema_context(PUBLIC):
        if invoice and Invoice.objects.filter(number=invoice).exists():
            raise Refusal("duplicate", _("This invoice number is used already."))
    end = datetime.combine(until + timedelta(days=1), time(), UTC) if until else None
    row = change_plan(business, plan=plan, by=by, period=period, until=end, note=reason)
    if invoice:
        _bill(row, invoice, reason, by)
    return row


def pause_subscription(business: Business, *, reason: str, by: Actor) -> Subscription:
    """Let an active subscription rest: the business has what the free plan gives. Raises `illegal_transition`."""
    return pause(business, reason=checked_reason(reason), by=by)


def unpause_subscription(business: Business, *, reason: str, by: Actor) -> Subscription:
    """Wake it up: everything is as it was. Raises `illegal_transition`."""
    return unpause(business, reason=checked_reason(reason), by=by)


def _bill(row: Subscription, number: str, note: str, by: Actor) -> None:
    """The invoice of what was arranged, in public, where both sides read it."""
    amount = row.plan.price_year if row.period == Subscription.Period.YEAR else row.plan.price_month
    with schema_context(PUBLIC), transaction.atomic():
        bill = Invoice.objects.create(
            subscription=row, number=number, amount=amount, currency=row.plan.currency, note=note[:500],
            status=Invoice.Status.PAID, period=f"{row.period_start:%Y-%m-%d}/{row.period_end:%Y-%m-%d}",
        )  # fmt: skip
        audit.record_operator(by, "invoiced", bill, business_id=row.business_id, after={"number": number})


def _of(business: Business) -> Subscription:
    with schema_context(PUBLIC):
        row = Subscription.objects.filter(business_id=business.pk).first()
    if row is None:
        raise Refusal("conflict", _("%(name)s has no subscription.") % {"name": business.name})
    return row
