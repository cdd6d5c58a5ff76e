"""Whatever is sent to a door, it never breaks: each field, parameter, form and header spoiled in turn.

A small fixed slice here; `make fuzz` sends every value to every field.
"""

import os
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from apps.tenants.models import Business
from tests import people
from tests.api.bodies import body_of
from tests.api.routes import document, routes, some_rows
from tests.house.doors import doors
from tests.isolation.hostile import BODIES, HEADERS, VALUES, bodies, some
from tests.isolation.walking import Visitor, undone
from tests.isolation.witness import Witness, forget_counts

pytestmark = pytest.mark.once

ALL = "FUZZ" in os.environ
EACH = 99 if ALL else 1


@pytest.fixture
def ask(client_of: Callable[..., Client]) -> Iterator[Callable[..., int]]:
    """`ask(method, address, body, type, **headers)` as samia, undone afterwards; what broke is asserted at the end."""
    client, broken = client_of("samia"), []
    client.raise_request_exception = False
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def once(method: str, address: str, body: Any = "", kind: str = "application/json", headers: Any = None) -> int:
        forget_counts()
        client.cookies = SimpleCookie(cookies)
        with undone():
            answer: Any = client.generic(method, address, body, kind, headers=headers or {})
            if answer.streaming:
                b"".join(answer.streaming_content)
        if answer.status_code >= 500 and answer.status_code != 503:
            why = getattr(answer, "exc_info", None)
            broken.append(f"{method} {address[:200]} {str(body)[:200]} {headers or ''}: {why and repr(why[1])[:300]}")
        return int(answer.status_code)

    yield once
    assert not broken, "\n".join(broken)


def test_every_field_and_parameter_of_the_api(ask: Callable[..., int], acme: Business) -> None:
    rows, operations = some_rows(), document()
    for route in routes():
        act = operations["paths"][route.path][route.method.lower()]
        row = rows.get(route.noun)
        address = "/api/v1/" + route.short.replace("{id}", str(row.pk) if row else "x")
        if route.method == "GET":
            for name in [each["name"] for each in act.get("parameters", ()) if each["in"] == "query"]:
                for value in some(VALUES, f"{route} {name}", EACH):
                    ask("GET", f"{address}?{name}={quote(str(value).encode('utf-8', 'replace')[:2000])}")
        else:
            for body in bodies(body_of(route, rows), fields_of(operations, act), str(route), EACH):
                ask(route.method, address, body)


def test_every_form_of_the_pages(ask: Callable[..., int], acme: Business) -> None:
    client = Client(headers={"host": "acme.localhost"})
    people.sign_in(client, "samia")
    rows = some_rows()
    visitor = Visitor(client, Witness(acme.schema_name, ()), [row.pk for row in rows.values()], {})
    visitor.walk(doors("config.urls"), writing=False)
    texts = tuple(str(value) for value in VALUES)

    for (where, *_names), (address, filled) in sorted(visitor.forms.items()):
        for name in filled:
            for value in some(texts, f"{where} {name}", EACH):
                body = urlencode({**filled, name: value}, errors="replace")
                ask("POST", address, body, "application/x-www-form-urlencoded")

    assert len(visitor.forms) > 20


@pytest.mark.parametrize(
    "address", ["/api/v1/me/", "/api/v1/customers/?q=x", "/inbox/?q=x", "/sign-in/", "/nowhere/?x=y"]
)
def test_every_header(address: str, ask: Callable[..., int], acme: Business) -> None:
    for headers in HEADERS:
        rest = {name: value for name, value in headers.items() if name != "content-type"}
        for method in ("GET", "POST", "PATCH"):
            ask(method, address, '{"theme":"dark"}', headers.get("content-type", "application/json"), rest)


def test_every_body_at_one_door(ask: Callable[..., int], acme: Business) -> None:
    phone = some_rows()["simulator"]

    for body in BODIES:
        assert ask("POST", f"/api/v1/simulator/{phone.pk}/message/", body) == 400, body[:40]


def fields_of(operations: dict[str, Any], act: dict[str, Any]) -> set[str]:
    """The names of the body an operation takes."""
    content = act.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = str(content.get("schema", {}).get("$ref", "")).rsplit("/", 1)[-1]
    return set(operations["components"]["schemas"].get(named, {}).get("properties", ()))
