"""Goes through every door of a site as one visitor: each address, each method, each form that a page offers."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import urlencode

from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import Resolver404, resolve

from tests.api.bodies import body_of
from tests.api.routes import NAMED_SECRET, routes
from tests.house.doors import Door
from tests.isolation.matrix import page_fields
from tests.isolation.witness import Witness, forget_counts

UNSEEN = (401, 403, 404, 405)
# A relative address with a segment or value of 24 characters or more that is no key: `/join/ImFi…:1tX:aGk…/`
PROOF = re.compile(
    r"(?<=[\"'])/(?!static/)[^\"'<>\s]*?[/=](?![0-9a-f-]{36}(?:[#/&\"'?]|[\w-]*\.png))(?=[^\"'/&]*[A-Z0-9])[\w.:~%-]{24,}[^\"'<>\s]*"
)
# What stands in an address beside keys. `leak` is in every marker, so a search for it finds whatever is in reach.
WORDS = {"str": "leak", "slug": "leak", "path": "leak", "int": "1", "regex": "leak"}


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has its consequences (tasks, nudges), and has not happened afterwards. No file is removed:
    a row comes back, its bytes would not."""
    with transaction.atomic(), patch.object(default_storage, "delete"):
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield
        transaction.set_rollback(True)


@dataclass
class Visitor:
    """One caller at one host. `known` are the keys that may stand in an address."""

    client: Client
    witness: Witness
    known: list[Any]
    rows: dict[str, Any] = field(default_factory=dict)
    visited: dict[str, set[int]] = field(default_factory=dict)  # door → the statuses it answered
    fitting: dict[str, list[Any]] = field(default_factory=dict)  # door → the keys it knows
    forms: dict[tuple[str, ...], tuple[str, dict[str, str]]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)  # addresses that carry a proof: signed, or hard to guess
    shown: set[str] = field(default_factory=set)  # doors that showed a text of one's own
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.signed_in = {
            name: morsel.value for name, morsel in self.client.cookies.items()
        }  # whatever a sign-out on the way does to it
        self.bodies: dict[tuple[str, str], Any] = {}  # what a door is sent, by method and address
        if self.rows:
            self.bodies = {(route.method, route.path): body_of(route, self.rows) for route in routes()}
            self.bodies |= page_fields(self.rows)

    def ask(self, door: str, method: str, address: str, body: Any = None, own: str = "") -> int:
        """One request, of which everything but the count of requests is undone."""
        forget_counts()
        self.client.raise_request_exception = False
        self.client.cookies = SimpleCookie(self.signed_in)
        with undone():
            if isinstance(body, dict) and "/api/" not in address:
                answer = self.client.generic(method, address, _form(body), "application/x-www-form-urlencoded")
            else:
                said = json.dumps(body or {}) if method not in ("GET", "HEAD") else ""
                answer = self.client.generic(method, address, said, "application/json")
            text = self.witness.answer(f"{method} {address}", cast("HttpResponse", answer))
        self.visited.setdefault(door, set()).add(answer.status_code)
        if own and own in text:
            self.shown.add(door)
        if answer.status_code >= 500 and answer.status_code != 503:
            self.broken.append(f"{method} {address} → {answer.status_code}")
        self.links |= set(PROOF.findall(text))
        if method == "GET" and "<form" in text:
            self._find_forms(address, text)
        return int(answer.status_code)

    def walk(self, doors: Iterable[Door], own: str = "", *, writing: bool = True) -> None:
        """Every door: with each key until one fits, then each method with those that do."""
        for door in doors:
            name = str(door)
            for pk in self.fits(door, own):
                address = door_at(door, pk)
                for method in door.methods if writing else ("GET",):
                    said = self.bodies.get((method, name)) or self.bodies.get((method, _template(door)), {})
                    if method == "GET" and said:
                        self.ask(name, method, f"{address}?{urlencode(said)}", own=own)
                    else:
                        self.ask(name, method, address, said, own)
                if "GET" in door.methods and not door.takes:
                    for query in self._queries(door):
                        self.ask(name, "GET", f"{address}?{query}", own=own)

    def fits(self, door: Door, own: str = "") -> list[Any]:
        """The key a door knows; any one when it knows none."""
        name = str(door)
        if not any(kind in ("uuid", "int", "path", "str", "slug") for kind in door.converters) or not door.takes:
            return [None]
        if name not in self.fitting:
            fit = next(self._found(door, own), None)
            if fit is None:
                return self.known[:1]
            self.fitting[name] = [fit]
        return self.fitting[name]

    def _found(self, door: Door, own: str) -> Iterator[Any]:
        name, first = str(door), "GET" if "GET" in door.methods else door.methods[0]
        neighbours = [pk for at, fit in self.fitting.items() if at.split("/")[1] == name.split("/")[1] for pk in fit]
        for pk in dict.fromkeys([*neighbours, *_likely(door, self.known)]):
            status = self.ask(name, first, door_at(door, pk), own=own)
            if status == 405:  # a page that only takes POST
                status = self.ask(name, "POST", door_at(door, pk), self.bodies.get(("POST", name)))
            if status not in UNSEEN:
                yield pk

    def submit(self, own: str = "") -> int:
        """Send each form that was seen, filled in as it was offered. Returns how many."""
        for (where, *_names), (address, fields) in sorted(self.forms.items()):
            self.ask(f"/{where}", "POST", address, fields, own)
        return len(self.forms)

    def _queries(self, door: Door) -> Iterator[str]:
        filters = getattr(getattr(door.viewset, "filterset_class", None), "base_filters", {})
        names = [*filters] or ["q"]
        yield from (f"{name}=leak" for name in names)

    def _find_forms(self, page: str, html: str) -> None:
        for action, fields in Forms(html).found:
            address = action or page
            path = address.split("?")[0]
            if not address.startswith("/") or "sign-out" in path:
                continue
            try:
                route = resolve(path).route
            except Resolver404:
                route = path
            self.forms.setdefault((route, *sorted(fields)), (address, fields))


