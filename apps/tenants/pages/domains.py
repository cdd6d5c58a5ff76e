"""A business's own host names."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.tenants import actions
from apps.tenants.forms import DomainForm
from apps.tenants.models import Domain


@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: HttpRequest) -> HttpResponse:
    """All names, and a field for another."""
    require(request.user, "settings.edit")
    form = DomainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_domain(request.business.id, host=form.cleaned_data["host"], by=request.user.actor)  # type: ignore[attr-defined, union-attr]
        except Refusal as refusal:
            form.add_error("host", refusal.detail)
        else:
            return redirect("settings-domains")
    rows = Domain.objects.for_user(request.user).order_by("kind", "host")
    facts = {
        "form": form,
        "rows": [(row, actions.record_of(row)) for row in rows],
        "page_settings": "domains",
    }
    return render(request, "settings/domains.html", facts, status=400 if form.errors else 200)


@require_POST
def verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Look for the proof now."""
    row = get_for(request.user, "view", Domain.objects.all(), pk=pk)
    try:
        actions.verify_domain(row, by=request.user.actor)  # type: ignore[union-attr]
    except Refusal as refusal:
        messages.warning(request, refusal.detail)
    else:
        messages.success(request, _("%(host)s leads to you now.") % {"host": row.host})
    return redirect("settings-domains")


@require_POST
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Free a name."""
    row = get_for(request.user, "view", Domain.objects.all(), pk=pk)
    try:
        actions.remove_domain(row, by=request.user.actor)  # type: ignore[union-attr]
    except Refusal as refusal:
        messages.warning(request, refusal.detail)
    return redirect("settings-domains")
