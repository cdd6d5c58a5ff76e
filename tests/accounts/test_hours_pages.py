"""Hours by hand: the business's page and the panel of a shift."""

import pytest

from apps.accounts.models import Calendar, CalendarException
from tests import people

WEEK = {"do": "week", **{f"{name}-{day}": "" for day in range(7) for name in ("from", "to")}}
LUNCH = {**WEEK, "from-0": ["09:00", "14:00", ""], "to-0": ["13:00", "18:00", ""]}
EID = {"do": "add", "label": "Eid", "first": "2027-03-10", "last": "2027-03-12"}


def ours() -> Calendar:
    return Calendar.objects.get(purpose="business")


@pytest.mark.parametrize(("person", "status"), [("samia", 302), ("mona", 403), ("karim", 403), ("omar", 403)])
def test_who_may_set_the_opening_hours(client_of, person, status):
    before = ours().weekly

    answer = client_of(person).post("/settings/hours/", LUNCH)

    assert answer.status_code == status
    wanted = [{"from": "09:00", "to": "13:00"}, {"from": "14:00", "to": "18:00"}]
    assert ours().weekly == ([wanted, *([] for _day in range(6))] if status == 302 else before)


def test_times_that_overlap_are_said_and_stay_on_the_screen(client_of):
    before = ours().weekly

    answer = client_of("samia").post("/settings/hours/", {**LUNCH, "from-0": ["09:00", "12:00"], "to-0": ["13:00", ""]})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A time is written as 09:00." in page
    assert 'value="12:00"' in page
    assert ours().weekly == before


def test_holidays_come_and_go(client_of):
    client = client_of("samia")

    client.post("/settings/hours/", EID)
    client.post("/settings/hours/", {**EID, "starts": "10:00", "ends": "14:00", "yearly": "on"})

    short, closed = CalendarException.objects.order_by("closed")
    assert (short.intervals, short.yearly) == ([{"from": "10:00", "to": "14:00"}], True)
    assert (closed.closed, closed.label, closed.last.day) == (True, "Eid", 12)
    assert "Eid" in client.get("/settings/hours/").content.decode()
    client.post("/settings/hours/", {"do": "remove", "exception": str(closed.pk)})
    assert CalendarException.objects.get() == short


@pytest.mark.parametrize(
    "wrong", [{"first": ""}, {"last": "2027-03-09"}, {"starts": "10:00"}, {"starts": "x", "ends": "y"}]
)
def test_days_that_cannot_be_are_refused(client_of, wrong):
    assert client_of("samia").post("/settings/hours/", {**EID, **wrong}).status_code == 422
    assert not CalendarException.objects.exists()


@pytest.mark.parametrize(
    ("person", "seen", "set_"), [("samia", 200, 302), ("mona", 200, 403), ("karim", 200, 302), ("layla", 404, 404)]
)
def test_whose_shift_it_is(client_of, person, seen, set_):
    karim = people.employee("karim")
    before = karim.calendar.weekly
    client = client_of(person)

    assert client.get(f"/shifts/{karim.pk}/").status_code == seen
    assert client.post(f"/shifts/{karim.pk}/", LUNCH).status_code == set_
    assert (karim.calendar.fresh().weekly != before) == (set_ == 302)


def test_inside_another_page_it_is_a_panel(client_of):
    karim = people.employee("karim")
    client = client_of("karim")

    panel = client.post(f"/shifts/{karim.pk}/", LUNCH, headers={"HX-Request": "true"})

    assert panel.status_code == 200
    assert panel.content.decode().startswith('<section class="hours-panel"')
    assert "Saved." in panel.content.decode()


def test_a_holiday_of_another_calendar_cannot_be_removed(client_of):
    client_of("samia").post("/settings/hours/", EID)
    holiday, karim = CalendarException.objects.get(), people.employee("karim")

    answer = client_of("karim").post(f"/shifts/{karim.pk}/", {"do": "remove", "exception": str(holiday.pk)})

    assert answer.status_code == 404
    assert CalendarException.objects.get() == holiday
