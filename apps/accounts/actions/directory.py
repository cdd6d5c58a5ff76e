"""Keeping the public directory true: it lists the active people of this business, and nobody else."""

from django.db.models import Max
from django.utils import timezone

from apps.accounts.events import TeamChanged
from apps.accounts.models import Employee
from apps.core.events import emit
from apps.tenants import directory
from apps.tenants.postgres.context import current_schema


def mark_due(employee: Employee) -> None:
    """Note that this person came, went or has another e-mail, in the transaction of that change."""
    Employee.objects.filter(pk=employee.pk).update(directory_due_at=timezone.now())
    emit(TeamChanged(employee_id=employee.pk))


def list_team(*, anyway: bool = False) -> bool:
    """List this business's people in public, if one of them is due (or `anyway`). Whether there was anything to do.

    Call outside a transaction. What is due stays so until the directory has been seen to agree, so a crash repeats the
    work and never loses it; a change that came in between is noticed by reading again.
    """
    due = Employee.objects.aggregate(at=Max("directory_due_at"))["at"]
    if due is None and not anyway:
        return False
    listed = None
    while listed != (present := _addresses()):
        directory.list_people(current_schema(), present)
        listed = present
    if due is not None:
        Employee.objects.filter(directory_due_at__lte=due).update(directory_due_at=None)
    return True


def _addresses() -> set[str]:
    active = Employee.objects.filter(deactivated_at=None, user__is_active=True)
    return set(active.values_list("user__email", flat=True))
