"""The team, to read."""

from typing import ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from apps.accounts.models import Employee
from apps.core.api import GuardedViewSet, StrictModel


class EmployeeSerializer(StrictModel):
    """A person of the team. No password, no second factor, no sign-in state."""

    email = serializers.EmailField(source="user.email", read_only=True)
    language = serializers.CharField(source="user.language", read_only=True)

    class Meta:
        model = Employee
        fields = (
            "id", "email", "full_name", "role", "grants", "denials", "language", "theme", "last_seen_at",
            "deactivated_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class EmployeeFilter(filters.FilterSet):
    """By role."""

    class Meta:
        model = Employee
        fields = ("role",)


class EmployeeViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """The people of this business."""

    queryset = Employee.objects.select_related("user")
    serializer_class = EmployeeSerializer
    filterset_class = EmployeeFilter
    ordering = ("full_name", "id")
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}
