"""Who speaks: taking over, handing back, switching modes. Each change raises the epoch and fences what came before."""

from datetime import datetime
from typing import NoReturn

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.audit.models import AnalyticsFact
from apps.conversations.actions import threads
from apps.conversations.events import PersonNeeded
from apps.conversations.models import Assignment, Conversation
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.core.refusals import Refusal

SPEAKER_FIELDS = (
    "mode", "mode_before", "holder", "epoch", "lease_until", "assignee", "assigned_at", "needs_human",
    "needs_reason", "needs_since",
)  # fmt: skip


@transaction.atomic
def take_over(conversation: Conversation, *, employee: Employee, by: Actor, force: bool = False) -> Conversation:
    """A person takes the word. Refused (`held_by_other`) when another person has it, unless forced."""
    conversation = threads.lock(conversation)
    other = conversation.assignee
    if other and other.pk != employee.pk and conversation.mode == Conversation.Mode.HUMAN and not force:
        refuse_held(other)
    if other and other.pk == employee.pk and conversation.mode == Conversation.Mode.HUMAN:
        return conversation
    seize(conversation, employee=employee, by=by)
    return _done(conversation, by, "took_over")


def refuse_held(other: Employee) -> NoReturn:
    """Say who has it: a colleague is answering, and two do not answer at once."""
    sentence = _("%(name)s is answering here.") % {"name": other.full_name}
    raise Refusal("held_by_other", sentence, holder=str(other.pk), name=other.full_name)


def seize(conversation: Conversation, *, employee: Employee, by: Actor) -> None:
    """The takeover itself, on a locked conversation that the caller stores."""
    if conversation.mode != Conversation.Mode.HUMAN:
        conversation.mode_before = conversation.mode
    threads.change_speaker(conversation, mode=Conversation.Mode.HUMAN, holder=Conversation.Holder.PERSON)
    give_to(conversation, employee, by=by)
    threads.add_line(conversation, "took_over", by=by, name=employee.full_name)


@transaction.atomic
def hand_back(conversation: Conversation, *, by: Actor, mode: str | None = None, reason: str = "") -> Conversation:
    """The person is done; the assistant has the word again, in the mode before unless said."""
    conversation = threads.lock(conversation)
    if conversation.mode != Conversation.Mode.HUMAN:
        raise Refusal("illegal_transition", _("The assistant is answering already."))
    mode = mode or conversation.mode_before or Conversation.Mode.AI
    _require_assistant_mode(mode)
    end_assignment(conversation, Assignment.Status.COMPLETED, reason=reason)
    threads.change_speaker(conversation, mode=mode, holder=Conversation.Holder.ASSISTANT)
    conversation.needs_human, conversation.needs_reason, conversation.needs_since = False, "", None
    threads.add_line(conversation, "handed_back", by=by, name=by.label, reason=reason)
    return _done(conversation, by, "handed_back")


@transaction.atomic
def set_mode(conversation: Conversation, *, mode: str, by: Actor) -> Conversation:
    """Switch between the assistant answering (ai) and only drafting (hybrid)."""
    conversation = threads.lock(conversation)
    if conversation.mode == mode:
        return conversation
    if conversation.mode == Conversation.Mode.HUMAN:
        raise Refusal("illegal_transition", _("A person is answering here. Hand back first."))
    _require_assistant_mode(mode)
    threads.change_speaker(conversation, mode=mode, holder=Conversation.Holder.ASSISTANT)
    threads.add_line(conversation, "mode_set", by=by, name=by.label, mode=mode)
    return _done(conversation, by, "set_mode")


@transaction.atomic
def hand_over(conversation: Conversation, *, reason: str, by: Actor) -> Conversation:
    """The assistant gives the word to whoever of the team comes first; nobody has it until then."""
    conversation = threads.lock(conversation)
    if conversation.mode != Conversation.Mode.HUMAN:
        conversation.mode_before = conversation.mode
        holder = Conversation.Holder.PERSON if conversation.assignee_id else Conversation.Holder.NOBODY
        threads.change_speaker(conversation, mode=Conversation.Mode.HUMAN, holder=holder)
        threads.add_line(conversation, "handed_over", by=by, reason=reason)
        audit.record_fact(
            AnalyticsFact.Kind.HANDED_OVER, cause=f"conversation:{conversation.pk}:{conversation.epoch}",
            customer_id=conversation.customer_id, conversation_id=conversation.pk, inbox_id=conversation.inbox_id,
            language=conversation.language,
        )  # fmt: skip
    if not conversation.needs_human:
        conversation.needs_human, conversation.needs_reason, conversation.needs_since = True, reason, timezone.now()
    emit(PersonNeeded(conversation_id=conversation.pk))
    return _done(conversation, by, "handed_over")


@transaction.atomic
def ask_for_person(conversation: Conversation, *, reason: str, by: Actor) -> Conversation:
    """Tell the team that a person is needed, while the mode stays as it is."""
    conversation = threads.lock(conversation)
    if conversation.needs_human:
        return conversation
    conversation.needs_human, conversation.needs_reason, conversation.needs_since = True, reason, timezone.now()
    emit(PersonNeeded(conversation_id=conversation.pk))
    return _done(conversation, by, "asked_for_person")


@transaction.atomic
def return_lease(conversation: Conversation, *, now: datetime) -> Conversation:
    """The phone app has been silent long enough: the mode before comes back."""
    conversation = threads.lock(conversation)
    over = conversation.lease_until is not None and conversation.lease_until <= now
    if conversation.holder != Conversation.Holder.PHONE_APP or not over:
        return conversation
    mode = conversation.mode_before or conversation.inbox.default_mode
    by_people = mode == Conversation.Mode.HUMAN
    holder = Conversation.Holder.NOBODY if by_people else Conversation.Holder.ASSISTANT
    threads.change_speaker(conversation, mode=mode, holder=holder)
    threads.add_line(conversation, "lease_ended", by=SYSTEM)
    return _done(conversation, SYSTEM, "lease_ended")


def give_to(
    conversation: Conversation, employee: Employee, *, by: Actor, type: str = Assignment.Type.MANUAL, reason: str = ""
) -> None:
    """Make a locked conversation somebody's; the turn of whoever had it ends as transferred, for a reason."""
    if conversation.assignee_id == employee.pk:
        return
    end_assignment(conversation, Assignment.Status.TRANSFERRED, to=employee, reason=reason)
    now = timezone.now()
    conversation.assignments.create(employee=employee, type=type, by_label=by.label[:120], started_at=now)
    conversation.assignee, conversation.assigned_at = employee, now


def end_assignment(conversation: Conversation, status: str, *, to: Employee | None = None, reason: str = "") -> None:
    """End the running turn of a locked conversation, if somebody has it, and leave it unassigned."""
    conversation.assignments.filter(status=Assignment.Status.ACTIVE).update(
        status=status, ended_at=timezone.now(), transferred_to=to, reason=reason[:500]
    )
    conversation.assignee, conversation.assigned_at = None, None


def _require_assistant_mode(mode: str) -> None:
    if mode not in (Conversation.Mode.AI, Conversation.Mode.HYBRID):
        raise Refusal("invalid", _("The mode is ai or hybrid."))


def _done(conversation: Conversation, by: Actor, verb: str) -> Conversation:
    threads.store(conversation, *SPEAKER_FIELDS)
    audit.record(by, verb, conversation, after={"mode": conversation.mode, "epoch": conversation.epoch})
    threads.announce(conversation)
    return conversation
