"""How often a caller may ask (requirements 5.2): counted in the shared cache, per minute, after the caller is known.

A sliding minute from two counters: the running minute's, and what is left of the one before. A refused request is
not counted.
"""

import time
from abc import ABC, abstractmethod
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.core.actors import ActorKind

WINDOW = 60  # seconds


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


ALL = [Anonymous, OneEmployee, Messages, OneToken, Business]
