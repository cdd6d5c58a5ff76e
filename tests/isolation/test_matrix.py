"""Who may what: every route with every kind of caller, against what section 2 grants and the route says it asks.

A refusal has changed nothing: PostgreSQL's own count of written rows stands still, in both businesses and in public.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from guardian.shortcuts import assign_perm

from apps.accounts.actions import add_employee
from apps.accounts.models import Role
from apps.accounts.roles import PERMISSIONS
from apps.audit.exports import sources
from apps.core.actors import SYSTEM
from apps.gateways.models import Inbox
from apps.tenants.models import Business
from tests import people
from tests.isolation.matrix import (
    EXPORTED,
    ROLES,
    TEAM,
    Entrance,
    all_rows,
    api_entrances,
    listed_pages,
    page_entrances,
    pages,
    section_2,
    vocabulary,
)  # fmt: skip
from tests.isolation.touching import Meter
from tests.isolation.walking import undone
from tests.isolation.witness import forget_counts

pytestmark = pytest.mark.once

CLOSED = (401, 403, 404)
# What may be written although the request is refused: that somebody tried.
TRACES = frozenset({"django_session"})


@dataclass
class Caller:
    """Somebody at acme's address, with the words held."""

    name: str
    client: Client
    words: frozenset[str] | None  # None: not known here

    def __post_init__(self) -> None:
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def ask(self, entrance: Entrance) -> Any:
        """One request, as signed in as at the beginning."""
        self.client.cookies = SimpleCookie(self.cookies)
        if "/api/" in entrance.address:
            said, kind = "" if entrance.method == "GET" else json.dumps(entrance.body or {}), "application/json"
        else:
            said, kind = urlencode(entrance.body or {}), "application/x-www-form-urlencoded"
        return self.client.generic(entrance.method, entrance.address, said, kind)


@pytest.fixture
def team(client_of: Callable[..., Client], acme: Business, globex: Business) -> list[Caller]:
    """The four system roles, somebody of globex, and nobody."""
    held = section_2()
    stranger = Client(headers={"host": "acme.localhost"})
    stranger.cookies = client_of("samia", globex).cookies
    return [
        *(Caller(role, client_of(TEAM[role]), held[role]) for role in ROLES),
        Caller("a stranger", stranger, None),
        Caller("nobody", Client(headers={"host": "acme.localhost"}), None),
    ]


@pytest.fixture
def rows(acme: Business) -> dict[str, Any]:
    return all_rows(acme)


@pytest.fixture
def custom(acme: Business, rows: dict[str, Any]) -> Caller:
    """Somebody whose role can be given any words, and who is granted every inbox."""
    group = Group.objects.create(name="custom")
    role = Role.objects.create(name="custom", display_name="Custom", group=group, permissions=[])
    employee = add_employee(email="custom@example.test", full_name="Custom", role=role, by=SYSTEM, confirmed=True)
    for inbox in Inbox.objects.all():
        for word in ("view", "reply", "assign"):
            assign_perm(f"gateways.{word}_inbox", employee.user, inbox)
    client = Client(headers={"host": "acme.localhost"})
    people.enter(client, employee.user)
    return Caller("custom", client, frozenset())


def test_the_words_and_roles_are_those_of_section_2(acme: Business) -> None:
    held = section_2()

    assert list(PERMISSIONS) == vocabulary()
    assert {role: len(held[role]) for role in ROLES} == {"admin": 59, "manager": 35, "agent": 14, "viewer": 9}
    for role in Role.objects.filter(is_system=True):
        assert frozenset(role.permissions) == held[role.name], role.name
    for role, name in TEAM.items():
        user = people.employee(name).user
        assert {word for word in vocabulary() if user.may(word)} == held[role]


def test_every_noun_that_can_be_taken_out_has_its_word() -> None:
    assert {kind: source.word for kind, source in sources().items()} == EXPORTED


def test_every_page_says_what_it_asks() -> None:
    assert pages() == listed_pages(), "say in pages.txt what these ask, after looking at them"


def differences(entrance: Entrance, caller: Caller, meter: Meter) -> list[str]:
    """What came of a request, where it is not what section 2 and the door's guard say."""
    forget_counts()
    before = meter.read()
    with undone():
        answer = caller.ask(entrance)
        after = meter.read()
    status, words = answer.status_code, caller.words
    told = f"{caller.name} {sorted(words) if caller.name == 'custom' and words else ''}: {entrance} → {status}"
    if entrance.needs is None:
        return [] if status < 500 else [told]
    to_sign_in = status == 302 and "sign-in" in answer.headers.get("Location", "")
    refused = status in CLOSED or to_sign_in
    wrong = []
    if words is None and not (status == 401 or to_sign_in or status == 405):
        wrong.append(told)
    elif words is not None and refused == (entrance.opens_to(words) and entrance.owner in ("", caller.name)):
        wrong += [] if status == 404 and entrance.own else [told]
    if refused and after != before:
        wrong.append(f"{told} wrote {[name for name in after if after[name] != before.get(name)]}")
    if status == 403 and "/api/" in entrance.address and not answer.json().get("required_permission"):
        wrong.append(f"{told} names no permission")
    return wrong


def cases(needs: frozenset[str] | None) -> list[frozenset[str]]:
    """Roles to try at an entrance: one word alone, exactly what is asked, all but one of what is asked, nothing."""
    if needs is None:
        return []
    every = frozenset(vocabulary())
    alone = [frozenset({word}) for each in needs for word in each.split("|")] + [frozenset({"bookings.refund"})]
    enough = frozenset(each.split("|")[-1] for each in needs)
    all_but_one = [every - frozenset(each.split("|")) for each in needs]
    return list(dict.fromkeys([*alone, enough, *all_but_one, frozenset()]))


@pytest.mark.parametrize("kind", ["api", "pages"])
def test_everybody_at_every_route(
    kind: str, team: list[Caller], rows: dict[str, Any], acme: Business, globex: Business
) -> None:
    entrances = api_entrances(rows) if kind == "api" else page_entrances(rows)
    meter = Meter(acme.schema_name, globex.schema_name, "public", without=TRACES)

    found = [line for each in entrances for caller in team for line in differences(each, caller, meter)]

    assert "\n".join(found) == ""
    assert len(entrances) >= 20


@pytest.mark.parametrize("kind", ["api", "pages"])
def test_a_role_of_exactly_these_words_at_every_route(
    kind: str, custom: Caller, rows: dict[str, Any], acme: Business, globex: Business
) -> None:
    meter = Meter(acme.schema_name, globex.schema_name, "public", without=TRACES)
    found = []

    for each in api_entrances(rows) if kind == "api" else page_entrances(rows):
        for words in cases(each.needs):
            Role.objects.filter(name="custom").update(permissions=sorted(words))
            custom.words = words
            found += differences(each, custom, meter)

    assert "\n".join(found) == ""
