"""Hours by hand: the business's page, and the panel of one person's shift, which other pages fetch by its address.

Times are plain fields, several of one name a day; an empty pair is no time. Works without JavaScript.
"""

from itertools import zip_longest
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts import actions
from apps.accounts.forms import HolidayForm
from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Calendar, CalendarException, Employee
from apps.accounts.opening_hours import is_open, next_opening, zone_of
from apps.core.access import NotAllowed, get_for, require

NONE = {"from": "", "to": ""}


@require_http_methods(["GET", "HEAD", "POST"])
def business_hours(request: SignedInRequest) -> HttpResponse:
    """When the business is open, and the days that differ."""
    require(request.user, "settings.view" if request.method != "POST" else "settings.edit")
    return _hours(
        request, Calendar.objects.get(purpose=Calendar.Purpose.BUSINESS), "hours/business.html", page_settings="hours"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """When one person works: `pk` is the employee's. A fragment for htmx, a page of its own else."""
    employee = get_object_or_404(Employee.objects.select_related("calendar"), pk=pk)
    calendar = get_for(request.user, "view", Calendar.objects.all(), pk=employee.calendar_id)
    template = "hours/_panel.html" if "HX-Request" in request.headers else "hours/shift.html"
    return _hours(request, calendar, template, employee=employee)


def _hours(request: SignedInRequest, calendar: Calendar, template: str, **context: Any) -> HttpResponse:
    may_edit = Calendar.objects.for_user(request.user, "edit").filter(pk=calendar.pk).exists()
    form, week, wrong = HolidayForm(), calendar.weekly, ""
    if request.method == "POST":
        if not may_edit:
            raise NotAllowed("employees.edit" if calendar.purpose == Calendar.Purpose.EMPLOYEE else "settings.edit")
        if request.POST.get("do") == "week":
            week = [_times(request, day) for day in range(7)]
            wrong = _said(lambda: actions.edit_calendar(calendar, by=request.user.actor, weekly=week))
        elif request.POST.get("do") == "remove":
            rows = CalendarException.objects.filter(calendar=calendar)
            actions.remove_exception(_row(request, rows), by=request.user.actor)
        else:
            form = HolidayForm(request.POST)
            _add(request, calendar, form)
        if not wrong and not form.errors:
            messages.success(request, _("Saved."))
            if "HX-Request" not in request.headers:
                return redirect(request.path)
            calendar, form = calendar.fresh(), HolidayForm()
            week = calendar.weekly
    zone, now = zone_of(calendar), timezone.now()
    context |= {
        "calendar": calendar, "days": [(WEEKDAYS[day], day, [*times, NONE]) for day, times in enumerate(week)],
        "exceptions": calendar.exceptions.all(), "form": form, "wrong": wrong, "may_edit": may_edit, "zone": zone.key,
        "open_now": is_open(calendar, now), "opens": next_opening(calendar, now), "here": request.path,
    }  # fmt: skip
    is_page = "HX-Request" not in request.headers
    return render(request, template, context, status=422 if is_page and (wrong or form.errors) else 200)


def _times(request: SignedInRequest, day: int) -> list[dict[str, str]]:
    """The pairs typed for a day; a half-filled one is kept, so that it is refused and not lost."""
    pairs = zip_longest(request.POST.getlist(f"from-{day}"), request.POST.getlist(f"to-{day}"), fillvalue="")
    return [{"from": start, "to": end} for start, end in pairs if start or end]


def _row(request: SignedInRequest, rows: Any) -> CalendarException:
    try:
        found: CalendarException = get_object_or_404(rows, pk=UUID(request.POST.get("exception", "")))
    except ValueError:
        raise Http404 from None
    return found


def _add(request: SignedInRequest, calendar: Calendar, form: HolidayForm) -> None:
    if not form.is_valid():
        return
    facts = dict(form.cleaned_data)
    start, end = facts.pop("starts"), facts.pop("ends")
    times = [{"from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}] if start and end else []
    facts |= {"last": facts["last"] or facts["first"], "closed": not times, "intervals": times}
    try:
        actions.add_exception(calendar, by=request.user.actor, **facts)
    except ValidationError as error:
        form.add_error("last" if "last" in error.message_dict else None, forms.ValidationError(error.messages))


def _said(act: Any) -> str:
    try:
        act()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
