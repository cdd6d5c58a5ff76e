"""The team: who is here, changing what they may do, letting them go and taking them back."""

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import actions, queries
from apps.accounts.models import Employee, Role
from apps.accounts.roles import PERMISSIONS
from apps.core.api import GuardedViewSet, Instant, Strict, StrictModel, look, verb


class EmployeeSerializer(StrictModel):
    """A person of the team. No password, no second factor, no sign-in state."""

    email = serializers.EmailField(source="user.email", read_only=True)
    language = serializers.CharField(source="user.language", read_only=True)

    class Meta:
        model = Employee
        fields = (
            "id", "email", "full_name", "role", "grants", "denials", "language", "theme", "availability",
            "last_seen_at", "invited_by", "deactivated_at", "erased_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class Words(serializers.ListField):
    """Permission words of the vocabulary."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.ChoiceField(PERMISSIONS), max_length=len(PERMISSIONS), **options)


class EditEmployeeSerializer(Strict):
    """What may be changed of a colleague."""

    full_name = serializers.CharField(max_length=100, required=False)
    role = serializers.PrimaryKeyRelatedField(queryset=Role.objects.all(), required=False)
    grants = Words(required=False)
    denials = Words(required=False)


class ActivityLineSerializer(Strict):
    """One line of the record: what somebody did, to what, when."""

    id = serializers.UUIDField()
    at = Instant()
    verb = serializers.CharField()
    object_kind = serializers.CharField()
    object_id = serializers.UUIDField(allow_null=True)
    object_label = serializers.CharField()


class ActivitySerializer(Strict):
    """The newest deeds of one person, in the shape of every other list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ActivityLineSerializer(many=True)


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
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view", "partial_update": "employees.edit"}
    takes: ClassVar[dict[str, Any]] = {"partial_update": EditEmployeeSerializer}

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change name, role, grants, denials. Nobody gives what they lack, nor changes their own rights."""
        employee = self.get_object()
        changes = self.checked().validated_data
        return self.write(
            lambda: actions.edit_employee(employee, by=self.actor, giver=request.user, **changes)  # type: ignore[arg-type]
        )

    @verb("employees.delete")
    def deactivate(self, employee: Employee) -> Employee:
        """Let somebody go: sessions, tokens and sockets end, conversations become unassigned."""
        return actions.deactivate_employee(employee, by=self.actor)

    @verb("employees.delete")
    def reactivate(self, employee: Employee) -> Employee:
        """Take somebody back, if the plan has room."""
        return actions.reactivate_employee(employee, by=self.actor)

    @verb("employees.delete")
    def erase(self, employee: Employee) -> Employee:
        """Forget who this was. What they did stays. Cannot be undone."""
        return actions.erase_employee(employee, by=self.actor)

    @look("view", gives=ActivitySerializer)
    def activity(self, employee: Employee) -> dict[str, Any]:
        """What this person did, newest first: the last fifty deeds."""
        return {"next": None, "previous": None, "results": queries.activity_of(employee)[: queries.RECENT]}
