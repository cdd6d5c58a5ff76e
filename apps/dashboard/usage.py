"""What a business uses of its plan: counted in every app that has something to count, shown by page and API alike."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Employee, Invitation
from apps.billing.actions.clock import PATIENCE
from apps.billing.models import Subscription, UsageMonth
from apps.billing.queries import limits_under, month_of, own_subscription
from apps.bookings.queries import active_count
from apps.core.api import GuardedViewSet, Strict
from apps.gateways.models import Inbox
from apps.tenants.hosts import Site
from apps.tenants.postgres.context import current_schema

AMBER, RED = 80, 100  # percent
NOTICE = "plan-notice"  # what every page's frame says of the plan, remembered for FRESH
REACHED = "limits-reached"
FRESH = 30  # seconds
NEAR = timedelta(days=3)  # before the end of a trial it is spoken of


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of one limit is used. `limit` None is unlimited."""

    key: str
    used: int
    limit: int | None

    @property
    def percent(self) -> int:
        """Of the limit, whole, at most 100; 0 where there is no limit."""
        if self.limit is None:
            return 0
        return min(self.used * 100 // self.limit, 100) if self.limit else 100 if self.used else 0

    @property
    def level(self) -> str:
        """`amber` from 80 percent, `red` from 100; a plan without any of it is neither."""
        if not self.limit:
            return "red" if self.limit is not None and self.used else ""
        whole = self.used * 100
        return "red" if whole >= self.limit * RED else "amber" if whole >= self.limit * AMBER else ""


@dataclass(frozen=True, slots=True)
class Usage:
    """One month, and how much of each limit is used in it; what has no month is as of now."""

    month: date
    conversations_over: int
    figures: tuple[Figure, ...]


def usage_of(subscription: Subscription | None, month: date | None = None) -> Usage:
    """The current business's use of its plan."""
    month = month or month_of(timezone.now(), subscription)
    row = UsageMonth.objects.filter(month=month).first() or UsageMonth(month=month)
    limits = limits_under(subscription)
    people = Employee.objects.filter(deactivated_at=None).count()
    asked = Invitation.objects.filter(state=Invitation.State.PENDING).count()
    numbers = Inbox.objects.filter(archived_at=None).exclude(gateway="simulator").count()
    used = {
        "conversations": row.conversations,
        "voice_minutes": -(-row.voice_seconds // 60),
        "employees": people + asked,
        "services": active_count(),
        "inboxes": numbers,
        "storage_bytes": _stored(current_schema()),
    }
    return Usage(
        month, row.conversations_over, tuple(Figure(key, used[key], getattr(limits, key)) for key in used)
    )  # fmt: skip


def limits_reached() -> list[str]:
    """The limits of the plan that leave no room now, by name; remembered for a few seconds."""
    memory = caches["default"]
    known: list[str] | None = memory.get(REACHED)
    if known is None:
        known = [each.key for each in usage_of(own_subscription()).figures if each.level == "red"]
        memory.set(REACHED, known, FRESH)
    return known


@dataclass(frozen=True, slots=True)
class Notice:
    """What the frame says of the plan to everybody: `what` it is about, how grave, and the day it speaks of."""

    what: str
    kind: str
    day: datetime | None = None


def plan_notice(business: Site) -> Notice | None:
    """The gravest thing there is to say of plan and usage now; remembered for a few seconds (BIL-05, BIL-10)."""
    memory = caches["default"]
    known = memory.get(NOTICE)
    if known is None:
        found = _notice(own_subscription(), timezone.now())
        known = [found.what, found.kind, found.day] if found else []
        memory.set(NOTICE, known, FRESH)
    return Notice(*known) if known else None


def _notice(row: Subscription | None, now: datetime) -> Notice | None:
    if row and row.status == Subscription.Status.PAST_DUE:
        return Notice("past_due", "danger", row.past_due_since and row.past_due_since + PATIENCE)
    month = UsageMonth.objects.filter(month=month_of(now, row)).first()
    level = Figure("conversations", month.conversations if month else 0, limits_under(row).conversations).level
    if level == "red":
        return Notice("used_100", "danger")
    if row and row.grace_until and row.grace_until > now:
        return Notice("grace", "warning", row.grace_until)
    if level == "amber":
        return Notice("used_80", "warning")
    if row and row.trial_end and now < row.trial_end <= now + NEAR:
        return Notice("trial", "info", row.trial_end)
    return None


def _stored(prefix: str) -> int:
    """Bytes of all files under a business's prefix of the store."""
    try:
        folders, files = default_storage.listdir(prefix)
    except FileNotFoundError:
        return 0
    here = sum(default_storage.size(f"{prefix}/{name}") for name in files)
    return here + sum(_stored(f"{prefix}/{name}") for name in folders)


class FigureSerializer(Strict):
    """How much of one limit is used. A limit of null is unlimited."""

    key = serializers.CharField()
    used = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True)


@extend_schema_serializer(many=False)
class UsageSerializer(Strict):
    """A month's use. `conversations_over` are those beyond the limit, in which the assistant kept out."""

    month = serializers.DateField()
    conversations_over = serializers.IntegerField()
    figures = FigureSerializer(many=True)


class MonthFilter(filters.FilterSet):
    """`?month=2026-11-01`: any day of the month that is meant."""

    month = filters.DateFilter()


class UsageViewSet(GuardedViewSet):
    """What this business uses of its plan."""

    serializer_class = UsageSerializer
    filterset_class = MonthFilter
    guards: ClassVar[dict[str, str]] = {"list": "settings.view"}

    def get_queryset(self) -> QuerySet[UsageMonth]:
        """The months there are; row-level security leaves those of this business."""
        return UsageMonth.objects.all()

    def list(self, request: Request) -> Response:
        """This month's figures, or those of `?month=`."""
        asked = MonthFilter(request.query_params, queryset=self.get_queryset())
        if not asked.is_valid():
            raise serializers.ValidationError(asked.errors)
        month = asked.form.cleaned_data.get("month")
        found = usage_of(own_subscription(), month.replace(day=1) if month else None)
        return Response(UsageSerializer(found).data)


api_urls = [path("usage/", UsageViewSet.as_view({"get": "list"}), name="api-usage")]
