"""One verb on many conversations. Each is done or refused by itself, by the same rules as alone (CONV-12)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.conversations.actions.assignment import assign_conversation
from apps.conversations.actions.closing import close_conversation
from apps.conversations.actions.labels import add_labels, set_priority
from apps.conversations.actions.reading import mark_read, mark_unread
from apps.conversations.actions.snooze import snooze_conversation
from apps.conversations.models import Conversation
from apps.core.actors import Actor
from apps.core.refusals import Refusal

MOST = 100


class Deed(NamedTuple):
    """A verb that many may undergo at once: the word each must allow, the act, and the facts it takes."""

    word: str
    act: Callable[..., Any]
    takes: tuple[str, ...] = ()
    personal: bool = False  # about a person's own mark; others have an actor


class Outcome(NamedTuple):
    """What became of one conversation."""

    id: UUID
    ok: bool
    code: str = ""
    detail: str = ""


DEEDS: Mapping[str, Deed] = {
    "assign": Deed("assign", assign_conversation, ("to",)),
    "label": Deed("reply", add_labels, ("labels",)),
    "resolve": Deed("reply", close_conversation),
    "snooze": Deed("reply", snooze_conversation, ("until",)),
    "priority": Deed("reply", set_priority, ("priority",)),
    "read": Deed("view", mark_read, personal=True),
    "unread": Deed("view", mark_unread, personal=True),
}


def do_to_each(ids: Sequence[UUID], verb: str, *, user: User, by: Actor, **facts: Any) -> list[Outcome]:
    """Do a verb to each of these, in the order given; one that is refused leaves the others done.

    `facts` are what the verb takes: to, labels, until, priority. Refuses `invalid` more than a hundred, an unknown
    verb and a missing fact.
    """
    deed = DEEDS.get(verb)
    if deed is None:
        raise Refusal("invalid", _("This cannot be done to many conversations at once."))
    if not 0 < len(ids) <= MOST:
        raise Refusal("invalid", _("Choose 1 to 100 conversations."))
    if missing := [name for name in deed.takes if facts.get(name) is None]:
        raise Refusal("invalid", _("Say also: %(names)s.") % {"names": ", ".join(missing)})
    given = {name: facts[name] for name in deed.takes}
    who: dict[str, Any] = {"employee": user.employee} if deed.personal else {"by": by}
    seen = {row.pk: row for row in Conversation.objects.for_user(user).filter(pk__in=ids)}
    allowed = set(Conversation.objects.for_user(user, deed.word).filter(pk__in=ids).values_list("pk", flat=True))
    return [_do(deed, pk, seen.get(pk), pk in allowed, {**given, **who}) for pk in dict.fromkeys(ids)]


def _do(deed: Deed, pk: UUID, row: Conversation | None, allowed: bool, facts: dict[str, Any]) -> Outcome:
    if row is None:
        return Outcome(pk, False, "not_found", _("There is no such conversation."))
    if not allowed:
        return Outcome(pk, False, "permission_denied", _("You may not do this here."))
    try:
        with transaction.atomic():
            deed.act(row, **facts)
    except Refusal as refusal:
        return Outcome(pk, False, refusal.code, refusal.detail)
    return Outcome(pk, True)
