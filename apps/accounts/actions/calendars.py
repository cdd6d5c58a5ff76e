"""Verbs on hours: the business's, and a person's own."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Calendar, CalendarException
from apps.accounts.opening_hours import checked_day, checked_week
from apps.audit import actions as audit
from apps.core.actors import Actor

LONGEST = 366  # days an exception lasts


@transaction.atomic
def edit_calendar(calendar: Calendar, *, by: Actor, weekly: Any = None, timezone: str | None = None) -> Calendar:
    """Set the week, or the zone it is read in ("" is the business's). None leaves it. Raises ValidationError."""
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    before = {"weekly": calendar.weekly, "timezone": calendar.timezone}
    if weekly is not None:
        calendar.weekly = _of_field("weekly", checked_week, weekly)
    if timezone is not None:
        if timezone and timezone not in available_timezones():
            raise ValidationError({"timezone": _("There is no such time zone.")})
        calendar.timezone = timezone
    after = {"weekly": calendar.weekly, "timezone": calendar.timezone}
    if changed := [name for name in after if after[name] != before[name]]:
        calendar.save(update_fields=[*changed, "updated_at"])
        audit.record(
            by, "edited", calendar, before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )  # fmt: skip
    return calendar


@transaction.atomic
def add_exception(
    calendar: Calendar, *, by: Actor, first: date, last: date | None = None, label: str = "", closed: bool = True,
    intervals: Any = (), yearly: bool = False,
) -> CalendarException:  # fmt: skip
    """Close on some days, or keep other hours on them. Raises ValidationError by field."""
    exception = CalendarException(
        calendar=calendar, first=first, last=last or first, label=label, closed=closed, intervals=list(intervals),
        yearly=yearly,
    )  # fmt: skip
    _check(exception)
    exception.save(force_insert=True)
    audit.record(by, "added", exception, after=_facts(exception))
    return exception


@transaction.atomic
def edit_exception(exception: CalendarException, *, by: Actor, **facts: Any) -> CalendarException:
    """Change the days or hours of an exception. Raises ValidationError by field."""
    exception = CalendarException.objects.select_for_update().get(pk=exception.pk)
    before = _facts(exception)
    for name, value in facts.items():
        setattr(exception, name, value)
    _check(exception)
    exception.save(update_fields=[*facts, "intervals", "updated_at"])
    audit.record(by, "edited", exception, before=before, after=_facts(exception))
    return exception


@transaction.atomic
def remove_exception(exception: CalendarException, *, by: Actor) -> None:
    """Have the week's hours again on those days."""
    audit.record(by, "removed", exception, before=_facts(exception))
    exception.delete()


def _check(exception: CalendarException) -> None:
    if exception.last < exception.first:
        raise ValidationError({"last": _("The last day is not before the first.")})
    if (exception.last - exception.first).days >= LONGEST:
        raise ValidationError({"last": _("An exception lasts a year at most.")})
    exception.intervals = [] if exception.closed else _of_field("intervals", checked_day, exception.intervals)
    if not exception.closed and not exception.intervals:
        raise ValidationError({"intervals": _("Say from when to when, or close these days.")})


def _of_field(name: str, check: Any, value: Any) -> Any:
    try:
        return check(value)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from error


def _facts(exception: CalendarException) -> dict[str, Any]:
    return {
        "first": exception.first.isoformat(), "last": exception.last.isoformat(), "yearly": exception.yearly,
        "closed": exception.closed, "intervals": exception.intervals,
    }  # fmt: skip
