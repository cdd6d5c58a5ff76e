"""Who of the team the plan has room for, once the grace after a smaller plan is over (requirements BIL-10).

Nobody is deactivated: those beyond the limit cannot come in until there is room again, and then it is the same people.
"""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.billing.queries import room_now
from apps.core.actors import SYSTEM

ADMINS_WORDS = frozenset({"employees.edit", "roles.edit", "settings.edit", "settings.billing"})  # requirements ACC-06


@transaction.atomic
def fit_team() -> None:
    """Bring the current business's team to its plan: the oldest stay, one administrator among them."""
    team = list(
        Employee.objects.select_for_update(of=("self",)).select_related("role")
        .filter(deactivated_at=None).order_by("created_at", "pk")
    )  # fmt: skip
    limit = room_now("employees")
    staying = {employee.pk for employee in chosen(team, limit)}
    now = timezone.now()
    for employee in team:
        rests = employee.pk not in staying
        if rests != bool(employee.over_limit_at):
            employee.over_limit_at = now if rests else None
            employee.save(update_fields=["over_limit_at", "updated_at"])
            audit.record(SYSTEM, "rested" if rests else "restored", employee, after={"limit": limit})


def chosen(team: list[Employee], limit: int | None) -> list[Employee]:
    """Of a team in order of age, those a limit has room for. The last of them gives way to the oldest administrator
    when there is none among them."""
    if limit is None or len(team) <= limit:
        return team
    first = team[:limit]
    if not any(_is_admin(employee) for employee in first):
        first = first[:-1] + [employee for employee in team if _is_admin(employee)][:1]
    return first


def _is_admin(employee: Employee) -> bool:
    held = (frozenset(employee.role.permissions) | frozenset(employee.grants)) - frozenset(employee.denials)
    return held >= ADMINS_WORDS
