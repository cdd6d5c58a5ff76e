"""Changing what colleagues may do, letting them go, taking them back, forgetting them (ACC-04 to ACC-06)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.actions.directory import mark_due
from apps.accounts.actions.rights import an_admin_remains, known, may_give, take_turns
from apps.accounts.actions.seats import require_seat
from apps.accounts.events import EmployeeDeactivated, RightsChanged
from apps.accounts.models import ApiToken, Employee, Invitation, Role, User
from apps.accounts.portraits import clear_portrait
from apps.accounts.sessions import revoke_sessions
from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal

FORMER = "Former employee"  # what is kept of the name of somebody who was erased


@transaction.atomic
def edit_employee(
    employee: Employee,
    *,
    by: Actor,
    giver: User | None,
    full_name: str | None = None,
    role: Role | None = None,
    grants: Sequence[str] | None = None,
    denials: Sequence[str] | None = None,
) -> Employee:
    """Change a colleague's name, role, grants and denials; None leaves a field. `giver` is whose rights limit it.

    Raises Refusal: `cannot_grant` for what the giver lacks, `cannot_self` for one's own rights, `last_admin`,
    `illegal_transition` for somebody who was erased, `invalid` for an unknown word or one both granted and denied.
    """
    with an_admin_remains():
        row = _locked(employee)
        if row.erased_at:
            raise Refusal("illegal_transition", _("Nothing is left here that could be changed."))
        before = _facts(row)
        held = {*row.role.permissions, *row.grants}
        denied = set(row.denials)
        row.full_name = (full_name or "").strip() or row.full_name
        row.role = role or row.role
        row.grants = row.grants if grants is None else known(grants)
        row.denials = row.denials if denials is None else known(denials)
        after = _facts(row)
        if rights_changed := any(before[name] != after[name] for name in ("role", "grants", "denials")):
            _check(row, held, denied, giver)
            row.user.groups.set([row.role.group])
        if before == after:
            return row
        row.save(update_fields=["full_name", "role", "grants", "denials", "updated_at"])
        changed = [name for name in after if before[name] != after[name]]
        audit.record(
            by, "edited", row,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip
    if rights_changed:
        emit(RightsChanged(employee_id=row.pk))
    return row


def _check(row: Employee, held: set[str], denied: set[str], giver: User | None) -> None:
    """Whether this giver may make the row what it is about to be."""
    if giver is not None and row.user_id == giver.pk:
        raise Refusal("cannot_self", _("Nobody changes their own role or rights. Ask a colleague."))
    if both := set(row.grants) & set(row.denials):
        sentence = _("A permission is granted or denied, not both: %(word)s.")
        raise Refusal("invalid", sentence % {"word": min(both)})
    now_held = {*row.role.permissions, *row.grants}
    may_give(giver, (now_held - held) | ((denied - set(row.denials)) & now_held))


def deactivate_employee(employee: Employee, *, by: Actor) -> Employee:
    """Let somebody go: their sessions, tokens and sockets end at once, their conversations become unassigned.

    Raises Refusal `last_admin`. Whoever is deactivated already stays so.
    """
    with an_admin_remains():
        row = _locked(employee)
        if row.deactivated_at is None:
            _close(row, by)
            audit.record(by, "deactivated", row)
    return row


@transaction.atomic
def reactivate_employee(employee: Employee, *, by: Actor) -> Employee:
    """Take somebody back, if the plan has room. They sign in again; old tokens stay revoked."""
    take_turns()
    row = _locked(employee)
    if row.erased_at:
        raise Refusal("illegal_transition", _("Somebody who was erased cannot come back. Invite them anew."))
    if row.deactivated_at is None:
        return row
    require_seat()
    row.deactivated_at = None
    row.save(update_fields=["deactivated_at", "updated_at"])
    User.objects.filter(pk=row.user_id).update(is_active=True, failed_count=0, locked_until=None)
    audit.record(by, "reactivated", row)
    mark_due(row)
    return row


def erase_employee(employee: Employee, *, by: Actor) -> Employee:
    """Forget who this was: name, e-mail and exceptions go, what they did stays. Deactivates first. Cannot be undone."""
    with an_admin_remains():
        row = _locked(employee)
        if row.erased_at:
            return row
        if row.deactivated_at is None:
            _close(row, by)
        address = row.user.email
        row.full_name, row.erased_at, row.grants, row.denials = FORMER, timezone.now(), [], []
        row.role = Role.objects.filter(is_system=True).order_by("-sort")[0]  # so that their own can be deleted
        row.phone, row.bio = "", ""
        row.save(update_fields=["full_name", "phone", "bio", "erased_at", "grants", "denials", "role", "updated_at"])
        if row.avatar_key:
            clear_portrait(row, by=by)
        user = row.user
        user.email, user.is_active, user.email_confirmed_at = f"erased-{user.pk.hex}@erased.invalid", False, None
        user.set_unusable_password()
        user.save()
        user.groups.clear()
        Invitation.objects.filter(email__iexact=address).exclude(state=Invitation.State.PENDING).update(
            email=user.email, full_name=FORMER
        )
        audit.record(by, "erased", row)
    return row


def _close(row: Employee, by: Actor) -> None:
    now = timezone.now()
    row.deactivated_at = now
    row.save(update_fields=["deactivated_at", "updated_at"])
    row.user.is_active = False
    row.user.save(update_fields=["is_active", "updated_at"])
    ApiToken.objects.filter(employee=row, revoked_at=None).update(revoked_at=now, updated_at=now)
    revoke_sessions(row.user, by=by)
    emit(EmployeeDeactivated(employee_id=row.pk))
    mark_due(row)


def _locked(employee: Employee) -> Employee:
    rows = Employee.objects.select_for_update(of=("self",)).select_related("role__group", "user")
    row: Employee = rows.get(pk=employee.pk)
    return row


def _facts(row: Employee) -> dict[str, Any]:
    return {
        "full_name": row.full_name, "role": row.role.name, "grants": list(row.grants), "denials": list(row.denials),
    }  # fmt: skip
