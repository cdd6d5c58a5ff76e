"""Paying by card, through the platform's Stripe account and Stripe's own library (requirements BIL-12).

Here we only ask: a page to pay on, a page to manage the card, an end or no end at the period's close. What became of
it we believe when a signed webhook says so, and then only what the object says that we fetch anew.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.billing.models import Plan, Subscription
from apps.billing.queries import subscription_of
from apps.core import money
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import PUBLIC

PAGE = "/subscription/"


def is_on() -> bool:
    """Whether this platform takes cards; without a key every plan is arranged with us (BIL-11)."""
    return bool(settings.STRIPE_SECRET_KEY)


def is_live() -> bool:
    """Whether our key moves real money; events of the other mode are not ours."""
    return "_live_" in settings.STRIPE_SECRET_KEY


def account() -> stripe.StripeClient:
    """The platform's account. Raises Refusal `conflict` where cards are not taken."""
    if not is_on():
        raise Refusal("conflict", _("Cards are not taken here. Your plan is arranged with us: please write to us."))
    elsewhere: Any = {"base_addresses": {"api": settings.STRIPE_API_URL}} if settings.STRIPE_API_URL else {}
    return stripe.StripeClient(settings.STRIPE_SECRET_KEY, max_network_retries=2, **elsewhere)


def checkout(business_id: UUID, *, plan: str, period: str, back: str) -> str:
    """The address of Stripe's page on which this plan is paid. `back` is the business's own address.

    Raises Refusal: `conflict` where no cards are taken, `unavailable` without an answer, `illegal_transition` where a
    card pays already, `invalid` for a plan that costs nothing.
    """
    row = _subscription(business_id)
    offer = _on_sale(plan)
    if not offer.price_month:
        raise Refusal("invalid", _("The free plan needs no payment. Cancel, and it begins when the paid period ends."))
    if row.provider_subscription:
        raise Refusal("illegal_transition", _("A card pays already. Change the plan where you manage the card."))
    customer = _customer(row)
    line = {"quantity": 1, "price_data": _price(offer, period)}
    facts = {"business": str(row.business_id), "plan": str(offer.pk)}
    session = _ask(
        account().v1.checkout.sessions.create,
        {
            "mode": "subscription", "customer": customer, "client_reference_id": str(row.business_id),
            "line_items": [line], "metadata": facts, "subscription_data": {"metadata": facts},
            "success_url": f"{back}{PAGE}?paid=1", "cancel_url": f"{back}{PAGE}",
        },
    )  # fmt: skip
    return str(session.url)


def portal(business_id: UUID, *, back: str) -> str:
    """The address of Stripe's page on which the card and the invoices are managed."""
    row = _subscription(business_id)
    if not row.provider_customer:
        raise Refusal("illegal_transition", _("No card has been used yet."))
    session = _ask(
        account().v1.billing_portal.sessions.create,
        {"customer": row.provider_customer, "return_url": f"{back}{PAGE}"},
    )
    return str(session.url)


def end_with_period(row: Subscription, *, ends: bool) -> None:
    """Ask Stripe to end, or not to end, what a card pays when its period is over. The webhook will tell."""
    assert row.provider_subscription is not None  # noqa: S101  the caller has looked
    _ask(account().v1.subscriptions.update, row.provider_subscription, {"cancel_at_period_end": ends})


def fetch(kind: str, id: str) -> dict[str, Any]:
    """An object of our account as it is now: a `subscription`, an `invoice` or a `checkout.session`."""
    v1 = account().v1
    read: Any = {
        "subscription": v1.subscriptions.retrieve, "invoice": v1.invoices.retrieve,
        "checkout.session": v1.checkout.sessions.retrieve,
    }[kind]  # fmt: skip
    found: dict[str, Any] = read(id).to_dict()
    return found


def _customer(row: Subscription) -> str:
    """Stripe's name for this business, made once: the idempotency key keeps two callers from making two."""
    if row.provider_customer:
        return row.provider_customer
    made = _ask(
        account().v1.customers.create,
        {"name": row.business.name, "metadata": {"business": str(row.business_id)}},
        options={"idempotency_key": f"business:{row.business_id}:customer"},
    )
    with schema_context(PUBLIC), transaction.atomic():
        fresh = Subscription.objects.select_for_update().get(pk=row.pk)
        fresh.provider_customer = fresh.provider_customer or str(made.id)
        fresh.save(update_fields=["provider_customer", "updated_at"])
    return fresh.provider_customer


def _price(plan: Plan, period: str) -> dict[str, Any]:
    amount = plan.price_year if period == Subscription.Period.YEAR else plan.price_month
    return {
        "currency": plan.currency.lower(), "unit_amount": cents(amount, plan.currency),
        "recurring": {"interval": period}, "product_data": {"name": f"Majlis {plan.get_key_display()}"},
    }  # fmt: skip


def cents(amount: Any, currency: str) -> int:
    """An amount in the currency's smallest unit, as Stripe counts."""
    return int(amount * 10 ** money.decimals(currency))


def amount(cents: int, currency: str) -> Decimal:
    """What Stripe counts in the smallest unit, as an amount of the currency."""
    return Decimal(cents).scaleb(-money.decimals(currency.upper()))


def _on_sale(key: str) -> Plan:
    with schema_context(PUBLIC):
        return Plan.objects.get(key=key, is_current=True)


def _subscription(business_id: UUID) -> Subscription:
    row = subscription_of(business_id)
    if row is None:
        raise Refusal("illegal_transition", _("This business has no subscription."))
    return row


def _ask(act: Any, *args: Any, **options: Any) -> Any:
    try:
        return act(*args, **options)
    except stripe.StripeError as error:
        raise Refusal("unavailable", _("The payment page does not answer now. Try again in a minute.")) from error
