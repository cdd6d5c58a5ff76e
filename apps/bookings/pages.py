"""The page of services: cards in the menu's order, and a form for one. Works without JavaScript."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.bookings import actions, queries
from apps.bookings.forms import ServiceForm
from apps.bookings.models import Service
from apps.core import money
from apps.core.access import get_for, require
from apps.core.refusals import Refusal

Verb = Callable[[SignedInRequest, Service], Any]


@require_GET
def services(request: SignedInRequest) -> HttpResponse:
    """What is offered, in the menu's order."""
    require(request.user, "services.view")
    language = get_language() or "en"
    rows = list(queries.offered().for_user(request.user))
    for row in rows:
        row.title, row.short = queries.said(row, "name", language), queries.said(row, "short", language)
        row.other = row.name_en if row.title == row.name_ar else row.name_ar
        row.saves = queries.saving(row)
    return render(request, "bookings/services.html", {"services": rows, "page_services": True})


@require_http_methods(["GET", "POST"])
def new_service(request: SignedInRequest) -> HttpResponse:
    """A form for something new."""
    require(request.user, "services.create")
    form = ServiceForm(request.POST or None, initial={"currency": queries.own_business().currency, "kind": "delivery"})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if _done(form, lambda: actions.create_service(by=request.user.actor, **facts)):
            messages.success(request, _("The service is in your menu."))
            return redirect("services")
    return _form_page(request, form)


@require_http_methods(["GET", "POST"])
def service(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One service: its form, what its price has been, and the way out."""
    row = get_for(request.user, "edit", queries.offered(), pk=pk)
    form = ServiceForm(request.POST or None, instance=row, initial={
        name: money.plain(getattr(row, name), row.currency) for name in ("price", "original_price")
    })  # fmt: skip
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "key": form.cleaned_data["key"] or form.initial["key"]}
        if _done(form, lambda: actions.edit_service(row, by=request.user.actor, **facts)):
            messages.success(request, _("Saved."))
            return redirect("services")
    return _form_page(request, form, row)


def _form_page(request: SignedInRequest, form: ServiceForm, row: Service | None = None) -> HttpResponse:
    prices = row.prices.all()[: queries.LATEST] if row else []
    title = queries.said(row.fresh(), "name", get_language() or "en") if row else ""
    context = {"form": form, "service": row, "title": title, "prices": prices, "page_services": True}
    return render(request, "bookings/service.html", context, status=422 if form.errors else 200)


def _done(form: ServiceForm, act: Callable[[], Any]) -> bool:
    """Whether the deed was done; what stood in its way is said on the form."""
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error)
    except Refusal as refusal:
        form.add_error(None, refusal.detail)
    return not form.errors


def verb(word: str) -> Callable[[Verb], Callable[[SignedInRequest, UUID], HttpResponse]]:
    """A POST on one service, guarded by a word; then back to the cards."""

    def decorate(act: Verb) -> Callable[[SignedInRequest, UUID], HttpResponse]:
        @require_POST
        @wraps(act)
        def door(request: SignedInRequest, pk: UUID) -> HttpResponse:
            row = get_for(request.user, word, queries.offered(), pk=pk)
            try:
                act(request, row)
            except Refusal as refusal:
                messages.error(request, refusal.detail)
            return redirect("services")

        return door

    return decorate


@verb("edit")
def activate(request: SignedInRequest, row: Service) -> None:
    """Into the menu."""
    actions.activate_service(row, by=request.user.actor)


@verb("edit")
def deactivate(request: SignedInRequest, row: Service) -> None:
    """Out of the menu for a while."""
    actions.deactivate_service(row, by=request.user.actor)


@verb("delete")
def archive(request: SignedInRequest, row: Service) -> None:
    """Given up."""
    actions.archive_service(row, by=request.user.actor)
    messages.success(request, _("The service was archived."))


@verb("edit")
def move(request: SignedInRequest, row: Service) -> None:
    """One place up or down in the menu: `to` is `up` or `down`."""
    order = list(queries.offered().values_list("pk", flat=True))
    here = order.index(row.pk)
    there = max(0, here - 1) if request.POST.get("to") == "up" else here + 1
    order.insert(there, order.pop(here))
    actions.reorder_services(order, by=request.user.actor)
