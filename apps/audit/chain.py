"""The chain that makes the record tamper-evident: every entry gets a place, whose hash covers it and the place before.

Entries are written without a lock; places are given afterwards, by `seal`, one after the other (docs/adr/0018). In a
business's schema this is the business's record, in public the operators'.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import QuerySet

from apps.audit.actions import record, record_operator
from apps.audit.models import AuditEvent, AuditSeal, OperatorEvent, OperatorSeal
from apps.core.actors import SYSTEM

BATCH = 1000
LONGEST_TRANSACTION = timedelta(hours=1)  # an entry committed later than this after its time is found by `whole` alone
CHECKPOINT = "purged"
COVERED = (
    "actor_kind", "actor_id", "actor_label", "verb", "object_kind", "object_id", "object_label", "before", "after",
    "address", "agent", "operator_note", "request_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found. `broken` is the first place that is not as it was sealed."""

    rows: int
    head: str
    broken: int | None = None
    event_id: str = ""
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        return self.broken is None


def seal(*, whole: bool = False) -> int:
    """Give a place to every entry of the current schema that has none yet. Returns how many got one.

    Two at once cannot fork the chain: a place is taken once, and whoever comes second leaves the rest to the first.
    `whole` looks for forgotten entries from the beginning of time, else only around the head.
    """
    done = 0
    while entries := list(_without_place(whole)[:BATCH]):
        try:
            with transaction.atomic():
                _append(entries)
        except IntegrityError:
            break
        done += len(entries)
    return done


def verify() -> Verdict:
    """Walk the chain of the current schema from its beginning, or from the checkpoint of the last purge."""
    seal(whole=True)
    _events, seals = _tables()
    previous, expected, rows = "", 1, 0
    for place in seals.objects.select_related("event").order_by("seq").iterator(chunk_size=BATCH):
        if rows == 0 and place.seq != 1:
            if not _is_checkpoint(place.seq - 1, place.previous_hash):
                return Verdict(rows, previous, 1, "", "the beginning is missing")
            previous, expected = place.previous_hash, place.seq
        if place.seq != expected:
            return Verdict(rows, previous, expected, "", "a row is missing")
        if place.previous_hash != previous:
            return Verdict(rows, previous, place.seq, str(place.event_id), "it does not follow the row before")
        if place.hash != _hash(previous, place.seq, place.event):
            return Verdict(rows, previous, place.seq, str(place.event_id), "its content was changed")
        previous, expected, rows = place.hash, expected + 1, rows + 1
    return Verdict(rows, previous)


def purge(older_than: datetime) -> int:
    """Remove entries from the oldest on, up to a time, leaving a checkpoint that the chain goes on from.

    The head always stays. Runs as the tables' owner: nobody else may. Returns how many were removed.
    """
    seal(whole=True)
    events, seals = _tables()
    head = seals.objects.order_by("-seq").first()
    if head is None:
        return 0
    first_kept = seals.objects.filter(event__at__gte=older_than).order_by("seq").first() or head
    last = seals.objects.filter(seq__lt=first_kept.seq).select_related("event").order_by("-seq").first()
    if last is None:
        return 0
    note = record if events is AuditEvent else record_operator
    note(SYSTEM, CHECKPOINT, last.event, after={"through": last.seq, "hash": last.hash})
    quoted = [connection.ops.quote_name(model._meta.db_table) for model in (seals, events)]
    with connections[settings.TENANT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM {} WHERE seq <= %s RETURNING event_id) "  # noqa: S608  two names of ours
            "DELETE FROM {} WHERE id IN (SELECT event_id FROM gone)".format(*quoted),
            [last.seq],
        )
        return int(cursor.rowcount)


def _tables() -> tuple[Any, Any]:
    here = connection.schema_name  # type: ignore[attr-defined]
    return (OperatorEvent, OperatorSeal) if here == "public" else (AuditEvent, AuditSeal)


def _without_place(whole: bool) -> QuerySet[Any]:
    events, seals = _tables()
    rows = events.objects.filter(seal=None).order_by("at", "pk")
    head = None if whole else seals.objects.select_related("event").order_by("-seq").first()
    return rows.filter(at__gte=head.event.at - LONGEST_TRANSACTION) if head else rows


def _append(entries: Sequence[Any]) -> None:
    _events, seals = _tables()
    head = seals.objects.order_by("-seq").first()
    seq, previous = (head.seq, head.hash) if head else (0, "")
    places = []
    for entry in entries:
        seq += 1
        hashed = _hash(previous, seq, entry)
        places.append(seals(seq=seq, event=entry, previous_hash=previous, hash=hashed))
        previous = hashed
    seals.objects.bulk_create(places)


def _hash(previous: str, seq: int, entry: Any) -> str:
    said = [previous, seq, str(entry.pk), entry.at.astimezone(UTC).isoformat()]
    said += [getattr(entry, name) for name in COVERED]
    said += [getattr(entry, "business_id", None)]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_checkpoint(through: int, previous: str) -> bool:
    events, _seals = _tables()
    found = events.objects.filter(
        verb=CHECKPOINT, object_kind=events._meta.model_name, after={"through": through, "hash": previous}
    )
    return bool(found.exists())
