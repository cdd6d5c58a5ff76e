"""Making, changing, copying and removing a business's own roles (requirements ACC-09, ACC-10)."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.accounts.actions.rights import an_admin_remains, known, may_give, take_turns
from apps.accounts.events import RoleChanged
from apps.accounts.models import Invitation, Role, User
from apps.accounts.queries import holders_of
from apps.accounts.roles import DEFAULT_COLOUR, MOST_ROLES, RESERVED, words_of_new_role
from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal

NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
SHOWN = 5  # names in a refusal


@transaction.atomic
def create_role(
    *,
    name: str,
    display_name: str,
    by: Actor,
    giver: User | None,
    description: str = "",
    colour: str = DEFAULT_COLOUR,
    permissions: Sequence[str] | None = None,
) -> Role:
    """Make a role. Without permissions it begins with what a viewer has, as far as the giver has it.

    Raises Refusal `invalid` (name, word), `duplicate`, `cannot_grant`, or `conflict` when there are 50 already.
    """
    take_turns()
    _check_name(name)
    if Role.objects.filter(is_system=False).count() >= MOST_ROLES:
        raise Refusal("conflict", _("There are %(n)s roles already. Remove one first.") % {"n": MOST_ROLES})
    if permissions is None:
        words = [word for word in words_of_new_role() if giver is None or giver.may(word)]
    else:
        words = known(permissions)
        may_give(giver, words)
    group = Group.objects.create(name=name)
    role = Role.objects.create(
        group=group, name=name, display_name=display_name.strip(), description=description.strip(), colour=colour,
        permissions=words, sort=100,
    )  # fmt: skip
    audit.record(by, "created", role, after=_facts(role))
    return role


@transaction.atomic
def edit_role(role: Role, *, by: Actor, giver: User | None, seen: datetime | None = None, **changes: Any) -> Role:
    """Change display_name, description, colour, name or permissions of a custom role.

    `seen` is the `updated_at` the editor looked at; if the role has changed since, nothing is written. Raises Refusal
    `permission_denied` for a system role, `stale_version`, `cannot_grant`, `invalid`, `duplicate`, `last_admin`.
    """
    with an_admin_remains():
        row: Role = Role.objects.select_for_update(of=("self",)).select_related("group").get(pk=role.pk)
        _refuse_system(row)
        if seen is not None and row.updated_at != seen:
            sentence = _("%(role)s was changed by somebody else meanwhile. Look at it again.")
            raise Refusal("stale_version", sentence % {"role": row.title})
        before = _facts(row)
        for field in ("display_name", "description", "colour"):
            if changes.get(field) is not None:
                setattr(row, field, changes[field].strip())
        if changes.get("name") not in (None, row.name):
            _check_name(changes["name"], but=row)
            row.name = row.group.name = changes["name"]
            row.group.save()
        if changes.get("permissions") is not None:
            words = known(changes["permissions"])
            may_give(giver, set(words) - set(row.permissions))
            row.permissions = words
        after = _facts(row)
        changed = [field for field in after if before[field] != after[field]]
        if not changed:
            return row
        row.save()
        audit.record(
            by, "edited", row,
            before={field: before[field] for field in changed}, after={field: after[field] for field in changed},
        )  # fmt: skip
    if "permissions" in changed:
        emit(RoleChanged(role_id=row.pk))
    return row


@transaction.atomic
def duplicate_role(role: Role, *, by: Actor, giver: User | None) -> Role:
    """Make a custom role with the same permissions. It is granted no inbox yet."""
    base = f"{role.name[:40]}_copy"
    taken = set(Role.objects.filter(name__startswith=base).values_list("name", flat=True))
    name = next(each for each in (base, *(f"{base}_{n}" for n in range(2, 99))) if each not in taken)
    display = _("%(role)s (copy)") % {"role": role.title[:90]}
    return create_role(
        name=name, display_name=display, description=role.description, colour=role.colour,
        permissions=role.permissions, by=by, giver=giver,
    )  # fmt: skip


@transaction.atomic
def delete_role(role: Role, *, by: Actor) -> None:
    """Remove a role nobody has. Raises Refusal `in_use` (with `count`, and five `names`), `permission_denied`."""
    take_turns()
    row = Role.objects.select_for_update(of=("self",)).select_related("group").get(pk=role.pk)
    _refuse_system(row)
    if names := holders_of(row):
        sentence = _("%(role)s is still in use by %(names)s. Give them another role first.")
        said = pgettext("between names in a list", ", ").join(names[:SHOWN])
        raise Refusal(
            "in_use", sentence % {"role": row.title, "names": said},
            count=len(names), names=names[:SHOWN],
        )  # fmt: skip
    Invitation.objects.filter(role=row).exclude(state=Invitation.State.PENDING).update(role=None)
    audit.record(by, "deleted", row, before=_facts(row))
    group = row.group
    row.delete()
    group.delete()


def _check_name(name: str, but: Role | None = None) -> None:
    if name.casefold() in RESERVED:
        raise Refusal("invalid", _("“%(name)s” is reserved. Choose another name.") % {"name": name})
    if not NAME.fullmatch(name):
        raise Refusal("invalid", _("A role's name has 1 to 50 small letters, digits and underscores, a letter first."))
    if Role.objects.filter(name__iexact=name).exclude(pk=but.pk if but else None).exists():
        raise Refusal("duplicate", _("There is a role “%(name)s” already.") % {"name": name})


def _refuse_system(role: Role) -> None:
    if role.is_system:
        sentence = _("%(role)s belongs to the house and stays as it is. Duplicate it and change the copy.")
        raise Refusal("permission_denied", sentence % {"role": role.title}, required_permission=None)


def _facts(role: Role) -> dict[str, Any]:
    return {
        "name": role.name, "display_name": role.display_name, "description": role.description, "colour": role.colour,
        "permissions": list(role.permissions),
    }  # fmt: skip
