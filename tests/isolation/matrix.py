"""Section 2 of the requirements as data, and what each door says it asks for."""

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django_tenants.utils import schema_context

from apps.core.access import required_for
from apps.core.guards import PUBLIC
from apps.tenants.models import Business
from apps.tenants.postgres.router import is_shared
from tests.api.bodies import body_of
from tests.api.routes import Route, routes, some_rows
from tests.house.doors import Door, doors

HERE = Path(__file__).parent
ROLES = ("admin", "manager", "agent", "viewer")
TEAM = {"admin": "samia", "manager": "mona", "agent": "karim", "viewer": "omar"}
# The noun whose door opens to either of two words, which its own `asks_first` says.
EITHER = {"simulator": "prompts.test|settings.whatsapp"}
# Nouns whose rows are somebody's own: who holds every word, but is not that person, finds nothing.
OWN = {"api-tokens", "exports", "macros", "saved-views", "sessions"}
OWNER = "admin"  # of the rows of these nouns that are asked for
# What an act asks beside the guard of its door, by the requirements (3 and 4).
BESIDE = {
    "POST /api/v1/business/close/": {"settings.billing"},
    "POST /api/v1/business/export/": {"settings.billing"},
    "POST /api/v1/business/reopen/": {"settings.billing"},
    "POST /api/v1/business/support-access/": {"settings.billing"},
    "POST /api/v1/canned-replies/{id}/render/": {"conversations.view", "conversations.send_message"},
    "POST /api/v1/customers/merge/": {"customers.edit"},
    "POST /api/v1/customers/undo-merge/": {"customers.edit"},
    "POST /api/v1/customers/bulk/": {"customers.edit"},  # to block, which is what is asked for
    "POST /api/v1/conversations/": {"customers.view"},  # the customer written to
    # A note is its conversation's: whoever does not see that neither reads nor leaves any (requirements 15).
    "POST /api/v1/notes/": {"conversations.view"},
    "GET /api/v1/notes/{id}/": {"conversations.view"},
    "PATCH /api/v1/notes/{id}/": {"conversations.view"},
    "DELETE /api/v1/notes/{id}/": {"conversations.view"},
    "POST /api/v1/notes/{id}/pin/": {"conversations.view"},
    "POST /api/v1/onboarding/apply-pack/": {"services.create"},  # which it makes
}
# What opens a file is what opens its owner: here a message (requirements 14).
BY_OWNER = {
    "GET /api/v1/media/{id}/content/": {"conversations.view"},
    "POST /api/v1/media/{id}/refetch/": {"conversations.view", "conversations.send_message"},
    "DELETE /api/v1/media/{id}/": {"conversations.view", "media.view", "media.delete"},
}
# The permission to take each noun out.
EXPORTED = {"audit": "audit.view", "conversations": "conversations.export", "customers": "customers.export"}
MACHINES = ("/healthz", "/readyz", "/metrics")


def section_2() -> dict[str, frozenset[str]]:
    """The words of each system role, as the requirements list them."""
    lines = [line.split() for line in _lines("section_2.txt")]
    return {role: frozenset(line[0] for line in lines if line[1 + ROLES.index(role)] == "x") for role in ROLES}


def vocabulary() -> list[str]:
    """All words, in the order of the requirements."""
    return [line.split()[0] for line in _lines("section_2.txt")]


def all_rows(business: Business) -> dict[str, Any]:
    """One row of each noun: what `some_rows` makes, and of the other nouns the newest there is."""
    rows = some_rows()
    for door in doors("config.urls"):
        queryset, noun = getattr(door.viewset, "queryset", None), door.path.removeprefix("api/v1/").split("/")[0]
        if queryset is None or noun in rows:
            continue
        with schema_context("public" if is_shared(queryset.model._meta.label_lower) else business.schema_name):
            found = queryset.model._base_manager.all()
            if any(each.name == "business" for each in queryset.model._meta.fields):
                found = found.filter(business=business.pk)
            rows[noun] = found.order_by("-pk").first()
    return {noun: row for noun, row in rows.items() if row is not None}


