"""What may be given, and that somebody always remains who can give it (requirements ACC-04, ACC-06)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Employee, Role, User
from apps.accounts.roles import ADMIN_WORDS, PERMISSIONS, in_order
from apps.core.refusals import Refusal


def known(words: Iterable[str]) -> list[str]:
    """The words, once each and in order. Raises Refusal `invalid` for one that is not in the vocabulary."""
    words = list(words)
    if unknown := [word for word in words if word not in PERMISSIONS]:
        raise Refusal("invalid", _("There is no permission “%(word)s”.") % {"word": unknown[0]})
    return in_order(words)


def may_give(giver: User | None, words: Iterable[str]) -> None:
    """Raise Refusal `cannot_grant` unless the giver effectively holds every word. Nobody (None) is the house itself."""
    lacking = [] if giver is None else [word for word in in_order(words) if not giver.may(word)]
    if lacking:
        sentence = _("You cannot give what you do not have yourself: %(words)s.")
        raise Refusal("cannot_grant", sentence % {"words": ", ".join(lacking)}, missing=lacking)


@contextmanager
def an_admin_remains() -> Iterator[None]:
    """One change of rights at a time, undone with Refusal `last_admin` if nobody could repair it afterwards."""
    with transaction.atomic():
        take_turns()
        was_safe = _somebody_holds_all()
        yield
        if was_safe and not _somebody_holds_all():
            sentence = _("This would leave nobody who can manage the team, roles, settings and the plan.")
            raise Refusal("last_admin", sentence)


def take_turns() -> None:
    """From here to the end of the transaction nobody else changes who is here and who may do what.

    The system roles' rows are the lock: they are always there, and nothing else of the product waits for them.
    """
    list(Role.objects.filter(is_system=True).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _somebody_holds_all() -> bool:
    people = Employee.objects.filter(deactivated_at=None, user__is_active=True).select_related("role")
    return any(person.permissions >= ADMIN_WORDS for person in people)
