"""What a signed webhook of the platform's Stripe account does, once (requirements BIL-12).

Events come twice, late and in any order, so an event only says where to look: the object it names is fetched, and the
subscription is brought to what the object says now. It must be of our mode and of a customer we made.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.billing import card
from apps.billing.actions.subscriptions import change_locked, on_sale, tell
from apps.billing.models import Invoice, Plan, PlatformPaymentEvent, Subscription
from apps.core import crypto
from apps.core.actors import Actor, ActorKind
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

log = logging.getLogger(__name__)
Outcome = PlatformPaymentEvent.Outcome
Status = Subscription.Status
STRIPE = Actor(ActorKind.SYSTEM, None, "Stripe")
PLACE = "payment_event"
OBJECTS = {"checkout.session": "checkout.session", "customer.subscription": "subscription", "invoice": "invoice"}
PAYING = {"active": Status.ACTIVE, "trialing": Status.ACTIVE, "past_due": Status.PAST_DUE, "unpaid": Status.PAST_DUE}
OVER = ("canceled", "incomplete_expired")
INVOICED = {"draft": "draft", "open": "open", "paid": "paid", "void": "void", "uncollectible": "void"}


def take_event(event: dict[str, Any], body: str) -> str:
    """Do what a verified event asks for. Returns the outcome; an event that was taken before changes nothing."""
    with schema_context(PUBLIC):
        known = PlatformPaymentEvent.objects.filter(provider_event_id=event["id"]).first()
        if known:
            return known.outcome
        kind = next((name for start, name in OBJECTS.items() if event["type"].startswith(f"{start}.")), "")
        if event["livemode"] != card.is_live():
            return _note(event, body, Outcome.FOREIGN)
        if not kind:
            return _note(event, body, Outcome.IGNORED)
        found = card.fetch(kind, event["data"]["object"]["id"])
        paid: dict[str, Any] | None
        if kind == "subscription":
            paid, bill = found, None
        else:
            bill = found if kind == "invoice" else None
            name = _subscription_of(found)
            paid = card.fetch("subscription", name) if name else None
        return _apply(event, body, str(found.get("customer")), paid, bill)


def _apply(
    event: dict[str, Any], body: str, customer: str, paid: dict[str, Any] | None, bill: dict[str, Any] | None
) -> str:
    """Row, event and both records stand or fall together; the business is told after the commit."""
    try:
        with transaction.atomic():
            row = Subscription.objects.select_for_update().filter(provider_customer=customer).first()
            if row is None or (paid and paid["customer"] != customer):
                return _note(event, body, Outcome.FOREIGN)
            row.business = Business.objects.get(pk=row.business_id)
            facts = _facts(row, paid) if paid else None
            changed = change_locked(row, STRIPE, "payment_reported", **facts) if facts else {}
            if bill:
                _keep(row, bill)
            outcome = _note(event, body, Outcome.APPLIED if facts or bill else Outcome.IGNORED)
    except IntegrityError as clash:
        if "a_provider_event_is_handled_once" in str(clash):  # the same event, at the same moment
            return Outcome.APPLIED
        raise
    if changed:
        tell(row, STRIPE, "payment_reported", changed)
    return outcome


def _facts(row: Subscription, paid: dict[str, Any]) -> dict[str, Any] | None:
    """What a subscription of Stripe's says of ours; None when it is not the one that counts, or not to be believed."""
    state, now = paid["status"], timezone.now()
    if row.provider_subscription not in (None, paid["id"]):
        return None  # an earlier one that was replaced
    if state in OVER:
        if row.provider_subscription is None:
            return None
        return {
            "plan": on_sale(Plan.Key.FREE), "status": Status.ACTIVE, "billing": Subscription.Billing.MANUAL,
            "period": Subscription.Period.MONTH, "provider_subscription": None, "cancel_at_end": False,
            "past_due_since": None, "trial_end": None,
        }  # fmt: skip
    item = paid["items"]["data"][0]
    plan = Plan.objects.filter(pk=paid["metadata"].get("plan")).first() if paid["metadata"].get("plan") else None
    period = item["price"]["recurring"]["interval"]
    if state not in PAYING or plan is None or period not in Subscription.Period.values:
        return None
    price = plan.price_year if period == Subscription.Period.YEAR else plan.price_month
    said = (item["price"]["unit_amount"], item["price"]["currency"].upper())
    if said != (card.cents(price, plan.currency), plan.currency):
        log.error("A subscription of Stripe's has another price than its plan %s", plan)
        return None
    overdue = PAYING[state] == Status.PAST_DUE
    return {
        "plan": plan, "status": PAYING[state], "billing": Subscription.Billing.CARD, "period": period,
        "period_start": _moment(item["current_period_start"]), "period_end": _moment(item["current_period_end"]),
        "trial_end": None, "cancel_at_end": bool(paid["cancel_at_period_end"]), "provider_subscription": paid["id"],
        "past_due_since": (row.past_due_since or now) if overdue else None,
    }  # fmt: skip


def _keep(row: Subscription, bill: dict[str, Any]) -> None:
    """The invoice as Stripe has it now, by its number."""
    if not bill.get("number"):
        return  # a draft has none yet
    amount = card.amount(bill["amount_due"], bill["currency"])
    days = [f"{_moment(bill[name]):%Y-%m-%d}" for name in ("period_start", "period_end")]
    Invoice.objects.update_or_create(
        number=bill["number"][:30], subscription=row,
        defaults={
            "amount": amount, "currency": bill["currency"].upper(), "status": INVOICED.get(bill["status"], "open"),
            "period": "/".join(days), "url": bill.get("hosted_invoice_url") or "",
        },
    )  # fmt: skip


def _subscription_of(found: dict[str, Any]) -> str | None:
    """The subscription that an invoice or a checkout is about, by its id."""
    parent = found.get("parent") or {}
    name = found.get("subscription") or (parent.get("subscription_details") or {}).get("subscription")
    return name if isinstance(name, str) else None


def _note(event: dict[str, Any], body: str, outcome: str) -> str:
    key_id = crypto.current_key_id()
    PlatformPaymentEvent.objects.create(
        provider_event_id=event["id"], type=event["type"][:80], key_id=key_id, outcome=outcome,
        payload=crypto.encrypt(body, owner=PUBLIC, place=PLACE, key_id=key_id), received_at=timezone.now(),
    )  # fmt: skip
    return outcome


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
