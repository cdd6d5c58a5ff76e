"""Permission is how you get the object: 404 when it cannot be seen, 403 when it is seen but the act is not allowed."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404

from apps.core.querysets import GuardedQuerySet

Row = TypeVar("Row", bound=Model)


class NotAllowed(PermissionDenied):
    """The person sees this row but may not do this to it. `required` is the permission word that would open it."""

    def __init__(self, required: str) -> None:
        super().__init__(required)
        self.required = required


def get_for(user: Any, word: str, queryset: GuardedQuerySet, **lookup: Any) -> Any:
    """The row, if this person may do `word` to it.

    Raises Http404 when they may not see it (or what was sent is no key at all), NotAllowed when they see it but may
    not do this.
    """
    try:
        row = get_object_or_404(queryset.for_user(user), **lookup)
    except ValidationError:
        raise Http404 from None
    if word != "view" and not queryset.for_user(user, word).filter(pk=row.pk).exists():
        raise NotAllowed(required_for(queryset.model, word) or word)
    return row


def required_for(model: Any, word: str) -> str | None:
    """The permission word that opens a verb on a model, the root's where it inherits; None where only grants decide."""
    while path := getattr(model, "guarded_by", None):
        for step in path.split("__"):
            model = model._meta.get_field(step).related_model
    found: str | None = getattr(model, "guard", {}).get(word)
    return found


def shown_phone(words: Collection[str], phone: str | None) -> str:
    """A customer's number as somebody with these permissions may see it: whole with `customers.view`, else its last
    four digits (CUS-17). Every screen, answer and file asks here."""
    if not phone:
        return ""
    return phone if "customers.view" in words else f"…{phone[-4:]}"


def require(user: Any, permission: str) -> None:
    """Raise NotAllowed unless this person holds the permission word, for pages and verbs without a row."""
    if not user.may(permission):
        raise NotAllowed(permission)
