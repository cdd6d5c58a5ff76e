"""When a business, or a person of it, is there."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


def opening_week() -> list[list[dict[str, str]]]:
    """What a business is given first: Monday to Friday, 09:00 to 20:00."""
    return [*([{"from": "09:00", "to": "20:00"}] for _day in range(5)), [], []]


def office_week() -> list[list[dict[str, str]]]:
    """What a person is given first: Monday to Friday, 09:00 to 17:00."""
    return [*([{"from": "09:00", "to": "17:00"}] for _day in range(5)), [], []]


class CalendarQuerySet(GuardedQuerySet):
    """The business's hours for everybody; a person's own for that person and for whoever looks after the team."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        if getattr(user, "employee", None) is None:
            return self.none()
        allowed = Q(employee__user=user)
        if word == "view" or user.may("settings.edit"):
            allowed |= Q(purpose=Calendar.Purpose.BUSINESS)
        if user.may("employees.view" if word == "view" else "employees.edit"):
            allowed |= Q(purpose=Calendar.Purpose.EMPLOYEE)
        return self.filter(allowed)


class Calendar(Timestamped):
    """A week of hours, Monday first: for each day a list of {"from": "09:00", "to": "17:00"}. Where `to` is not after
    `from` it is the next day's. Without a time zone of its own it keeps the business's."""

    class Purpose(models.TextChoices):
        BUSINESS = "business"
        EMPLOYEE = "employee"
        RESOURCE = "resource"

    guard: ClassVar[dict[str, str]] = {"edit": "settings.edit"}  # the business's; of a person's, `for_user` knows more

    purpose = models.CharField(max_length=8, choices=Purpose)
    timezone = models.CharField(max_length=64, blank=True)
    weekly = models.JSONField(default=office_week)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(purpose="business"), name="there_is_one_business_calendar"
            ),
        ]

    def __str__(self) -> str:
        return self.purpose

    @property
    def audit_label(self) -> str:
        return self.purpose


class CalendarException(Timestamped):
    """Days on which other hours hold, or none: from `first` to `last`, once or every year."""

    guarded_by = "calendar"

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="exceptions")
    first = models.DateField()
    last = models.DateField()
    yearly = models.BooleanField(default=False)
    label = models.CharField(max_length=80, blank=True)
    closed = models.BooleanField(default=True)
    intervals = models.JSONField(default=list, blank=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["first", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["calendar", "first", "last"], name="exception_by_days"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="a_range_does_not_end_before_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"
