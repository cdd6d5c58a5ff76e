"""The subscription page (requirements BIL-13): what one has, what it costs, how much is used, what else there is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.billing import actions, card
from apps.billing.models import Invoice, Plan, Subscription
from apps.billing.plans import LIMITS, ORDER
from apps.billing.queries import entitled, next_amount, own_subscription
from apps.core import money
from apps.core.access import require
from apps.core.refusals import Refusal
from apps.dashboard.signup.prices import offers
from apps.dashboard.usage import usage_of

WORD = "settings.billing"
LATEST = 24  # invoices on the page


@require_safe
def subscription(request: SignedInRequest) -> HttpResponse:
    """Plan, period, next amount, bars, plans to compare, invoices."""
    require(request.user, WORD)
    row = own_subscription()
    plan = entitled(row)
    usage = usage_of(row)
    context: dict[str, Any] = {
        "page_settings": "subscription", "subscription": row, "plan": plan, "usage": usage,
        "bars": [(LIMITS[figure.key], figure) for figure in usage.figures],
        "offers": [(offer, ORDER.index(offer.key) - ORDER.index(plan.key)) for offer in offers()],
        "next": _spoken(next_amount(row), row.plan.currency) if row else "",
        "price": _spoken(_price(row), row.plan.currency) if row else "",
        "invoices": [(bill, _spoken(bill.amount, bill.currency)) for bill in Invoice.objects.all()[:LATEST]],
        "takes_cards": card.is_on(),
        "is_ending": row is not None and row.cancel_at_end,
        "may_cancel": row is not None and not row.cancel_at_end and row.plan.key != Plan.Key.FREE
        and row.status in (Subscription.Status.ACTIVE, Subscription.Status.PAST_DUE),
    }  # fmt: skip
    return render(request, "settings/subscription.html", context)


def _verb(act: Callable[[SignedInRequest], HttpResponse | None]) -> Callable[[SignedInRequest], HttpResponse]:
    """A button of the page: asked for permission, back to the page with what was refused."""

    @require_POST
    @wraps(act)
    def door(request: SignedInRequest) -> HttpResponse:
        require(request.user, WORD)
        try:
            return act(request) or redirect("subscription")
        except Refusal as refusal:
            messages.error(request, refusal.detail)
            return redirect("subscription")

    return door


@_verb
def cancel(request: SignedInRequest) -> None:
    """Let the plan end with the paid period."""
    actions.cancel(request.business, by=request.user.actor)
    messages.success(request, _("The plan ends with the period that is paid. Until then nothing changes."))


@_verb
def resume(request: SignedInRequest) -> None:
    """Take the cancellation back."""
    actions.resume(request.business, by=request.user.actor)
    messages.success(request, _("The plan goes on."))


@_verb
def upgrade(request: SignedInRequest) -> HttpResponse:
    """To the page on which the plan is paid."""
    request.user.require_confirmed()
    plan, period = request.POST.get("plan", ""), request.POST.get("period", "month")
    if plan not in Plan.Key.values or period not in Subscription.Period.values:
        raise Refusal("invalid", _("There is no such plan."))
    return _go_on(request, card.checkout(request.business.id, plan=plan, period=period, back=_here(request)))


@_verb
def portal(request: SignedInRequest) -> HttpResponse:
    """To the page on which the card is managed."""
    return _go_on(request, card.portal(request.business.id, back=_here(request)))


def _go_on(request: SignedInRequest, url: str) -> HttpResponse:
    """A page that leads on by itself: our content policy lets no form be answered by another site's address."""
    response = render(request, "settings/go_on.html", {"page_settings": "subscription", "url": url})
    response["Refresh"] = f"0; url={url}"
    return response


def _here(request: SignedInRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _price(row: Subscription) -> Any:
    return row.plan.price_year if row.period == Subscription.Period.YEAR else row.plan.price_month


def _spoken(amount: Any, currency: str) -> str:
    return money.spoken(amount, currency, translation.get_language() or "en")


page_urls = [
    path("subscription/", subscription, name="subscription"),
    path("subscription/cancel/", cancel, name="subscription-cancel"),
    path("subscription/resume/", resume, name="subscription-resume"),
    path("subscription/upgrade/", upgrade, name="subscription-upgrade"),
    path("subscription/portal/", portal, name="subscription-portal"),
]
