"""What somebody keeps under a name for working the list, alone or for the team: made, changed, dropped, recorded.

What a saved view or a macro must hold besides its name, its own module says.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.conversations.models import Macro, SavedView
from apps.core.actors import Actor

Kept = TypeVar("Kept", Macro, SavedView)
Problems = dict[str, list[str]]
Content = Callable[[Kept], Problems]  # what is wrong with what it holds, by field

RECORDED = ("name", "is_shared")


@transaction.atomic
def create(row: Kept, content: Content[Kept], *, by: Actor) -> Kept:
    """Keep a new one. Raises ValidationError by field."""
    _check(row, content(row))
    row.save(force_insert=True)
    audit.record(by, "created", row, after=_recorded(row))
    return row


@transaction.atomic
def edit(row: Kept, content: Content[Kept], *, by: Actor, **facts: Any) -> Kept:
    """Change its name, what it holds, or who has it. Raises ValidationError by field."""
    row = type(row).objects.select_for_update().get(pk=row.pk)
    before = _recorded(row)
    for name, value in facts.items():
        setattr(row, name, value)
    _check(row, content(row))
    row.save()
    audit.record(by, "edited", row, before=before, after=_recorded(row))
    return row


@transaction.atomic
def delete(row: Kept, *, by: Actor) -> None:
    """Keep it no longer."""
    audit.record(by, "deleted", row, before=_recorded(row))
    row.delete()


def _recorded(row: Macro | SavedView) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RECORDED}


def _check(row: Macro | SavedView, problems: Problems) -> None:
    same = type(row).objects.filter(owner=row.owner_id, name__iexact=row.name).exclude(pk=row.pk)
    if same.exists():
        problems["name"] = [_("You keep one of this name already.")]
    try:
        row.clean_fields(exclude=[*problems, "filters", "steps", "owner"])
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(problems)
