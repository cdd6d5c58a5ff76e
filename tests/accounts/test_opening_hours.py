"""When somebody is there. Beirut puts the clock on at midnight, Berlin at two: nights are tried in both (ACC-19)."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from apps.accounts import actions
from apps.accounts.models import Calendar
from apps.accounts.opening_hours import checked_day, is_open, next_opening, open_minutes
from apps.audit.models import AuditEvent
from apps.core.actors import SYSTEM
from tests import people

pytestmark = pytest.mark.usefixtures("acme")
BERLIN = ZoneInfo("Europe/Berlin")
LUNCH = "09:00-13:00 14:00-18:00"
# 2026: 2 March is a Monday; 29 March and 25 October are the nights of the clock in Berlin.


def day(text: str) -> list[dict[str, str]]:
    return [dict(zip(("from", "to"), each.split("-"), strict=True)) for each in text.split()]


def a_calendar(*week: str, zone: str = "Europe/Berlin") -> Calendar:
    """Hours of days from Monday on, the rest closed."""
    weekly = [day(each) for each in week] + [[] for _day in range(7 - len(week))]
    return Calendar.objects.create(purpose="employee", timezone=zone, weekly=weekly)


def at(text: str, fold: int = 0) -> datetime:
    """A moment by Berlin's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("week", "moment", "open_then"),
    [
        ([LUNCH], "2026-03-02T08:59:59", False),
        ([LUNCH], "2026-03-02T09:00", True),
        ([LUNCH], "2026-03-02T12:59:59", True),
        ([LUNCH], "2026-03-02T13:00", False),
        ([LUNCH], "2026-03-02T13:30", False),
        ([LUNCH], "2026-03-02T14:00", True),
        ([LUNCH], "2026-03-02T18:00", False),
        ([LUNCH], "2026-03-03T10:00", False),
        (["22:00-02:00"], "2026-03-02T23:59", True),
        (["22:00-02:00"], "2026-03-03T01:59", True),
        (["22:00-02:00"], "2026-03-03T02:00", False),
        (["22:00-02:00"], "2026-03-02T01:00", False),
        (["", "", "", "", "", "", "22:00-02:00"], "2026-03-02T01:00", True),
        (["00:00-00:00"], "2026-03-02T00:00", True),
        (["00:00-00:00"], "2026-03-02T23:59", True),
        (["00:00-00:00"], "2026-03-03T00:00", False),
        (["20:00-00:00", "00:00-04:00"], "2026-03-03T00:00", True),
    ],
)
def test_open_at(week, moment, open_then):
    assert is_open(a_calendar(*week), at(moment)) is open_then


SUNDAY = ["", "", "", "", "", "22:00-02:30", "02:15-06:00"]


@pytest.mark.parametrize(
    ("moment", "fold", "open_then"),
    [
        ("2026-03-29T01:59", 0, True),  # at two it is three
        ("2026-03-29T03:00", 0, True),  # Saturday's night has ended, Sunday's morning began with the jump
        ("2026-10-25T02:20", 0, True),
        ("2026-10-25T02:20", 1, True),
        ("2026-10-25T02:29", 1, True),
        ("2026-10-25T06:00", 0, False),
    ],
)
def test_open_on_the_nights_of_the_clock(moment, fold, open_then):
    assert is_open(a_calendar(*SUNDAY), at(moment, fold)) is open_then


@pytest.mark.parametrize(
    ("week", "since", "until", "minutes"),
    [
        ([LUNCH], "2026-03-02T00:00", "2026-03-03T00:00", 480),
        ([LUNCH], "2026-03-02T12:30", "2026-03-02T14:15", 45),
        ([LUNCH], "2026-03-02T13:00", "2026-03-02T14:00", 0),
        ([LUNCH], "2026-03-02T15:00", "2026-03-02T10:00", 0),
        ([LUNCH] * 5, "2026-03-02T00:00", "2026-03-16T00:00", 4800),
        (["22:00-02:00"], "2026-03-02T00:00", "2026-03-03T01:00", 180),
        (["20:00-02:00", "01:00-04:00"], "2026-03-02T00:00", "2026-03-04T00:00", 480),  # an hour counted once
        (["", "", "", "", "", "22:00-04:00"], "2026-03-28T12:00", "2026-03-29T12:00", 300),  # the clock put on
        (["", "", "", "", "", "22:00-04:00"], "2026-10-24T12:00", "2026-10-25T12:00", 420),  # and back
        (["", "", "", "", "", "22:00-02:30"], "2026-03-28T12:00", "2026-03-29T12:00", 240),  # until the jump
        (["", "", "", "", "", "22:00-02:30"], "2026-10-24T12:00", "2026-10-25T12:00", 330),  # until the second 02:30
        (["", "", "", "", "", "", "02:10-02:50"], "2026-03-29T00:00", "2026-03-30T00:00", 0),  # never shown that night
    ],
)
def test_open_minutes(week, since, until, minutes):
    assert open_minutes(a_calendar(*week), at(since), at(until)) == minutes


