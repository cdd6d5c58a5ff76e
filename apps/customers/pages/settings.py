"""Settings about customers: segments, words of consent, own fields, and the labels."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.customers import actions
from apps.customers import consent as consenting
from apps.customers.actions import labels as verbs
from apps.customers.actions.segments import own_currency
from apps.customers.fields import KINDS, checked_fields, own_fields
from apps.customers.forms import SettingsForm
from apps.customers.models import CustomerSettings, Label

COLOURS = ("#7A7468", "#B4532A", "#B7791F", "#2F855A", "#2B6CB0", "#6B46C1", "#B83280", "#C53030")


@require_http_methods(["GET", "HEAD", "POST"])
def customers(request: SignedInRequest) -> HttpResponse:
    """Thresholds of the segments, words of consent, fields of one's own."""
    require(request.user, "settings.edit")
    row = actions.own_settings()
    form = SettingsForm(
        request.POST if request.method == "POST" else None, instance=CustomerSettings.objects.get(pk=row.pk)
    )
    if form.is_valid():
        facts: dict[str, Any] = {name: form.cleaned_data[name] for name in SettingsForm.Meta.fields}
        actions.edit_settings(by=request.user.actor, **facts, **form.words())
        messages.success(request, _("Saved. Segments are being counted anew."))
        return redirect("settings-customers")
    context = {
        "form": form, "page_settings": "customers", "currency": own_currency(), "fields": own_fields(),
        "kinds": kinds(),
        "usual": [
            (_("Withdraw"), consenting.STOP_WORDS), (_("Agree again"), consenting.START_WORDS),
        ],
    }  # fmt: skip
    return render(request, "customers/settings.html", context, status=422 if form.errors else 200)


@require_POST
def field(request: SignedInRequest) -> HttpResponse:
    """Add a field of one's own, or take one off (its values stay with the customers until they are edited)."""
    require(request.user, "settings.edit")
    row = actions.own_settings()
    kept = [each for each in row.fields if isinstance(each, dict)]
    try:
        if gone := request.POST.get("remove", ""):
            kept = [each for each in kept if each.get("key") != gone]
        else:
            choices = [line.strip() for line in request.POST.get("choices", "").split(",")]
            facts = {name: request.POST.get(name, "") for name in ("key", "name_en", "name_ar", "kind")}
            kept.append({**facts, "choices": choices})
        actions.edit_settings(by=request.user.actor, fields=checked_fields(kept))
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, _("Saved."))
    return redirect("settings-customers")


@require_GET
def labels(request: SignedInRequest) -> HttpResponse:
    """Every label, and on how many customers it sticks."""
    require(request.user, "customers.edit")
    return render(request, "customers/labels.html", {
        "rows": Label.objects.all(), "colours": COLOURS, "page_settings": "labels",
    })  # fmt: skip


@require_POST
def new_label(request: SignedInRequest) -> HttpResponse:
    """One more."""
    require(request.user, "customers.edit")
    return _told(request, lambda facts: verbs.create_label(by=request.user.actor, **facts), _("The label is there."))


@require_POST
def edit_label(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Another name or colour."""
    require(request.user, "customers.edit")
    row = get_object_or_404(Label, pk=pk)
    return _told(request, lambda facts: verbs.edit_label(row, by=request.user.actor, **facts), _("Saved."))


@require_POST
def delete_label(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take it off everybody."""
    row = get_for(request.user, "delete", Label.objects.all(), pk=pk)
    verbs.delete_label(row, by=request.user.actor)
    messages.success(request, _("The label is gone."))
    return redirect("settings-labels")


def kinds() -> list[tuple[str, str]]:
    """What a field of one's own may hold."""
    told = {"text": _("Text"), "number": _("Number"), "date": _("Date"), "choice": _("One of several")}
    return [(kind, told[kind]) for kind in KINDS]


def _told(request: SignedInRequest, act: Any, words: str) -> HttpResponse:
    try:
        act({"name": request.POST.get("name", ""), "colour": request.POST.get("colour", "")})
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, words)
    return redirect("settings-labels")
