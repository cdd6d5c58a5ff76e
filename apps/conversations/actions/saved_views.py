"""Ways to look at the list, kept under a name."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.conversations.models import SavedView
from apps.core.actors import Actor

MOST = 20  # parameters in one address
RECORDED = ("name", "is_shared")


@transaction.atomic
def create_view(*, owner: Employee, by: Actor, **facts: Any) -> SavedView:
    """Keep a way to look at the list. Raises ValidationError by field."""
    view = SavedView(owner=owner, **facts)
    _check(view)
    view.save(force_insert=True)
    audit.record(by, "created", view, after={name: getattr(view, name) for name in RECORDED})
    return view


@transaction.atomic
def edit_view(view: SavedView, *, by: Actor, **facts: Any) -> SavedView:
    """Change its name, what it shows, or who has it."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    before = {name: getattr(view, name) for name in RECORDED}
    for name, value in facts.items():
        setattr(view, name, value)
    _check(view)
    view.save()
    audit.record(by, "edited", view, before=before, after={name: getattr(view, name) for name in RECORDED})
    return view


@transaction.atomic
def delete_view(view: SavedView, *, by: Actor) -> None:
    """Keep it no longer."""
    audit.record(by, "deleted", view, before={name: getattr(view, name) for name in RECORDED})
    view.delete()


def _check(view: SavedView) -> None:
    problems: dict[str, Any] = {}
    filters = view.filters
    plain = isinstance(filters, dict) and all(isinstance(each, str) and len(each) <= 200 for each in filters.values())
    if not plain or len(filters) > MOST or any(len(name) > 40 for name in filters):
        problems["filters"] = [_("A view holds the parameters of the list's address, as text.")]
    same = SavedView.objects.filter(owner=view.owner_id, name__iexact=view.name).exclude(pk=view.pk)
    if same.exists():
        problems["name"] = [_("You have a view of this name already.")]
    try:
        view.clean_fields(exclude=[*problems, "filters", "owner"])
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(problems)
