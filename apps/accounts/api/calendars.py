"""Hours: the business's, one's own, and for whoever looks after the team everybody's; and the days that differ."""

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import actions
from apps.accounts.models import Calendar, CalendarException
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb


class IntervalSerializer(Strict):
    """From when to when, as `09:00`; where `to` is not after `from` it is the next day's."""

    def get_fields(self) -> dict[str, Any]:
        clock = r"^([01]\d|2[0-3]):[0-5]\d$"
        return {"from": serializers.RegexField(clock), "to": serializers.RegexField(clock)}


class DaySerializer(serializers.ListSerializer):
    """The intervals of a day."""

    child = IntervalSerializer()


class CalendarSerializer(StrictModel):
    """A week of hours, Monday first. An empty time zone is the business's."""

    employee = serializers.UUIDField(source="employee.pk", read_only=True, default=None, allow_null=True)
    weekly = serializers.ListField(child=DaySerializer(), read_only=True)

    class Meta:
        model = Calendar
        fields = ("id", "purpose", "employee", "timezone", "weekly", "created_at", "updated_at")
        read_only_fields = fields


class EditCalendarSerializer(Strict):
    """Another week, or another zone to read it in."""

    weekly = serializers.ListField(child=DaySerializer(), min_length=7, max_length=7, required=False)
    timezone = serializers.CharField(max_length=64, allow_blank=True, required=False)


class CalendarExceptionSerializer(StrictModel):
    """Days on which other hours hold, or none."""

    intervals = DaySerializer(read_only=True)

    class Meta:
        model = CalendarException
        fields = (
            "id", "calendar", "first", "last", "yearly", "label", "closed", "intervals", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class NewCalendarExceptionSerializer(Strict):
    """From which day to which, and the hours that hold instead of none."""

    first = serializers.DateField()
    last = serializers.DateField(required=False)
    yearly = serializers.BooleanField(required=False)
    label = serializers.CharField(max_length=80, allow_blank=True, required=False)  # type: ignore[assignment]
    closed = serializers.BooleanField(required=False)
    intervals = DaySerializer(required=False)


class CalendarFilter(filters.FilterSet):
    """By what they are for."""

    class Meta:
        model = Calendar
        fields = ("purpose",)


class CalendarViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """The hours of the business and of its people."""

    queryset = Calendar.objects.select_related("employee")
    serializer_class = CalendarSerializer
    filterset_class = CalendarFilter
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view", "partial_update": "edit"}
    takes: ClassVar[dict[str, Any]] = {"partial_update": EditCalendarSerializer}

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Set the week or its zone."""
        calendar = self.get_object()
        facts = self.checked(partial=True).validated_data
        return self.write(lambda: actions.edit_calendar(calendar, by=self.actor, **facts))

    @verb("edit", takes=NewCalendarExceptionSerializer, gives=CalendarExceptionSerializer, status=201)
    def exceptions(self, calendar: Calendar, **facts: Any) -> CalendarException:
        """Close on some days, or keep other hours on them."""
        return actions.add_exception(calendar, by=self.actor, **facts)


class CalendarExceptionFilter(filters.FilterSet):
    """Of one calendar."""

    class Meta:
        model = CalendarException
        fields = ("calendar",)


class CalendarExceptionViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """The days that differ, of every calendar one sees."""

    queryset = CalendarException.objects.all()
    serializer_class = CalendarExceptionSerializer
    filterset_class = CalendarExceptionFilter
    ordering = ("first", "id")
    guards: ClassVar[dict[str, str]] = {
        "list": "view", "retrieve": "view", "partial_update": "edit", "destroy": "edit",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {"partial_update": NewCalendarExceptionSerializer}

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change the days or their hours."""
        exception = self.get_object()
        facts = self.checked(partial=True).validated_data
        return self.write(lambda: actions.edit_exception(exception, by=self.actor, **facts))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Have the week's hours again on those days."""
        exception = self.get_object()
        return self.write(lambda: actions.remove_exception(exception, by=self.actor), 204)