@pytest.mark.parametrize(
    ("week", "since", "opens"),
    [
        ([LUNCH], "2026-03-02T08:00", "2026-03-02T09:00"),
        ([LUNCH], "2026-03-02T10:00", "2026-03-02T10:00"),
        ([LUNCH], "2026-03-02T13:00", "2026-03-02T14:00"),
        ([LUNCH], "2026-03-02T18:00", "2026-03-09T09:00"),
        (["22:00-02:00"], "2026-03-03T01:00", "2026-03-03T01:00"),
        (["", "", "", "", "", "", "02:30-06:00"], "2026-03-28T12:00", "2026-03-29T03:00"),
        ([], "2026-03-02T10:00", None),
    ],
)
def test_next_opening(week, since, opens):
    assert next_opening(a_calendar(*week), at(since)) == (opens and at(opens))


def with_exception(week: list[str], **facts: Any) -> Calendar:
    calendar = a_calendar(*week)
    actions.add_exception(calendar, by=SYSTEM, **facts)
    return calendar


@pytest.mark.parametrize(
    ("facts", "moment", "open_then"),
    [
        ({"first": date(2026, 3, 4)}, "2026-03-04T10:00", False),
        ({"first": date(2026, 3, 4)}, "2026-03-05T10:00", True),
        ({"first": date(2026, 3, 2), "last": date(2026, 3, 5)}, "2026-03-05T10:00", False),
        ({"first": date(2026, 3, 7), "closed": False, "intervals": day("10:00-12:00")}, "2026-03-07T11:00", True),
        ({"first": date(2026, 3, 4), "closed": False, "intervals": day("10:00-12:00")}, "2026-03-04T14:30", False),
        ({"first": date(2025, 12, 25), "yearly": True}, "2026-12-25T10:00", False),
        ({"first": date(2025, 12, 25)}, "2026-12-25T10:00", True),
        ({"first": date(2027, 12, 25), "yearly": True}, "2026-12-25T10:00", True),  # begins then
        ({"first": date(2025, 12, 24), "last": date(2026, 1, 2), "yearly": True}, "2027-01-01T10:00", False),
        ({"first": date(2024, 2, 29), "yearly": True}, "2025-02-28T10:00", False),
    ],
)
def test_exceptions_and_holidays(facts, moment, open_then):
    assert is_open(with_exception([LUNCH] * 5, **facts), at(moment)) is open_then


def test_a_date_goes_before_a_yearly_holiday_and_the_newer_before_the_older():
    calendar = with_exception([LUNCH] * 5, first=date(2026, 3, 4), yearly=True)
    actions.add_exception(calendar, by=SYSTEM, first=date(2026, 3, 4), closed=False, intervals=day("20:00-21:00"))
    assert is_open(calendar, at("2026-03-04T20:30"))

    actions.add_exception(calendar, by=SYSTEM, first=date(2026, 3, 4))
    assert not is_open(calendar, at("2026-03-04T20:30"))


def test_the_night_before_a_holiday_ends_as_it_was_meant_to():
    calendar = with_exception(["22:00-02:00"] * 7, first=date(2026, 3, 4))

    assert is_open(calendar, at("2026-03-04T01:00"))
    assert not is_open(calendar, at("2026-03-04T23:00"))
    assert next_opening(calendar, at("2026-03-04T02:00")) == at("2026-03-05T22:00")


def test_a_new_business_and_its_people_have_hours_in_the_businesss_zone(acme):
    ours, karims = Calendar.objects.get(purpose="business"), people.employee("karim").calendar
    monday = datetime(2026, 3, 2, 19, 30, tzinfo=ZoneInfo(acme.timezone))

    assert (is_open(ours, monday), is_open(karims, monday)) == (True, False)
    assert next_opening(karims, monday) == datetime(2026, 3, 3, 9, tzinfo=ZoneInfo(acme.timezone))
    assert not is_open(ours, monday.replace(day=7))


@pytest.mark.parametrize(
    "wrong",
    [day("09:00-12:00 11:00-13:00"), day("22:00-02:00 23:00-23:30"), [{"from": "9"}], day("09:00-25:00"), "x", ["x"],
     [{"from": "08:00", "to": "09:00"}] * 7],
)  # fmt: skip
def test_a_day_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        checked_day(wrong)


def test_a_week_is_put_in_order_and_recorded():
    calendar = a_calendar(LUNCH)

    actions.edit_calendar(calendar, by=SYSTEM, weekly=[day("14:00-18:00 09:00-13:00"), *([] for _ in range(6))])
    assert not AuditEvent.objects.filter(object_id=calendar.pk).exists()  # the same hours in another order

    actions.edit_calendar(calendar, by=SYSTEM, weekly=[day("10:00-16:00"), *([] for _ in range(6))])
    assert calendar.fresh().weekly[0] == day("10:00-16:00")
    assert AuditEvent.objects.get(object_id=calendar.pk).before["weekly"][0] == day(LUNCH)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"first": date(2026, 3, 4), "last": date(2026, 3, 3)}, "last"),
        ({"first": date(2026, 3, 4), "last": date(2028, 3, 3)}, "last"),
        ({"first": date(2026, 3, 4), "closed": False}, "intervals"),
        ({"first": date(2026, 3, 4), "closed": False, "intervals": day("09:00-12:00 10:00-11:00")}, "intervals"),
    ],
)
def test_an_exception_that_cannot_be_is_refused(facts, field):
    calendar = a_calendar(LUNCH)

    with pytest.raises(ValidationError) as refused:
        actions.add_exception(calendar, by=SYSTEM, **facts)

    assert set(refused.value.message_dict) == {field}
    assert not calendar.exceptions.exists()
