"""How often a caller may ask (requirements 5.2): counted in the shared cache, after the caller is known.

Requests by the minute: a sliding minute from two counters, the running minute's and what is left of the one before; a
refused request is not counted. Rare deeds by the hour: each takes one of a few places (`take`).
"""

import hashlib
import ipaddress
import time
from abc import ABC, abstractmethod
from typing import Any

from django.conf import settings
from django.core.cache import cache, caches
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.core.actors import ActorKind
from apps.core.refusals import Refusal

WINDOW = 60  # seconds
HOUR = 3600  # seconds


def client_address(request: HttpRequest | Request) -> str:
    """The address a request came from, believing only as many proxies as stand in front of us.

    Each trusted proxy appends the address it saw, so with N of them the client is the Nth from the end; whatever a
    client wrote into the header itself stands before that and is not read.
    """
    hops = settings.TRUSTED_PROXY_COUNT
    said = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if hops and len(said) >= hops:
        return str(said[-hops])
    return str(request.META.get("REMOTE_ADDR", ""))


def subscriber(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 subscriber is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def take(scope: str, who: str, limit: int, seconds: float = HOUR, *, store: str = "default") -> str:
    """Take one of `limit` places that `who` has for `seconds`, for the few deeds that are counted one by one.

    Raises Refusal `throttled` with `retry_after` (seconds) when none is free. A place is a key of its own, added only
    where it was not, so attempts made at once cannot outrun the count. Returns the place, to `give_back`.
    """
    cache, now = caches[store], time.time()
    places = [f"place:{scope}:{_short(who)}:{number}" for number in range(limit)]
    taken = cache.get_many(places)
    until = now + seconds
    for place in places:
        if place not in taken and cache.add(place, until, timeout=seconds):
            return place
    wait = max(1, int(min(taken.values(), default=until) - now))
    raise Refusal("throttled", _("That was too often. Please wait a little and try again."), retry_after=wait)


def give_back(place: str, *, store: str = "default") -> None:
    """Free a place that should not have counted."""
    caches[store].delete(place)


def sign_up(address: str) -> None:
    """5 an hour per address. Call in public."""
    take("sign-up", subscriber(address), 5)


def ask_by_mail(scope: str, email: str, address: str) -> None:
    """Whatever makes us write to a typed address ("find", "reset", "confirm"): 3 an hour for each e-mail, 10 for each
    address, whether or not the e-mail is known."""
    take(f"{scope}-address", subscriber(address), 10)
    take(f"{scope}-email", email.strip().lower(), 3)


def export(employee_id: object) -> None:
    """5 exports an hour per employee."""
    take("export", str(employee_id), 5)


def _short(who: str) -> str:
    """A key that any cache takes, whatever was typed."""
    return hashlib.sha256(who.encode()).hexdigest()[:32]


class PerMinute(BaseThrottle, ABC):
    """At most `limit` requests a minute for each key; a view it does not concern gets no key."""

    limit = 0
    scope = ""

    @abstractmethod
    def key(self, request: Request, view: Any) -> str | None:
        """Whose counter this request raises, or None when this limit does not concern it."""

    def allow_request(self, request: Request, view: Any) -> bool:
        who = self.key(request, view)
        if who is None:
            return True
        now = time.time()
        minute, self.elapsed = int(now // WINDOW), now % WINDOW
        current, before = (f"throttle:{self.scope}:{who}:{number}" for number in (minute, minute - 1))
        counts = cache.get_many([current, before])
        if counts.get(current, 0) + counts.get(before, 0) * (1 - self.elapsed / WINDOW) >= self.limit:
            return False
        if current not in counts:
            cache.add(current, 0, 2 * WINDOW)
        try:
            cache.incr(current)
        except ValueError:  # it expired between the two lines
            cache.set(current, 1, 2 * WINDOW)
        return True

    def wait(self) -> float:
        """Seconds until the running minute ends, at least one."""
        return max(1.0, WINDOW - self.elapsed)


class Anonymous(PerMinute):
    """60 a minute per address for whoever is not signed in."""

    limit, scope = 60, "anonymous"

    def key(self, request: Request, view: Any) -> str | None:
        return None if request.user.is_authenticated else client_address(request)


class OneEmployee(PerMinute):
    """300 a minute per signed-in person."""

    limit, scope = 300, "employee"

    def key(self, request: Request, view: Any) -> str | None:
        by_person = request.user.is_authenticated and view.actor.kind == ActorKind.EMPLOYEE
        return str(view.actor.id) if by_person else None


class Messages(PerMinute):
    """Of an employee's requests at most 60 a minute may say something to a customer."""

    limit, scope = 60, "messages"

    def key(self, request: Request, view: Any) -> str | None:
        speaks = request.method == "POST" and view.action in getattr(view, "speaking", ())
        by_person = speaks and request.user.is_authenticated and view.actor.kind == ActorKind.EMPLOYEE
        return str(view.actor.id) if by_person else None


class Uploads(PerMinute):
    """Of an employee's requests at most 30 a minute may bring a file."""

    limit, scope = 30, "uploads"

    def key(self, request: Request, view: Any) -> str | None:
        brings = request.method == "POST" and view.action in getattr(view, "uploading", ())
        by_person = brings and request.user.is_authenticated and view.actor.kind == ActorKind.EMPLOYEE
        return str(view.actor.id) if by_person else None


class OneToken(PerMinute):
    """600 a minute per API token."""

    limit, scope = 600, "token"

    def key(self, request: Request, view: Any) -> str | None:
        by_token = request.user.is_authenticated and view.actor.kind == ActorKind.API_TOKEN
        return str(view.actor.id) if by_token else None


class Business(PerMinute):
    """3,000 a minute for all callers of a business together; the cache's keys carry the business."""

    limit, scope = 3000, "business"

    def key(self, request: Request, view: Any) -> str | None:
        return "all"


ALL = [Anonymous, OneEmployee, Messages, Uploads, OneToken, Business]
