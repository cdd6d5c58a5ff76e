"""Walks both sites: a door is locked, or it is on the short list of those that are meant to be open."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.views import APIView

from apps.accounts.models import Employee, Role
from apps.core.api import GuardedViewSet
from apps.core.guards import PUBLIC, Guarded
from apps.tenants.models import Business
from tests import people
from tests.api.routes import some_rows
from tests.house.doors import Door, doors, walk

pytestmark = pytest.mark.once

# For people who are nobody yet, and for machines that prove themselves otherwise.
OPEN = {
    "config.urls": {
        "/enter/",  # a pass opens it, once
        "/join/<str:token>/",  # a signed link opens it
        "/support/enter/",  # a signed ticket opens it
        "/logo/<uuid:pk>.png", "/logo/<uuid:pk>-512.png", "/logo/<uuid:pk>-maskable.png",  # the sign-in page shows it
        "/language/", "/sign-in/", "/sign-out/", "/healthz", "/readyz", "/metrics",
        "/manifest.webmanifest", "/sw.js", "/offline/",  # a browser asks for them before anybody signs in
        "/sign-in/code/", "/reset/", "/reset/<str:token>/", "/confirm/<str:token>/",
        "/api/v1/auth/login/", "/api/v1/auth/password-reset/", "/api/v1/auth/password-reset-confirm/",
        "/api/v1/auth/verify-email/", "/api/v1/auth/accept-invitation/",
        "/api/",  # whatever else stands under it: says 404
    },
    "config.urls_public": {
        "/styleguide/",  # open where the product is made, an operator's where it is used
        "/pricing/", "/terms/", "/find/", "/signup/", "/signup/place/", "/signup/address/", "/signup/waiting/",
        "/api/v1/signup/", "/api/v1/signup/slug/", "/api/v1/find-business/", "/api/v1/plans/", "/api/",
        "/hooks/stripe/platform/", "/media/<str:token>/",  # a signature opens them
        "/", "/language/", "/sign-in/", "/operators/login/", "/healthz", "/readyz", "/metrics",
        "/hooks/<slug:gateway>/<str:token>/", "/hooks/<slug:gateway>/<str:token>/status/",  # a signature opens them
    },
}  # fmt: skip

# Open to whoever belongs to the business, whatever their role.
EVERYBODYS = {
    "/manifest.webmanifest", "/sw.js", "/offline/",
    "/", "/enter/", "/presence/", "/theme/", "/language/", "/sign-in/", "/sign-out/", "/api/v1/docs/", "/api/",
    "/join/<str:token>/", "/sign-in/code/", "/reset/", "/reset/<str:token>/", "/confirm/<str:token>/", "/me/",
    "/me/avatar/", "/avatars/<uuid:pk>/", "/me/confirm/", "/me/password/", "/me/email/", "/me/second-factor/",
    "/me/sessions/",
    "/me/sessions/<uuid:pk>/revoke/", "/me/api-tokens/", "/me/api-tokens/<uuid:pk>/revoke/",
}  # fmt: skip
MACHINES = {"/healthz", "/readyz", "/metrics"}


def lock_of(door: Door) -> str:
    """What keeps strangers out; empty when nothing does."""
    if door.viewset is None:
        return "signed in" if getattr(door.view, "login_required", True) else ""
    if Guarded not in door.viewset.permission_classes:
        return ""
    if not issubclass(door.viewset, GuardedViewSet):
        guards = [getattr(door.viewset, "guard", None)]
    else:
        guards = [door.viewset.guard_of(act) for act in door.view.actions.values()]  # type: ignore[attr-defined]
    return "" if PUBLIC in guards or not all(guards) else ", ".join(sorted(map(str, set(guards))))


def turns_away(answer: Any) -> bool:
    """Whether an answer says no more than: sign in."""
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(("/sign-in/", "/operators/login/"))
    return to_sign_in or answer.status_code == 401


@pytest.mark.parametrize("site", OPEN)
def test_every_door_has_a_lock(site: str) -> None:
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE
    assert {str(door) for door in doors(site) if not lock_of(door)} == OPEN[site]


@pytest.mark.parametrize(("site", "host"), [("config.urls", "acme.localhost"), ("config.urls_public", "localhost")])
def test_nobody_comes_in(site: str, host: str, acme: Business) -> None:
    client = Client(headers={"host": host})
    rows = some_rows()
    closed = [door for door in doors(site) if str(door) not in OPEN[site]]

    for door in closed:
        for method in door.methods:
            caches["platform"].clear()
            answer = client.generic(method, door.at(rows["conversations"].pk))
            assert turns_away(answer), f"{method} {door} → {answer.status_code}"

    assert len(closed) > 40


def test_who_holds_no_word_sees_no_page(acme: Business, client_of: Callable[..., Client]) -> None:
    rows = some_rows()
    role = Role.objects.create(name="guest", display_name="Guest", group=Group.objects.create(name="guest"))
    Employee.objects.filter(pk=people.employee("omar").pk).update(role=role)
    client = client_of("omar")
    pages = [door for door in doors("config.urls") if door.viewset is None and str(door) not in EVERYBODYS | MACHINES]

    for door in pages:
        for row in rows.values() if door.takes else [None]:
            for method in door.methods:
                answer = client.generic(method, door.at(row and row.pk))
                assert answer.status_code in (403, 404, 405), f"{method} {door} → {answer.status_code}"

    assert len(pages) >= 20


@login_not_required
def _left_open(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _closed(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class _Anybody(APIView):
    permission_classes = (AllowAny,)


class _SignedIn(APIView):
    permission_classes = (IsAuthenticated,)  # who is signed in may do everything: not a lock of ours


class _Guarded(APIView):
    permission_classes = (Guarded,)
    guard = "employees.view"


@pytest.mark.parametrize(
    ("view", "lock"),
    [
        (_left_open, ""), (_closed, "signed in"), (_Anybody.as_view(), ""), (_SignedIn.as_view(), ""),
        (_Guarded.as_view(), "employees.view"),
    ],
)  # fmt: skip
def test_it_sees_a_planted_door(view: Any, lock: str) -> None:
    (door,) = walk([path("planted/", view)])

    assert (str(door), lock_of(door)) == ("/planted/", lock)