class Forms(HTMLParser):
    """The forms of a page that POST: where to, and what their fields hold or could hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open: dict[str, str] | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            address = said.get("action") or said.get("hx-post", "")
            self._open = {} if said.get("method", "").lower() == "post" or "hx-post" in said else None
            if self._open is not None:
                self.found.append((address, self._open))
        elif self._open is not None and (name := said.get("name")):
            if tag in ("input", "textarea", "button"):
                filled = said.get("value") or {"email": "x@example.test", "number": "1", "file": ""}.get(
                    said.get("type", ""), "Leak 1"
                )
                self._open.setdefault(name, filled)
            elif tag == "select":
                self._select = name
        elif tag == "option" and self._open is not None and self._select and said.get("value"):
            self._open.setdefault(self._select, said["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


def door_at(door: Door, pk: Any) -> str:
    """An address behind a door: keys where keys stand, a word elsewhere."""
    path = door.path.split("(?")[0].rstrip("$").lstrip("^")
    for name, kind in zip(door.takes, door.converters, strict=True):
        is_key = kind == "uuid" or name in ("pk", "id", "object_id")
        said = str(pk) if is_key and pk is not None else WORDS.get(kind, "leak")
        path = path.replace(f"<{kind}:{name}>", said).replace(f"<{name}>", said)
    return f"/{path}"


def unvisited(doors: Iterable[Door], visitors: Iterable[Visitor]) -> set[str]:
    """Doors nobody stood before."""
    seen = {name for visitor in visitors for name in visitor.visited}
    return {str(door) for door in doors} - seen


def unanswered(doors: Iterable[Door], visitor: Visitor) -> set[str]:
    """Doors at which the visitor never found anything."""
    return {str(door) for door in doors if visitor.visited.get(str(door), set()) <= {404, 405}}


def _likely(door: Door, known: list[Any]) -> list[Any]:
    """The key of the door's own table where it says which that is, and one of another; else all."""
    rows = getattr(door.viewset, "queryset", None)
    if door.converters == ("slug",):  # a name of a closed list, the same in every business
        return [NAMED_SECRET.pk]
    if rows is None:
        return known
    own = rows.model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return [own, known[0]] if own else known


def _template(door: Door) -> str:
    path = f"/{door.path}"
    for name, kind in zip(door.takes, door.converters, strict=True):
        path = path.replace(f"<{kind}:{name}>", "{id}")
    return path


def _form(fields: dict[str, Any]) -> str:
    return urlencode(fields)
