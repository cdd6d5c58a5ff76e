"""Two customers that are one person: who stays, what would move, and the way back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.customers import actions, queries
from apps.customers import words as said
from apps.customers.models import CustomerMerge
from apps.customers.pages.doors import shown, uuids

OFFERED = 20


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Choose who goes into this customer, look at what moves, then do it."""
    kept = get_for(request.user, "edit", queries.cards(), pk=pk)
    require(request.user, "customers.delete")
    given = request.POST if request.method == "POST" else request.GET
    chosen = uuids([given.get("absorbed", "")])
    absorbed = get_for(request.user, "edit", queries.cards(), pk=chosen[0]) if chosen else None
    if request.method == "POST" and absorbed:
        try:
            actions.merge(kept, absorbed=absorbed, by=request.user.actor)
        except Refusal as refusal:
            messages.error(request, refusal.detail)
        else:
            messages.success(request, _("The two are one now. You can undo it for 30 days."))
        return redirect("customer", kept.pk)
    q = request.GET.get("q", "").strip()[:100]
    found = queries.customers_for(request.user, {"q": q}) if q else queries.alike(kept, request.user)
    context = {
        **shown(request), "customer": kept, "absorbed": absorbed, "q": q,
        "others": list(found.exclude(pk=kept.pk)[:OFFERED]) if not absorbed else [],
    }  # fmt: skip
    if absorbed:
        look = actions.preview_merge(kept, absorbed)
        context["counts"] = [(_counted(name), number) for name, number in look["counts"].items() if number]
        context["filled"] = [said.fact(absorbed, name) for name in look["filled"] if name in said.labels()]
    return render(request, "customers/merge.html", context)


@require_POST
def undo(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take a merge back."""
    kept = get_for(request.user, "edit", queries.cards(), pk=pk)
    require(request.user, "customers.delete")
    chosen = uuids([request.POST.get("merge", "")])
    row = CustomerMerge.objects.filter(pk__in=chosen, kept=kept).first()
    try:
        if row is None:
            raise Refusal("not_found", _("There is no such merge."))
        actions.undo_merge(row, by=request.user.actor)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, _("They are two customers again."))
    return redirect("customer", kept.pk)


def _counted(name: str) -> str:
    told = {
        "identities": _("Numbers and ids"), "labels": _("Labels"), "consent": _("Consent entries"),
        "conversations": _("Conversations"), "messages": _("Messages"), "notes": _("Notes"),
    }  # fmt: skip
    return told.get(name, name)
