"""The one place that knows when somebody is there: open at t, next opening, open minutes between a and b (ACC-19).

Hours are read off the wall clock of the calendar's zone. On the night the clock is put back, what opens at a time shown
twice opens the first time, and what closes then closes the last; a time that the clock skips is the moment it jumps.
Hours belong to the day they begin on: the small hours after a night stay open even if the next day is a holiday.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.accounts.models import Calendar, CalendarException
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

Span = tuple[datetime, datetime]
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
HORIZON = 400  # days: whoever is not there within that is not coming back
AT_MOST = 6  # intervals a day


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether these hours are on at this moment."""
    return any(start <= at < end for start, end in _spans(calendar, at, at))


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """The first moment from `at` on at which it is open, `at` itself included; None when that is not in sight."""
    for start, end in _spans(calendar, at, at + HORIZON * DAY):
        if end > at:
            return max(start, at)
    return None


def open_minutes(calendar: Calendar, since: datetime, until: datetime) -> int:
    """How many whole minutes it is open between two moments; 0 when the second is not after the first."""
    spans = _joined(_spans(calendar, since, until))
    total = sum((max(timedelta(), min(end, until) - max(start, since)) for start, end in spans), timedelta())
    return int(total // timedelta(minutes=1))


def hours_on(calendar: Calendar, at: datetime) -> list[dict[str, str]]:
    """The times of the calendar's own day at this moment, exceptions counted; empty when it is closed."""
    exceptions = sorted(calendar.exceptions.all(), key=lambda each: (each.yearly, -each.created_at.timestamp()))
    return _intervals(calendar, exceptions, at.astimezone(zone_of(calendar)).date())


def zone_of(calendar: Calendar) -> ZoneInfo:
    """The calendar's own time zone, else the business's."""
    if not calendar.timezone:
        return ZoneInfo(Business.objects.values_list("timezone", flat=True).get(schema_name=current_schema()))
    return ZoneInfo(calendar.timezone)


def checked_day(intervals: Any) -> list[dict[str, str]]:
    """The intervals of a day in their order. Raises ValidationError: no times, too many, or two at once."""
    if not isinstance(intervals, list) or len(intervals) > AT_MOST:
        raise ValidationError(_("A day has at most %(n)d times.") % {"n": AT_MOST})
    read = sorted((_minutes(each) for each in intervals), key=lambda pair: pair[0])
    for (_start, end), (following, _end) in pairwise(read):
        if following < end:
            raise ValidationError(_("Two times of one day overlap."))
    return [{"from": _clock(start), "to": _clock(end)} for start, end in read]


def checked_week(weekly: Any) -> list[list[dict[str, str]]]:
    """Seven days, Monday first, each checked. Raises ValidationError."""
    if not isinstance(weekly, list) or len(weekly) != 7:
        raise ValidationError(_("A week has seven days, Monday first."))
    return [checked_day(day) for day in weekly]


def _minutes(interval: Any) -> tuple[int, int]:
    try:
        start, end = (time.fromisoformat(interval[name]) for name in ("from", "to"))
    except (TypeError, KeyError, ValueError):
        raise ValidationError(_("A time is written as 09:00.")) from None
    begins, ends = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return begins, ends if ends > begins else ends + 24 * 60


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _spans(calendar: Calendar, since: datetime, until: datetime) -> Iterator[Span]:
    """The open spans that may touch a stretch of time, by their beginning; of the day before, too, for its night."""
    zone = zone_of(calendar)
    exceptions = sorted(calendar.exceptions.all(), key=lambda each: (each.yearly, -each.created_at.timestamp()))
    day, last = since.astimezone(zone).date() - DAY, until.astimezone(zone).date()
    while day <= last:
        for interval in _intervals(calendar, exceptions, day):
            start, end = time.fromisoformat(interval["from"]), time.fromisoformat(interval["to"])
            opens = _moment(day, start, zone, late=False)
            closes = _moment(day if end > start else day + DAY, end, zone, late=True)
            if opens < closes:
                yield opens, closes
        day += DAY


def _intervals(calendar: Calendar, exceptions: Iterable[CalendarException], day: date) -> list[dict[str, str]]:
    """What holds on a day: an exception for these dates, else a yearly one (the newest first), else the week."""
    for exception in exceptions:
        if _covers(exception, day):
            return [] if exception.closed else list(exception.intervals)
    return list(calendar.weekly[day.weekday()])


def _covers(exception: CalendarException, day: date) -> bool:
    if not exception.yearly:
        return exception.first <= day <= exception.last
    length = exception.last - exception.first
    return any(
        _in_year(exception.first, year) <= day <= _in_year(exception.first, year) + length
        for year in (day.year, day.year - 1) if year >= exception.first.year
    )  # fmt: skip


def _in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February is the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _moment(day: date, clock: time, zone: ZoneInfo, *, late: bool) -> datetime:
    """When the wall shows this time: the last time if `late`, else the first; the jump itself where it is skipped."""
    wall = datetime.combine(day, clock)
    early, later = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= later:
        return later if late else early
    low, high = later, early  # in a gap the two are the other way round, and the jump lies between them
    before = low.astimezone(zone).utcoffset()
    while high - low > SECOND:
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans without overlaps: what two of them share counts once."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
