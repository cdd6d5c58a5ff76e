"""The list of customers: searched and filtered in its address, and what may be done with the chosen ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.audit import exports
from apps.core.access import require
from apps.core.refusals import Refusal, on_form
from apps.customers import actions, bulk, queries
from apps.customers.forms import CustomerForm
from apps.customers.models import Customer, Label
from apps.customers.pages.doors import shown, uuids

PAGE = 50
BOOK = 10_000  # pages that are offered at all


@require_safe
def customers(request: SignedInRequest) -> HttpResponse:
    """Who there is. Filters and order live in the address."""
    require(request.user, "customers.view")
    filters = {name: request.GET.get(name, "").strip()[:200] for name in queries.FILTERS if name != "ids"}
    sort = request.GET.get("sort", "last")
    sort = sort if sort in queries.SORTS else "last"
    rows = queries.customers_for(request.user, filters).prefetch_related("labels").order_by(*queries.SORTS[sort])
    page = request.GET.get("page", "1")
    place = min(int(page), BOOK) if page.isascii() and page.isdigit() and int(page[:6]) else 1
    found = list(rows[(place - 1) * PAGE : place * PAGE + 1])
    address = request.GET.copy()
    address.pop("page", None)
    context: dict[str, Any] = {
        **shown(request), "rows": found[:PAGE], "filters": filters, "sort": sort, "place": place,
        "total": rows.count(), "next": place + 1 if len(found) > PAGE else None,
        "previous": place - 1 if place > 1 else None, "address": address.urlencode(),
        "is_filtered": any(filters.values()), "more": any(value for name, value in filters.items() if name != "q"),
        "labels": Label.objects.all(), "countries": queries.countries_of(request.user),
        "segments": segments(), "sorts": sorts(), "consents": consents(),
        "verbs": [(key, word) for key, word in verbs() if request.user.may(f"customers.{bulk.WORDS[key]}")],
    }  # fmt: skip
    return render(request, "customers/list.html", context)


@require_http_methods(["GET", "POST"])
def new_customer(request: SignedInRequest) -> HttpResponse:
    """A form for somebody who has not written yet."""
    require(request.user, "customers.create")
    form = CustomerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        facts = form.facts()
        labels = facts.pop("labels")
        try:
            row = actions.create_customer(by=request.user.actor, **facts)
            if labels:
                actions.set_labels(row, labels=labels, by=request.user.actor)
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            _warn(request, row)
            messages.success(request, _("The customer is in your list."))
            return redirect("customer", row.pk) if request.user.may("customers.view") else redirect("home")
    template = "customers/_form.html" if "HX-Request" in request.headers else "customers/new.html"
    return render(request, template, {**shown(request), "form": form}, status=422 if form.errors else 200)


@require_POST
def bulk_verb(request: SignedInRequest) -> HttpResponse:
    """One verb for those that were ticked. Says how many were done and why the others were not."""
    require(request.user, "customers.view")
    verb = request.POST.get("verb", "")
    if verb not in bulk.WORDS:
        messages.error(request, _("Choose what to do with them."))
        return redirect("customers")
    try:
        found = bulk.run(
            request.user, ids=uuids(request.POST.getlist("ids")), verb=verb, by=request.user.actor,
            labels=uuids(request.POST.getlist("labels")), confirm=request.POST.get("confirm", ""),
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal.detail)
        return redirect("customers")
    messages.success(request, ngettext("%(n)d done.", "%(n)d done.", found.done) % {"n": found.done})
    for reason in dict.fromkeys(row["detail"] for row in found.rows if not row["ok"]):
        messages.error(request, reason)
    return redirect("exports" if found.export else "customers")


@require_POST
def export(request: SignedInRequest) -> HttpResponse:
    """The list as it is filtered, as a file that is fetched from the page of exports."""
    require(request.user, "customers.export")
    params = {name: request.POST.get(name, "") for name in queries.FILTERS}
    try:
        exports.request_export(
            request.user, kind="customers", format=request.POST.get("format", "csv"), params=params,
            by=request.user.actor,
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal.detail)
        return redirect("customers")
    return redirect("exports")


def _warn(request: SignedInRequest, row: Customer) -> None:
    if warning := getattr(row, "warning", ""):
        messages.warning(request, warning)


def segments() -> list[tuple[str, str]]:
    """The groups by what was spent, the highest first."""
    return [("vip", _("VIP")), ("loyal", _("Loyal")), ("regular", _("Regular")), ("new", _("New"))]


def sorts() -> list[tuple[str, str]]:
    """The orders of the list."""
    return [
        ("last", _("Last contact, newest first")), ("first", _("Last contact, oldest first")), ("name", _("Name")),
        ("newest", _("Added last")),
    ]  # fmt: skip


def consents() -> list[tuple[str, str]]:
    """The answers to "may we send offers?"."""
    return [("granted", _("Agreed to offers")), ("withdrawn", _("Wants no offers")), ("none", _("Never asked"))]


def verbs() -> list[tuple[str, str]]:
    """What may be done with many."""
    return [
        ("label", _("Label")), ("block", _("Block")), ("unblock", _("Unblock")), ("export", _("Export")),
        ("erase", _("Erase")),
    ]  # fmt: skip
