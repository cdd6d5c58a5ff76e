"""The subscription and its changes. Each verb locks the row in public, writes both records, and tells who must follow.

The arrows are requirements BIL-02; `change` is the one place that draws them.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context, tenant_context

from apps.audit import actions as audit
from apps.billing import card
from apps.billing.events import EntitlementsChanged
from apps.billing.models import Plan, Subscription
from apps.billing.queries import limits_under, subscription_of
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC


class Named(Protocol):
    """Anything that names a business by its id: a row, or a request's `business`."""

    @property
    def id(self) -> UUID: ...


Allowed = dict[str, int | None]
Status = Subscription.Status
TRIAL = timedelta(days=14)
GRACE = timedelta(days=14)
TOLD = (
    "plan",
    "status",
    "billing",
    "period",
    "period_end",
    "cancel_at_end",
    "grace_until",
    "overrides",
)  # what the records say of a change


def start_trial(business: Named, *, by: Actor) -> Subscription:
    """Fourteen days of pro, with nothing to pay. A business that has a subscription keeps it."""
    now = timezone.now()
    with schema_context(PUBLIC), transaction.atomic():
        row, is_new = Subscription.objects.get_or_create(
            business_id=business.id,
            defaults={
                "plan": on_sale(Plan.Key.PRO), "status": Status.TRIALING,
                "period_start": now, "period_end": now + TRIAL, "trial_end": now + TRIAL,
            },
        )  # fmt: skip
        if is_new:
            audit.record_operator(by, "trial_started", row, business_id=business.id)
    return row


def change_plan(
    business: Named, *, plan: str, by: Actor, period: str = "month", until: datetime | None = None, note: str = ""
) -> Subscription:
    """Put a business on a plan by hand, paid as arranged with us (BIL-11); `until` is the end of the paid period."""
    now = timezone.now()
    return change(
        business, by=by, verb="plan_changed", note=note, plan=on_sale(plan), status=Status.ACTIVE,
        billing=Subscription.Billing.MANUAL, period=period, period_start=now, period_end=until or after(now, period),
        trial_end=None, past_due_since=None, cancel_at_end=False,
    )  # fmt: skip


def cancel(business: Named, *, by: Actor) -> Subscription:
    """Let the plan end with the period that is paid; until then nothing changes.

    What a card pays is ended at Stripe, whose webhook tells us. Raises `illegal_transition`, or `unavailable` when
    Stripe does not answer.
    """
    if (row := subscription_of(business.id)) and row.provider_subscription:
        card.end_with_period(row, ends=True)
        return row
    return _if(business, by, "canceled", (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE), cancel_at_end=True)


def resume(business: Named, *, by: Actor) -> Subscription:
    """Take the cancellation back, while the period still runs. Raises as `cancel` does."""
    if (row := subscription_of(business.id)) and row.provider_subscription:
        card.end_with_period(row, ends=False)
        return row
    return _if(business, by, "resumed", (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE), cancel_at_end=False)


def pause(business: Named, *, reason: str, by: Actor) -> Subscription:
    """An operator lets a subscription rest: what the free plan gives is what it gives, until it is unpaused."""
    return _if(business, by, "paused", (Status.ACTIVE,), note=reason, status=Status.PAUSED)


def unpause(business: Named, *, reason: str, by: Actor) -> Subscription:
    """An operator wakes a paused subscription up: everything is as it was."""
    return _if(business, by, "unpaused", (Status.PAUSED,), note=reason, status=Status.ACTIVE)


def grant_limits(business: Named, *, limits: dict[str, int | None], reason: str, by: Actor) -> Subscription:
    """An operator gives a business other limits than its plan has; None is unlimited, an empty dict takes all back."""
    overrides = {what: {"limit": limit, "reason": reason[:500]} for what, limit in limits.items()}
    return change(business, by=by, verb="limits_changed", note=reason, overrides=overrides)


