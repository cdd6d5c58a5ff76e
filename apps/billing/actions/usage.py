"""The month's counters of the current business: each change one conditional statement on one row (BIL-04, BIL-07)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from apps.audit import actions as audit
from apps.billing.events import UsageWarned
from apps.billing.models import UsageMonth
from apps.billing.queries import limits_under, month_of, own_subscription
from apps.core.actors import SYSTEM
from apps.core.events import emit
from apps.core.models import new_id

WARN_AT = 80  # percent of the limit

# the row's lock is held until the caller's transaction ends, so a number is given once and in order
COUNT = """
INSERT INTO billing_usagemonth AS it (id, created_at, updated_at, month, conversations, conversations_over,
                                      voice_seconds, voice_reserved)
VALUES (%(id)s, %(now)s, %(now)s, %(month)s, 1, CASE WHEN 1 > %(limit)s THEN 1 ELSE 0 END, 0, 0)
ON CONFLICT (month) DO UPDATE SET
    conversations = it.conversations + 1,
    conversations_over = it.conversations_over + CASE WHEN it.conversations + 1 > %(limit)s THEN 1 ELSE 0 END,
    updated_at = %(now)s
RETURNING it.id, it.conversations, it.warned_80_at IS NULL, it.warned_100_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A counted window: the month it counts in, its number there, and whether it is beyond the plan's limit."""

    month: date
    number: int
    over: bool


@dataclass(frozen=True, slots=True)
class Reservation:
    """Voice seconds held for one transcription, in the month they count in."""

    month: date
    seconds: int


@transaction.atomic
def count_window(starts_at: datetime) -> Counted:
    """Count one more billable conversation in the month of its start, in the business's time zone.

    At 80 and at 100 percent of the limit it says so, once each per month.
    """
    subscription = own_subscription()
    limit = limits_under(subscription).conversations
    month = month_of(starts_at, subscription)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"id": new_id(), "now": timezone.now(), "month": month, "limit": limit})
        row_id, number, quiet_80, quiet_100 = cursor.fetchone()
    if limit is not None and quiet_100 and number * 100 >= limit * WARN_AT:
        _warn(row_id, number, limit, first=quiet_80)
    return Counted(month, number, over=limit is not None and number > limit)


def uncount_window(month: date, *, over: bool) -> None:
    """Take one conversation out of a month: its window turned out to begin in another."""
    gone = {"conversations": F("conversations") - 1, "updated_at": timezone.now()}
    if over:
        gone["conversations_over"] = F("conversations_over") - 1
    UsageMonth.objects.filter(month=month).update(**gone)


def _warn(row_id: UUID, number: int, limit: int, *, first: bool) -> None:
    """Note the threshold on the locked row. Who jumps over both at once (a smaller plan) hears of the higher alone."""
    full, now = number >= limit, timezone.now()
    if not full and not first:
        return
    row = UsageMonth.objects.get(pk=row_id)
    row.warned_80_at = row.warned_80_at or now
    row.warned_100_at = now if full else None
    row.save(update_fields=["warned_80_at", "warned_100_at", "updated_at"])
    percent = 100 if full else WARN_AT
    audit.record(SYSTEM, "usage_warned", row, after={"percent": percent, "used": number, "limit": limit})
    emit(UsageWarned(usage_month_id=row.pk, percent=percent))


def reserve_voice(seconds: int, *, at: datetime | None = None) -> Reservation | None:
    """Hold so many seconds of this month's voice for one note, before it is transcribed; None when they do not fit.

    What is reserved must be settled, with what was really used or with 0.
    """
    subscription = own_subscription()
    minutes = limits_under(subscription).voice_minutes
    month = month_of(at or timezone.now(), subscription)
    UsageMonth.objects.bulk_create([UsageMonth(month=month)], ignore_conflicts=True)
    row = UsageMonth.objects.filter(month=month)
    if minutes is not None:
        row = row.alias(held=F("voice_seconds") + F("voice_reserved")).filter(held__lte=minutes * 60 - seconds)
    fits = row.update(voice_reserved=F("voice_reserved") + seconds, updated_at=timezone.now())
    return Reservation(month, seconds) if fits else None


def settle_voice(reservation: Reservation, *, used: int) -> None:
    """Turn a reservation into what the note really took, in the month it was reserved in. Once per reservation."""
    UsageMonth.objects.filter(month=reservation.month, voice_reserved__gte=reservation.seconds).update(
        voice_reserved=F("voice_reserved") - reservation.seconds,
        voice_seconds=F("voice_seconds") + used,
        updated_at=timezone.now(),
    )
