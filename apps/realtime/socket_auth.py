"""Who is behind a websocket: the business by its host, the person by the session on that host.

Everything the database must say is asked in one hop to a thread, because the business set in one hop is not there in
the next (foundations 3).
"""

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib import auth
from django_tenants.utils import tenant_context

from apps.accounts import sessions
from apps.realtime.actions import SIGNED_OUT, SUSPENDED
from apps.tenants import hosts
from apps.tenants.models import Business

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[Any]]


class Visitor(NamedTuple):
    """Somebody who may listen in a business, or the close code that says why not."""

    schema_name: str = ""
    user_id: UUID | None = None
    refusal: int = 0
    session: str = ""  # the key of its DeviceSession


def socket_auth(inner: Application) -> Application:
    """ASGI middleware: turns away strange hosts and origins, and puts the `visitor` into the scope of the others."""

    async def handle(scope: Scope, receive: Any, send: Any) -> Any:
        visitor = await recognise(scope) if _is_same_origin(scope) else None
        if visitor is None:
            return await refuse(scope, receive, send)
        return await inner({**scope, "visitor": visitor}, receive, send)

    return handle


async def refuse(scope: Scope, receive: Any, send: Any) -> None:
    """Answer the handshake with 403, for what no page of ours would ask."""
    await send({"type": "websocket.close"})


async def recognise(scope: Scope) -> Visitor | None:
    """The visitor as of now; None when the host leads to no business."""
    host = _header(scope, b"host").rsplit(":", 1)[0]
    return await _look_up(host, _session_key(scope))


@database_sync_to_async
def _look_up(host: str, session_key: str) -> Visitor | None:
    site = hosts.site_of(host)
    if site is None:
        return None
    if site.status != Business.Status.READY:
        return Visitor(site.schema_name, refusal=SUSPENDED)
    with tenant_context(site):
        session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
        user = auth.get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]  # checks the password's hash too
        employee = getattr(user, "employee", None) if user.is_authenticated else None
        if employee is None or employee.deactivated_at or employee.over_limit_at or employee.user.owes_second_factor:
            return Visitor(site.schema_name, refusal=SIGNED_OUT)
        row = sessions.living_row(session, employee.user_id)
        if row is None:
            return Visitor(site.schema_name, refusal=SIGNED_OUT)
        return Visitor(site.schema_name, employee.user_id, session=str(row.pk))


def _is_same_origin(scope: Scope) -> bool:
    """Whether the page that asks is this business's own. Programs send no Origin, and browsers always do."""
    origin = _header(scope, b"origin")
    return not origin or urlsplit(origin).netloc.lower() == _header(scope, b"host").lower()


def _session_key(scope: Scope) -> str:
    try:
        cookie = SimpleCookie(_header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
