"""An operator inside a business (requirements TEN-19): lets look, for an hour at most, while its door is open.

On the platform's host a ticket is given: signed for one business, good for a minute, once. The business's host takes it
and begins a session that belongs to nobody of the team. Such a visitor holds every word for looking but those of the
webhooks; whatever writes is refused, by the request's method and again by each statement to the database.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from apps.accounts.models import Employee, Role, User
from apps.accounts.roles import MATRIX
from apps.core.models import new_id
from apps.tenants.hosts import VISIT
from apps.tenants.models import SupportDoor

KEY = "visit"  # where it stands in the session
GOOD_FOR = 60  # seconds a ticket is good for
SEES = frozenset({word for word in MATRIX if word.endswith(".view")} - {"webhooks.view"} | {"conversations.view_all"})
# What is a person's own, what is secret, and what came in raw.
CLOSED = (
    "/me/", "/sessions/", "/notifications/", "/settings/secrets/", "/settings/api-tokens/", "/deliveries/",
    "/api/v1/me/", "/api/v1/sessions/", "/api/v1/secrets/", "/api/v1/api-tokens/", "/api/v1/deliveries/",
)  # fmt: skip
LEAVES = "/support/leave/"
WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE")


def ticket_for(operator: User, door: SupportDoor, schema_name: str) -> str:
    """What lets this operator through this door, once, within a minute."""
    facts = {
        "operator": str(operator.pk), "email": operator.email, "language": operator.language, "door": str(door.pk),
        "id": str(new_id()),
    }  # fmt: skip
    return signing.dumps(facts, salt=_salt(schema_name))


def begin(session: SessionBase, ticket: str, schema_name: str) -> bool:
    """Begin a visit; False when the ticket is not for here, too old, or used."""
    try:
        facts = signing.loads(ticket, salt=_salt(schema_name), max_age=GOOD_FOR)
    except signing.BadSignature:
        return False
    if not caches["platform"].add(f"support-ticket:{facts['id']}", 1, timeout=2 * GOOD_FOR):
        return False
    session.flush()
    session[KEY] = {**facts, "until": time.time() + VISIT.total_seconds()}
    session.set_expiry(int(VISIT.total_seconds()))
    return True


def visitor_of(session: SessionBase) -> User | None:
    """Who visits with this session, while the hour is not over and the door stands open. Call in the business."""
    visit: dict[str, Any] | None = session.get(KEY)
    if visit is None or visit["until"] < time.time():
        return None
    door = SupportDoor.objects.filter(pk=visit["door"], closed_at=None, until__gt=timezone.now())
    return _stand_in(visit) if door.exists() else None


def _stand_in(visit: dict[str, Any]) -> User:
    """Somebody the pages can show, of whom no row exists in the business."""
    user = User(
        id=UUID(visit["operator"]), email=visit["email"], is_operator=True, language=visit["language"],
        totp_confirmed_at=timezone.now(),
    )  # fmt: skip
    role = Role(name="support", display_name="Majlis", permissions=sorted(SEES))
    user.employee = Employee(id=user.pk, user=user, full_name=visit["email"], role=role)
    return user


@contextmanager
def reading_only() -> Iterator[None]:
    """Refuse every statement that writes. The last line: no page a visitor can open should come this far."""

    def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if str(sql).lstrip(" (\n").upper().startswith(WRITES):
            raise PermissionDenied("A visitor writes nothing.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield


def may_ask(method: str | None, path: str) -> bool:
    """Whether a visitor may ask this at all."""
    if path == LEAVES:
        return True
    return method in ("GET", "HEAD") and not path.startswith(CLOSED)


def _salt(schema_name: str) -> str:
    return f"majlis.support.{schema_name}"