def settle_on_free(business: Named, *, by: Actor, verb: str, now: datetime) -> Subscription:
    """Active on the free plan from now on, nothing to pay."""
    return change(
        business, by=by, verb=verb, now=now, plan=on_sale(Plan.Key.FREE), status=Status.ACTIVE,
        billing=Subscription.Billing.MANUAL, period=Subscription.Period.MONTH, period_start=now,
        period_end=after(now, "month"), trial_end=None, past_due_since=None, cancel_at_end=False,
        provider_subscription=None,
    )  # fmt: skip


def _if(
    business: Named, by: Actor, verb: str, allowed: tuple[str, ...], *, note: str = "", **facts: Any
) -> Subscription:
    """A change that only some states allow. One that is made already is left alone. Raises `illegal_transition`."""
    now = subscription_of(business.id)
    if now is None or (now.status not in allowed and any(getattr(now, name) != facts[name] for name in facts)):
        status = now.get_status_display() if now else "–"
        raise Refusal("illegal_transition", _("This subscription is: %(status)s.") % {"status": status})
    return change(business, by=by, verb=verb, note=note, **facts)


def on_sale(key: str) -> Plan:
    """The current version of a plan."""
    with schema_context(PUBLIC):
        return Plan.objects.get(key=key, is_current=True)


def after(start: datetime, period: str) -> datetime:
    """The end of a period that begins now: the same day of the next month or year, or that month's last day."""
    months = 12 if period == Subscription.Period.YEAR else 1
    year, month = divmod(start.month - 1 + months, 12)
    for day in (start.day, 30, 29, 28):
        try:
            return start.replace(year=start.year + year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def change(
    business: Named, *, by: Actor, verb: str, note: str = "", now: datetime | None = None, **facts: Any
) -> Subscription:
    """Change a business's subscription, in public; grace begins where limits shrink. Both records are written."""
    with schema_context(PUBLIC), transaction.atomic():
        row = Subscription.objects.select_for_update().get(business_id=business.id)
        row.business = Business.objects.get(pk=business.id)  # its status may have changed since it was read
        changed = change_locked(row, by, verb, note=note, now=now, **facts)
    if changed:
        tell(row, by, verb, changed)
    return row


def change_locked(
    row: Subscription, by: Actor, verb: str, *, note: str = "", now: datetime | None = None, **facts: Any
) -> dict[str, Any]:
    """The change itself, on a locked row in public. Returns what the records say of it; empty when nothing changed."""
    before, plan_before, entitled_before = _facts(row), row.plan, limits_under(row)
    for name, value in facts.items():
        setattr(row, name, value)
    _grace(row, plan_before, asdict(entitled_before), asdict(limits_under(row)), now or timezone.now())
    row.save()
    changed = {name: value for name, value in _facts(row).items() if value != before[name]}
    if changed:
        told = {**changed, "note": note[:500]} if note else changed
        audit.record_operator(by, verb, row, business_id=row.business_id, after=told)
        emit(EntitlementsChanged(business_id=row.business_id))
    return changed


def tell(row: Subscription, by: Actor, verb: str, changed: dict[str, Any]) -> None:
    """The same in the business's own record, after the change in public is committed."""
    if row.business.status in (Business.Status.PROVISIONING, Business.Status.FAILED):
        return
    with tenant_context(row.business), transaction.atomic():
        audit.record(by, verb, row, after=changed)


def _grace(row: Subscription, plan_before: Plan, had: Allowed, has: Allowed, now: datetime) -> None:
    if any(_less(has[name], had[name]) for name in had):
        row.grace_until, row.plan_before = now + GRACE, row.plan_before or plan_before
    elif row.plan_before and not any(_less(has[name], getattr(row.plan_before, name)) for name in has):
        row.grace_until, row.plan_before = None, None


def _less(one: int | None, other: int | None) -> bool:
    """Whether a limit is tighter than another; None is no limit."""
    return one is not None and (other is None or one < other)


def _facts(row: Subscription) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in TOLD}


def _plain(value: Any) -> Any:
    if isinstance(value, Plan):
        return value.key
    return value.isoformat() if isinstance(value, datetime) else value