@dataclass(frozen=True)
class Entrance:
    """One method of one door: the words that must all be held to pass (`a|b`: either of them).

    `needs` is None where nobody need be known.
    """

    method: str
    address: str
    needs: frozenset[str] | None
    body: Any = None
    own: bool = False  # about a row of somebody's own: others find nothing
    owner: str = ""  # the only caller who finds it

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    def opens_to(self, words: frozenset[str]) -> bool:
        """Whether somebody with these words should pass."""
        return all(words & set(each.split("|")) for each in self.needs or ())


def api_entrances(rows: dict[str, Any]) -> list[Entrance]:
    """Every operation of the document, at a row of its noun, with a body it takes."""
    by_path = {_template(door): door for door in doors("config.urls") if door.viewset is not None}
    found = [_entrance(route, by_path[route.path], rows) for route in routes()]
    return [each for one in found for each in _every_export(one)]


def _every_export(entrance: Entrance) -> list[Entrance]:
    """To ask for an export is to ask for a noun, so there is an entrance for each noun that can be taken out."""
    if str(entrance) != "POST /api/v1/exports/":
        return [entrance]
    return [
        replace(entrance, needs=frozenset({word}), body={"kind": kind, "format": "json"})
        for kind, word in EXPORTED.items()
    ]


def page_entrances(rows: dict[str, Any]) -> list[Entrance]:
    """Every page that pages.txt lists, with the row it is about."""
    found = []
    for line in _lines("pages.txt"):
        method, path, noun, *words = line.partition(" {")[0].split()
        row, about = rows.get(noun), _fields(line, rows)
        needs = None if words == [PUBLIC] else frozenset(words) - {"signed-in", "own"}
        address = re.sub(r"<[^>]+>", str(row.pk) if row else "leak", path)
        if method == "GET" and about:
            address, about = f"{address}?{urlencode(about)}", {}
        found.append(Entrance(method, address, needs, about, "own" in words))
    return found


def page_fields(rows: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """What each page is sent, by method and door; only those that are sent something."""
    found = {tuple(line.split()[:2]): _fields(line, rows) for line in _lines("pages.txt")}
    return {(method, door): fields for (method, door), fields in found.items() if fields}


def _fields(line: str, rows: dict[str, Any]) -> dict[str, Any]:
    fields = json.loads("{" + line.partition(" {")[2]) if " {" in line else {}
    return {name: _said(value, rows) for name, value in fields.items()}


def _said(value: Any, rows: dict[str, Any]) -> Any:
    if value == "$soon":
        return f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    return str(rows[value[1:]].pk) if value[:1] == "$" else value


def listed_pages() -> set[str]:
    """The pages pages.txt speaks of."""
    return {line.split()[1] for line in _lines("pages.txt")}


def pages() -> set[str]:
    """The pages there are."""
    return {str(door) for door in doors("config.urls") if door.viewset is None} - set(MACHINES)


def _entrance(route: Route, door: Door, rows: dict[str, Any]) -> Entrance:
    row = rows.get(route.noun)
    address = route.path.replace("{id}", str(row.pk) if row else "")
    if route.guard == PUBLIC:
        return Entrance(route.method, address, None, body_of(route, rows))
    own = route.noun in OWN and row is not None
    needs = ({route.guard} if "." in route.guard else set()) | BESIDE.get(f"{route.method} {route.path}", set())
    model = getattr(getattr(door.viewset, "queryset", None), "model", None)
    looks = {getattr(door.viewset, "looking", "view")}
    if route.method != "GET" or "{id}" in route.path:
        looks.add("view")  # of the root it inherits from; a list of rows without their root is empty
    owner = OWNER if own and "{id}" in route.path else ""
    for look in looks if model else ():
        if asked := required_for(model, look):
            needs.add(asked)
    if route.noun in EITHER:
        needs = {EITHER[route.noun]}
    needs = BY_OWNER.get(f"{route.method} {route.path}", needs)
    return Entrance(route.method, address, frozenset(needs), body_of(route, rows), owner=owner)


def _template(door: Door) -> str:
    return re.sub(r"<[^>]+>", "{id}", f"/{door.path}")


def _lines(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text().splitlines() if line and not line.startswith("#")]
