"""How an operator comes to look into a business, and leaves it (requirements TEN-19)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_tenants.utils import tenant_context

from apps.accounts import visitors
from apps.core.refusals import Refusal
from apps.dashboard.console.forms import ReasonForm
from apps.tenants import actions, hosts
from apps.tenants.models import Business
from apps.tenants.queries import address_here


def ask(admin: Any, request: HttpRequest, pk: UUID) -> HttpResponse:
    """In the console: through a door that the business has opened, or by breaking glass with a reason."""
    operator: Any = request.user
    if not operator.may("operator.view"):
        raise PermissionDenied
    business = get_object_or_404(Business, pk=pk)
    door = actions.open_door_of(business.pk, operator.pk)
    may_break = operator.may("operator.manage")
    form = ReasonForm(request.POST if request.method == "POST" and door is None else None)
    ticket = ""
    if request.method == "POST":
        if door is None:
            if not may_break:
                raise PermissionDenied
            if form.is_valid():
                try:
                    door = actions.break_glass(business, reason=form.cleaned_data["reason"], by=operator.actor)
                except Refusal as refusal:
                    form.add_error("reason", refusal.detail)
        if door is not None:
            actions.note_visit(business, door=door, by=operator.actor)
            hosts.forget()
            ticket = visitors.ticket_for(operator, door, business.schema_name)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts, "title": business.name, "business": None, "subject": business, "door": door,
        "may_break": may_break, "form": form, "address": _address(business, ticket) if ticket else "",
    }  # fmt: skip
    return TemplateResponse(request, "operators/look.html", context)


@login_not_required
@never_cache
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """On the business's host: take the ticket, once, and begin the visit."""
    if not visitors.begin(request.session, request.GET.get("ticket", ""), request.business.schema_name):  # type: ignore[attr-defined]
        raise PermissionDenied
    return redirect("home")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End a visit and go back to the console. For anybody else there is none to end."""
    if not getattr(request, "visit", None):
        raise PermissionDenied
    request.session.flush()
    return redirect(f"{settings.PUBLIC_BASE_URL}/operators/")


def _address(business: Business, ticket: str) -> str:
    with tenant_context(business):
        return address_here(f"/support/enter/?{urlencode({'ticket': ticket})}")
