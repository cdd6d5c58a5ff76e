"""Reads of the record: its rows by filter, and the filters that its rows offer."""

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from apps.audit.models import AuditEvent

FILTERS = ("person", "verb", "noun", "object", "since", "until", "address")
OFFERED = 200  # values of one filter
COLUMNS = (
    "at", "actor_kind", "actor", "verb", "object_kind", "object_id", "object", "before", "after", "address", "agent",
    "request_id",
)  # fmt: skip


def record_of(user: Any, filters: Mapping[str, str]) -> QuerySet[AuditEvent]:
    """The entries this person may read, by the page's filters; newest first. A filter that makes no sense is empty."""
    rows: QuerySet[AuditEvent] = AuditEvent.objects.for_user(user)
    if person := filters.get("person"):
        found = _uuid(person)
        rows = rows.filter(actor_id=found) if found else rows.filter(actor_id=None, actor_kind=person)
    if verb := filters.get("verb"):
        rows = rows.filter(verb=verb)
    if noun := filters.get("noun"):
        rows = rows.filter(object_kind=noun)
    if about := filters.get("object"):
        rows = rows.filter(object_id=_uuid(about)) if _uuid(about) else rows.filter(object_label=about)
    if since := _day(filters.get("since")):
        rows = rows.filter(at__gte=since)
    if until := _day(filters.get("until")):
        rows = rows.filter(at__lt=until + timedelta(days=1))
    if address := filters.get("address"):
        rows = rows.filter(address=address) if _is_address(address) else rows.none()
    return rows.order_by("-at", "-pk")


def offered(user: Any) -> dict[str, list[tuple[str, str]]]:
    """For each filter the values that the rows themselves hold, so that none of them matches nothing."""
    rows = AuditEvent.objects.for_user(user).order_by()
    people: dict[str, str] = {}
    for actor_id, kind, label in rows.values_list("actor_id", "actor_kind", "actor_label").distinct()[:OFFERED]:
        people[str(actor_id or kind)] = label or kind
    return {
        "person": sorted(people.items(), key=lambda each: each[1].casefold()),
        "verb": _values(rows, "verb"),
        "noun": _values(rows, "object_kind"),
        "address": _values(rows.exclude(address=None), "address"),
    }


def export_rows(user: Any, params: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """The record as a table, in the order of COLUMNS."""
    for row in record_of(user, params).iterator(chunk_size=1000):
        yield (
            row.at, row.actor_kind, row.actor_label, row.verb, row.object_kind, row.object_id, row.object_label,
            row.before, row.after, row.address, row.agent, row.request_id,
        )  # fmt: skip


def _values(rows: QuerySet[AuditEvent], column: str) -> list[tuple[str, str]]:
    found = rows.values_list(column, flat=True).distinct().order_by(column)[:OFFERED]
    return [(str(value), str(value)) for value in found]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str | None) -> datetime | None:
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text), time.min)) if text else None
    except (ValueError, OverflowError):
        return None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
