"""The frame's own pages: landing, home, language and theme."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.actions import edit_profile
from apps.accounts.models import Employee
from apps.conversations.queries import tab_counts
from apps.core.access import require
from apps.dashboard.cards import settings_cards
from apps.dashboard.signup.prices import offers
from apps.dashboard.welcome import checklist
from apps.gateways.models import Inbox

A_YEAR = 365 * 24 * 3600  # seconds


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The platform's front page."""
    return render(request, "tenants/landing.html", {"offers": offers()})


@login_not_required
@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    """What it costs, from the rows that are charged."""
    return render(request, "tenants/pricing.html", {"offers": offers()})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person right now, how the numbers are, and what the business still lacks."""
    user: Any = request.user
    reads = user.may("conversations.view")
    counts = tab_counts(user, tabs=("mine", "unassigned", "needs")) if reads else {}
    steps = checklist.points(request) if user.may("settings.edit") else []
    context = {
        "page_home": True, "counts": counts, "needs_person": counts.get("needs", 0),
        "inboxes": Inbox.objects.for_user(user).filter(archived_at=None).order_by("created_at") if reads else (),
        "checklist": steps, "undone": [each for each in steps if not each.is_done],
    }  # fmt: skip
    return render(request, "dashboard/home.html", context)


@require_safe
def settings_overview(request: HttpRequest) -> HttpResponse:
    """One card per part of the settings, with where it stands."""
    require(request.user, "settings.view")
    return render(request, "settings/overview.html", {"page_settings": "overview", "cards": settings_cards(request)})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak this language from now on: with the person on every device, with a visitor in this browser."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise BadRequest("There is no such language.")
    me: Employee | None = request.me  # type: ignore[attr-defined]
    if me:
        edit_profile(me, by=request.user.actor, language=code)  # type: ignore[union-attr]
    elif request.user.is_authenticated:
        request.user.language = code
        request.user.save(update_fields=["language", "updated_at"])
    response = HttpResponseRedirect(_back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=A_YEAR,
        secure=settings.SECURE_PUBLIC,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system wishes; 204 for the element that has changed the page already."""
    wanted = request.POST.get("theme", "")
    if wanted not in Employee.Theme.values:
        raise BadRequest("There is no such theme.")
    edit_profile(request.me, by=request.user.actor, theme=wanted)  # type: ignore[attr-defined, union-attr]
    return HttpResponse(status=204) if "HX-Request" in request.headers else HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page the form stood on, if it is one of this host."""
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here else "/"
