"""What operators may do to a subscription, each with a reason (requirements TEN-18, BIL-11)."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.billing.actions.subscriptions import change, change_plan
from apps.billing.models import Plan, Subscription
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


def set_plan(business: Business, *, plan: str, reason: str, by: Actor) -> Subscription:
    """Put a business on a plan by hand. Raises Refusal for a plan there is not, or without a subscription."""
    reason = checked_reason(reason)
    if plan not in Plan.Key.values:
        raise Refusal("invalid", _("There is no such plan."))
    _of(business)
    return change_plan(business, plan=plan, by=by, note=reason)


def _of(business: Business) -> Subscription:
    with schema_context(PUBLIC):
        row = Subscription.objects.filter(business_id=business.pk).first()
    if row is None:
        raise Refusal("conflict", _("%(name)s has no subscription.") % {"name": business.name})
    return row
