"""Ways to look at the list, kept under a name."""

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.conversations.actions import keeping
from apps.conversations.models import SavedView
from apps.core.actors import Actor

MOST = 20  # parameters in one address


def create_view(*, owner: Employee, by: Actor, **facts: Any) -> SavedView:
    """Keep a way to look at the list. Raises ValidationError by field."""
    return keeping.create(SavedView(owner=owner, **facts), _problems, by=by)


def edit_view(view: SavedView, *, by: Actor, **facts: Any) -> SavedView:
    """Change its name, what it shows, or who has it. Raises ValidationError by field."""
    return keeping.edit(view, _problems, by=by, **facts)


def delete_view(view: SavedView, *, by: Actor) -> None:
    """Keep it no longer."""
    keeping.delete(view, by=by)


def _problems(view: SavedView) -> keeping.Problems:
    filters = view.filters
    plain = isinstance(filters, dict) and all(isinstance(each, str) and len(each) <= 200 for each in filters.values())
    if not plain or len(filters) > MOST or any(len(name) > 40 for name in filters):
        return {"filters": [_("A view holds the parameters of the list's address, as text.")]}
    return {}
