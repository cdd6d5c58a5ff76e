"""Whose conversation it is: giving it to a colleague, passing it on, taking it back, letting go."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.conversations.actions import speaker, threads
from apps.conversations.models import Assignment, Conversation
from apps.core.actors import Actor
from apps.core.refusals import Refusal


@transaction.atomic
def assign_conversation(conversation: Conversation, *, to: Employee | None, by: Actor) -> Conversation:
    """Give a conversation to a colleague, or take it from everybody. Giving it to its holder changes nothing."""
    conversation = threads.lock(conversation)
    if conversation.assignee_id == (to.pk if to else None):
        return conversation
    if to is None:
        return _let_go(conversation, Assignment.Status.COMPLETED, "unassigned", by=by, name=by.label)
    _require_present(to)
    hand_to(conversation, to, by=by)
    threads.add_line(conversation, "assigned", by=by, name=by.label, to=to.full_name)
    return threads.settle(conversation, by, "assigned", *speaker.SPEAKER_FIELDS, after={"assignee": str(to.pk)})


@transaction.atomic
def transfer_conversation(conversation: Conversation, *, to: Employee, by: Actor, reason: str = "") -> Conversation:
    """Pass on what somebody has: their turn ends as transferred, with whom it went to and why."""
    conversation = threads.lock(conversation)
    giver = conversation.assignee
    if giver is None:
        raise Refusal("illegal_transition", _("Nobody has this conversation yet. Assign it instead."))
    if giver.pk == to.pk:
        raise Refusal("conflict", _("%(name)s has this conversation already.") % {"name": to.full_name})
    _require_present(to)
    hand_to(conversation, to, by=by, reason=reason)
    threads.add_line(
        conversation, "transferred", by=by, name=by.label, giver=giver.full_name, to=to.full_name, reason=reason
    )
    after = {"assignee": str(to.pk), "reason": reason}
    return threads.settle(conversation, by, "transferred", *speaker.SPEAKER_FIELDS, after=after)


@transaction.atomic
def abandon_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """Whoever has it no longer works here: the turn ends as abandoned, and the conversation waits for somebody else."""
    conversation = threads.lock(conversation)
    if conversation.assignee is None or conversation.assignee.deactivated_at is None:
        return conversation
    name = conversation.assignee.full_name
    return _let_go(conversation, Assignment.Status.ABANDONED, "abandoned", by=by, name=name)


def hand_to(
    conversation: Conversation, to: Employee, *, by: Actor, type: str = Assignment.Type.MANUAL, reason: str = ""
) -> None:
    """Make a locked conversation somebody's, and theirs the word where people speak. The caller stores it."""
    speaker.give_to(conversation, to, by=by, type=type, reason=reason)
    if conversation.mode == Conversation.Mode.HUMAN:
        conversation.holder = Conversation.Holder.PERSON
        conversation.epoch += 1


def _let_go(conversation: Conversation, status: str, verb: str, *, by: Actor, name: str) -> Conversation:
    speaker.end_assignment(conversation, status)
    if conversation.holder == Conversation.Holder.PERSON:
        conversation.holder = Conversation.Holder.NOBODY
        conversation.epoch += 1
    threads.add_line(conversation, verb, by=by, name=name)
    return threads.settle(conversation, by, verb, *speaker.SPEAKER_FIELDS)


def _require_present(employee: Employee) -> None:
    if employee.deactivated_at:
        raise Refusal("invalid", _("%(name)s no longer works here.") % {"name": employee.full_name})
