"""Every route of the document, with every kind of caller: who may, who may only look, and who is a stranger."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django_tenants.utils import tenant_context

from apps.customers.models import Customer
from apps.tenants.models import Business
from tests import people
from tests.api.bodies import body_of
from tests.api.conftest import speak
from tests.api.routes import PATTERN, Route, document, routes, snapshot, some_rows

pytestmark = pytest.mark.once

Call = Callable[..., Any]
OPEN = {
    "POST /api/v1/auth/accept-invitation/",
    "POST /api/v1/auth/login/", "POST /api/v1/auth/password-reset/", "POST /api/v1/auth/password-reset-confirm/",
    "POST /api/v1/auth/verify-email/",
}  # fmt: skip
# How one comes in is changed from a session; a token that leaked must not be able to.
BY_SESSION = {
    "POST /api/v1/auth/change-password/", "POST /api/v1/auth/mfa-enable/", "POST /api/v1/auth/mfa-confirm/",
    "POST /api/v1/auth/mfa-disable/",
}  # fmt: skip
# A strange row is refused, the answer is not.
EACH_FOR_ITSELF = {"POST /api/v1/customers/bulk/", "POST /api/v1/conversations/bulk/"}
CLOSED = (400, 401, 403, 404)
FORMS = {"POST /api/v1/business/logo/"}  # takes a file, which is no JSON
# These ask Meta, who does not answer here; a profile needs words first.
ASKING = {"POST /api/v1/inboxes/{id}/sync-templates/": 503, "POST /api/v1/inboxes/{id}/sync-profile/": 400}
FILES = {"POST /api/v1/media/"}  # takes a file, and is refused without
TEAM = ("samia", "mona", "karim", "omar")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def callers(api: Call, by_token: Call, client_of: Callable[..., Client], globex: Business) -> dict[str, Call]:
    """One caller of each kind, at acme's address."""
    replayed = Client(headers={"host": "acme.localhost"})
    replayed.cookies = client_of("samia", globex).cookies
    nobody = Client(headers={"host": "acme.localhost"})
    return {
        **{name: api(name) for name in TEAM},
        "a token of samia": by_token("samia"),
        "a stranger's cookie": speak(replayed),
        "nobody": speak(nobody),
    }


def ask(call: Call, route: Route, rows: dict[str, Any], about: dict[str, Any] | None = None) -> Any:
    """Call a route about the row of its noun, with a body it takes."""
    for name in ("default", "platform"):
        caches[name].clear()
    row = rows.get(route.noun)
    return call(route.method, route.short.replace("{id}", str(row.pk) if row else ""), **body_of(route, about or rows))


def test_routes_are_nouns_and_verbs() -> None:
    assert [route.path for route in routes() if not PATTERN.fullmatch(route.path)] == []
    assert len(routes()) >= 40


def test_every_route_names_its_guard_and_its_refusals() -> None:
    for path, acts in document()["paths"].items():
        for method, act in acts.items():
            assert act["x-guard"], f"{method} {path}"
            assert act["x-guard"] in act["description"]
            assert {"400", "401", "429"} <= set(act["responses"]), f"{method} {path}"
            assert "404" in act["responses"] or "{id}" not in path


def test_only_the_sign_in_is_open() -> None:
    assert {str(route) for route in routes() if route.guard == "public"} == OPEN


OWN = ("api-tokens", "sessions", "exports", "macros", "saved-views")


@pytest.mark.parametrize("route", routes(), ids=str)
def test_who_may(route: Route, callers: dict[str, Call], acme: Business) -> None:
    rows = some_rows()
    before = snapshot(acme)

    for name, call in callers.items():
        with undone():
            answer = ask(call, route, rows)
            after = snapshot(acme) if answer.status_code in CLOSED or route.method == "GET" else before

        who = f"{name}: {route} → {answer.status_code} {answer.content[:200]!r}"
        if name in ("a stranger's cookie", "nobody"):
            assert str(route) in OPEN or answer.status_code == 401, who
        elif route.noun in OWN and "{id}" in route.path and "samia" not in name:
            assert answer.status_code == 404, who  # somebody else's
        elif name == "a token of samia" and str(route) in BY_SESSION:
            assert answer.status_code == 403, who
        elif may(name.split()[-1], route):
            taken = {200, 201, 204, 409, ASKING.get(str(route), 200)} | ({415} if str(route) in FORMS else set())
            assert answer.status_code in ({400} if str(route) in FILES else taken), who
        else:
            assert answer.status_code == 403, who
            assert answer.json()["required_permission"], who
        assert after == before, who


def may(name: str, route: Route) -> bool:
    """Whether this person's role holds what the route says it asks."""
    user = people.employee(name).user
    if route.noun == "deliveries" and not user.may("webhooks.view"):
        return False
    if route.noun == "notes" and not user.may("notes.view"):
        return False
    if str(route) == "POST /api/v1/canned-replies/{id}/render/" and not user.may("conversations.send_message"):
        return False  # the recipe uses it in a conversation
    if str(route) == "POST /api/v1/customers/bulk/" and not user.may("customers.edit"):  # to block, as is asked here
        return False
    if str(route) == "POST /api/v1/exports/" and not user.may("audit.view"):  # the record's own word
        return False
    return "." not in route.guard or user.may(route.guard)


@pytest.mark.parametrize(
    "route", [route for route in routes() if "{id}" in route.path and route.noun != "secrets"], ids=str
)
def test_rows_of_another_business_do_not_exist(
    route: Route, callers: dict[str, Call], acme: Business, globex: Business
) -> None:
    ours = some_rows()
    with tenant_context(globex):
        theirs = some_rows()
        Customer.objects.update(name="Globex marker")
    before = snapshot(acme, globex)

    for name, call in callers.items():
        with undone():
            answer = ask(call, route, theirs, about=ours)
            after = snapshot(acme, globex)

        who = f"{name}: {route} → {answer.status_code} {answer.text[:200]}"
        if name in ("a stranger's cookie", "nobody"):
            assert answer.status_code == 401, who
        else:
            assert answer.status_code in (403, 404), who
            assert answer.status_code == 404 or not may(name.split()[-1], route), who
        assert "globex" not in answer.text.lower(), who
        assert after == before, who


@pytest.mark.parametrize("route", [route for route in routes() if route.method in ("POST", "PUT")], ids=str)
def test_rows_of_another_business_cannot_be_named_in_a_body(
    route: Route, api: Call, acme: Business, globex: Business
) -> None:
    ours = some_rows()
    with tenant_context(globex):
        theirs = some_rows()
    if body_of(route, ours) == body_of(route, theirs):
        return
    samia = api("samia")
    before = snapshot(acme, globex)

    answer = ask(samia, route, ours, about=theirs)

    if str(route) in EACH_FOR_ITSELF and answer.status_code == 200:
        assert not any(row["ok"] for row in answer.json()["results"])
    else:
        assert answer.status_code in (400, 404, 410), f"{route} → {answer.status_code} {answer.text[:200]}"
    assert "globex" not in answer.text.lower()
    assert snapshot(acme, globex) == before


def test_lists_hold_only_ones_own_business(api: Call, acme: Business, globex: Business) -> None:
    with tenant_context(globex):
        some_rows()
        Customer.objects.update(name="Globex marker")

    for route in routes():
        if route.method == "GET" and "{id}" not in route.path and route.noun not in ("permissions",):
            answer = api("samia")("GET", route.short)
            assert "globex" not in answer.text.lower(), str(route)
            assert answer.status_code == 200
