"""What time alone does to subscriptions (requirements BIL-02, BIL-10). Run often: each arrow is drawn once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django_tenants.utils import schema_context, tenant_context

from apps.billing.actions.subscriptions import after, change, settle_on_free
from apps.billing.events import EntitlementsChanged
from apps.billing.models import Plan, Subscription, UsageMonth, UsagePeriod
from apps.core.actors import SYSTEM
from apps.core.events import emit
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

Status = Subscription.Status
PATIENCE = timedelta(days=14)  # with a payment that is overdue
TOLD_AGAIN = timedelta(hours=3)  # how long a change is announced anew, in case its announcement was lost


def turn(subscription: Subscription, *, now: datetime) -> Subscription:
    """Draw the arrows whose time has come for one subscription. Asked again, it does nothing."""
    row, business = subscription, subscription.business
    if row.status == Status.TRIALING and row.trial_end and row.trial_end <= now:
        row = settle_on_free(business, by=SYSTEM, verb="trial_ended", now=now)
    elif row.status == Status.PAST_DUE and row.past_due_since and row.past_due_since + PATIENCE <= now:
        row = settle_on_free(business, by=SYSTEM, verb="payment_given_up", now=now)
    elif row.status == Status.ACTIVE and row.cancel_at_end and row.period_end <= now:
        change(business, by=SYSTEM, verb="subscription_ended", status=Status.CANCELED, cancel_at_end=False)
        row = settle_on_free(business, by=SYSTEM, verb="moved_to_free", now=now)
    elif row.status == Status.CANCELED:  # the step before broke off between its two halves
        row = settle_on_free(business, by=SYSTEM, verb="moved_to_free", now=now)
    elif row.status == Status.ACTIVE and row.period_end <= now:
        row = _next_period(row, now)
    if row.grace_until and row.grace_until <= now:
        row = change(business, by=SYSTEM, verb="grace_ended", grace_until=None, plan_before=None)
    return row


def _next_period(row: Subscription, now: datetime) -> Subscription:
    """The free plan goes on by itself; what was arranged with us is due; a card's period is its provider's to say."""
    if row.plan.key == Plan.Key.FREE:
        start = row.period_end
        while after(start, row.period) <= now:
            start = after(start, row.period)
        end = after(start, row.period)
        return change(row.business, by=SYSTEM, verb="period_began", period_start=start, period_end=end)
    if row.billing == Subscription.Billing.MANUAL:
        return change(row.business, by=SYSTEM, verb="payment_overdue", status=Status.PAST_DUE, past_due_since=now)
    return row


def due(now: datetime) -> QuerySet[Subscription]:
    """The subscriptions for which something may be due. Read in public."""
    rows = Subscription.objects.select_related("business", "plan").exclude(business__status=Business.Status.ERASED)
    return rows.filter(
        Q(status=Status.TRIALING, trial_end__lte=now)
        | Q(status=Status.PAST_DUE, past_due_since__lte=now - PATIENCE)
        | Q(status=Status.ACTIVE, period_end__lte=now)
        | Q(status=Status.CANCELED)
        | Q(grace_until__lte=now)
    )


def remind(now: datetime) -> None:
    """Announce anew what changed a short while ago: who had to follow may not have heard."""
    with schema_context(PUBLIC):
        recent = Subscription.objects.filter(updated_at__gte=now - TOLD_AGAIN)
        for business_id in recent.values_list("business_id", flat=True):
            emit(EntitlementsChanged(business_id=business_id))


def copy_usage(business: Business) -> None:
    """Copy a business's months to public, where operators read them. The last two: an older one changes no more."""
    with tenant_context(business):
        months = list(UsageMonth.objects.order_by("-month")[:2])
    with schema_context(PUBLIC), transaction.atomic():
        UsagePeriod.objects.bulk_create(
            [
                UsagePeriod(
                    business_id=business.pk, month=each.month, conversations=each.conversations,
                    voice_seconds=each.voice_seconds,
                )
                for each in months
            ],
            update_conflicts=True,
            unique_fields=["business", "month"],
            update_fields=["conversations", "voice_seconds", "updated_at"],
        )  # fmt: skip
