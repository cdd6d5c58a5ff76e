"""Reads: who of the team is there now."""

import time
from collections.abc import Iterable
from uuid import UUID

from apps.accounts.models import Employee
from apps.realtime.presence import IDLE, SILENT, moments
from apps.tenants.postgres.context import current_schema

AVAILABLE, BUSY, AWAY, OFFLINE = "available", "busy", "away", "offline"


def presence_of(user_ids: Iterable[UUID], *, now: float | None = None) -> dict[UUID, str]:
    """`available`, `busy`, `away` or `offline` of people of the current business, by the user's id.

    Busy and away by hand hold as long as a tab is open; away comes by itself after ten minutes without a touch. `now`
    is in seconds since 1970 and the present unless said. One question to the database, one to the cache.
    """
    now = time.time() if now is None else now
    by_hand = dict(Employee.objects.filter(user_id__in=set(user_ids)).values_list("user_id", "availability"))
    beats = moments(current_schema(), by_hand)
    return {user_id: _state(said, *beats[user_id], now) for user_id, said in by_hand.items()}


def who_watches(employee: Employee) -> list[UUID]:
    """The users whose screens show whether this person is there: they themselves, and who may see the team."""
    people = Employee.objects.filter(deactivated_at=None).select_related("role")
    return [each.user_id for each in people if each.pk == employee.pk or "employees.view" in each.permissions]


def _state(said: str, seen: float, used: float, now: float) -> str:
    if now - seen > SILENT:
        return OFFLINE
    if said != AVAILABLE:
        return said
    return AWAY if now - used > IDLE else AVAILABLE
