"""Reads of the team: who is here, who is asked, who has a role, what somebody did."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import Employee, Invitation, Role
from apps.accounts.roles import ADMIN_WORDS
from apps.audit.models import AuditEvent

ONLINE = timedelta(minutes=6)  # since the last request; that is written down every five (sessions.NOTED_EVERY)
RECENT = 50  # deeds shown of one person


def team() -> QuerySet[Employee]:
    """Everybody, those who work here first, by name. Who was erased is left out."""
    rows = Employee.objects.filter(erased_at=None).select_related("user", "role")
    return rows.order_by("deactivated_at", "full_name", "pk")


def figures(people: list[Employee]) -> dict[str, int]:
    """The cards above the team: total, active, online, admins (by what they may do, whatever their role is called)."""
    active = [person for person in people if person.deactivated_at is None]
    return {
        "total": len(people),
        "active": len(active),
        "online": sum(is_online(person) for person in active),
        "admins": sum(person.permissions >= ADMIN_WORDS for person in active),
    }


def is_online(person: Employee) -> bool:
    """Whether somebody has been here within ONLINE."""
    seen = person.last_seen_at
    return person.deactivated_at is None and seen is not None and seen > timezone.now() - ONLINE


def pending_invitations() -> QuerySet[Invitation]:
    """Those whose answer is awaited, and those that nobody answered in time; newest first."""
    waiting = [Invitation.State.PENDING, Invitation.State.EXPIRED]
    return Invitation.objects.filter(state__in=waiting).select_related("role", "invited_by")


def roles_with_counts() -> QuerySet[Role]:
    """All roles in their order, each with `people`: how many active employees have it."""
    active = Q(employees__deactivated_at=None, employees__erased_at=None)
    return Role.objects.annotate(people=Count("employees", filter=active)).order_by(
        "-is_system", "sort", "display_name", "pk"
    )


def holders_of(role: Role) -> list[str]:
    """The names of everybody who has a role or is asked to take it."""
    people = role.employees.order_by("full_name").values_list("full_name", flat=True)
    asked = role.invitations.filter(state=Invitation.State.PENDING).order_by("full_name")
    return [*people, *asked.values_list("full_name", flat=True)]


def activity_of(employee: Employee) -> QuerySet[Any]:
    """What one person did, newest first (ACC-22)."""
    return AuditEvent.objects.filter(actor_kind="employee", actor_id=employee.pk).order_by("-at", "-pk")
