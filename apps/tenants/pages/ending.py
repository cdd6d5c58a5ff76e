"""What is not done lightly: letting somebody of the platform look in, and closing the business."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.access import require
from apps.core.refusals import Refusal
from apps.tenants import actions
from apps.tenants.forms import CloseForm, PasswordForm, SupportForm
from apps.tenants.models import Business, SupportDoor
from apps.tenants.reauthentication import check_password_again

LAST_DOORS = 20


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What becomes of the business's data: the export of it, and its end."""
    require(request.user, "settings.edit")
    return _data(request, CloseForm())


@sensitive_post_parameters("password")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Begin the thirty days."""
    require(request.user, "settings.edit")
    require(request.user, "settings.billing")
    form = CloseForm(request.POST)
    if form.is_valid() and form.cleaned_data["slug"] != request.business.slug:  # type: ignore[attr-defined]
        form.add_error("slug", _("Type the address of the business, as shown."))
    if _is_right(request, form):
        try:
            actions.close_business(_row(request), reason=actions.ASKED_BY_BUSINESS, by=request.user.actor)  # type: ignore[union-attr]
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
        else:
            return redirect("settings-data")
    return _data(request, form, status=400)


@sensitive_post_parameters("password")
@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """Take the closing back."""
    require(request.user, "settings.edit")
    require(request.user, "settings.billing")
    form = PasswordForm(request.POST)
    if _is_right(request, form):
        try:
            actions.reopen_business(_row(request), reason=actions.ASKED_BY_BUSINESS, by=request.user.actor)  # type: ignore[union-attr]
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, _("Open again. Everything is as it was."))
            return redirect("settings-data")
    return _data(request, form, status=400)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest) -> HttpResponse:
    """Who of the platform may look, until when; and who has."""
    require(request.user, "settings.edit")
    require(request.user, "settings.billing")
    form = SupportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _is_right(request, form):
        facts = {name: form.cleaned_data[name] for name in ("hours", "reason")}
        actions.open_door(request.business.id, by=request.user.actor, **facts)  # type: ignore[attr-defined, union-attr]
        return redirect("settings-support")
    now = timezone.now()
    doors = list(SupportDoor.objects.order_by("-opened_at")[:LAST_DOORS])
    found = {
        "form": form,
        "doors": doors,
        "open_doors": [door for door in doors if door.closed_at is None and door.until > now],
        "page_settings": "support",
    }
    return render(request, "settings/support.html", found, status=400 if form.errors else 200)


@require_POST
def shut(request: HttpRequest) -> HttpResponse:
    """Nobody looks any longer."""
    require(request.user, "settings.edit")
    actions.close_doors(request.business.id, by=request.user.actor)  # type: ignore[attr-defined, union-attr]
    return redirect("settings-support")


def _is_right(request: HttpRequest, form: Any) -> bool:
    """Whether the form is filled in and the password is this person's."""
    if not form.is_valid():
        return False
    try:
        check_password_again(request.user, form.cleaned_data["password"])
    except Refusal as refusal:
        form.add_error("password", refusal.detail)
        return False
    return True


def _row(request: HttpRequest) -> Business:
    return Business.objects.get(pk=request.business.id)  # type: ignore[attr-defined]


def _data(request: HttpRequest, form: Any, *, status: int = 200) -> HttpResponse:
    row = _row(request)
    is_closing = row.status == Business.Status.CLOSING
    facts = {
        "form": form if not is_closing or (isinstance(form, PasswordForm) and form.is_bound) else PasswordForm(),
        "row": row,
        "is_closing": is_closing,
        "may_close": request.user.may("settings.billing"),  # type: ignore[union-attr]
        "page_settings": "data",
    }
    return render(request, "settings/data.html", facts, status=status)
