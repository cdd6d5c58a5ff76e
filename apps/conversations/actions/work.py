"""Work around a conversation: assigning, closing, reading, typing."""

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.conversations.actions import speaker, threads
from apps.conversations.events import ConversationRead
from apps.conversations.models import Assignment, Conversation, Message, ReadMark
from apps.conversations.queries import readers_of
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.realtime.actions import nudge

TYPING_EVERY = 3  # seconds between two announcements of one person (RT-07)


@transaction.atomic
def assign_conversation(conversation: Conversation, *, to: Employee | None, by: Actor) -> Conversation:
    """Give a conversation to a colleague, or take it from everybody. Giving it to its holder changes nothing."""
    conversation = threads.lock(conversation)
    if conversation.assignee_id == (to.pk if to else None):
        return conversation
    if to is None:
        speaker.end_assignment(conversation, Assignment.Status.COMPLETED)
        if conversation.holder == Conversation.Holder.PERSON:
            conversation.holder = Conversation.Holder.NOBODY
            conversation.epoch += 1
        threads.add_line(conversation, "unassigned", by=by, name=by.label)
    else:
        if to.deactivated_at:
            raise Refusal("invalid", _("%(name)s no longer works here.") % {"name": to.full_name})
        speaker.give_to(conversation, to, by=by)
        if conversation.mode == Conversation.Mode.HUMAN:
            conversation.holder = Conversation.Holder.PERSON
            conversation.epoch += 1
        threads.add_line(conversation, "assigned", by=by, name=by.label, to=to.full_name)
    return _done(conversation, by, "assigned", *speaker.SPEAKER_FIELDS)


@transaction.atomic
def abandon_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """Whoever has it no longer works here: the turn ends as abandoned, and the conversation waits for somebody else."""
    conversation = threads.lock(conversation)
    if conversation.assignee is None or conversation.assignee.deactivated_at is None:
        return conversation
    name = conversation.assignee.full_name
    speaker.end_assignment(conversation, Assignment.Status.ABANDONED)
    if conversation.holder == Conversation.Holder.PERSON:
        conversation.holder = Conversation.Holder.NOBODY
        conversation.epoch += 1
    threads.add_line(conversation, "abandoned", by=by, name=name)
    return _done(conversation, by, "abandoned", *speaker.SPEAKER_FIELDS)


@transaction.atomic
def close_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """Resolve it. The person's turn is complete; a new message opens it again or begins another."""
    conversation = threads.lock(conversation)
    if conversation.status == Conversation.Status.RESOLVED:
        raise Refusal("illegal_transition", _("This conversation is resolved already."))
    speaker.end_assignment(conversation, Assignment.Status.COMPLETED)
    conversation.status, conversation.resolved_at = Conversation.Status.RESOLVED, timezone.now()
    conversation.snoozed_until = conversation.waiting_since = None
    conversation.needs_human, conversation.needs_reason, conversation.needs_since = False, "", None
    mode = conversation.mode_before or conversation.inbox.default_mode
    by_people = mode == Conversation.Mode.HUMAN
    threads.change_speaker(
        conversation, mode=mode, holder=Conversation.Holder.NOBODY if by_people else Conversation.Holder.ASSISTANT
    )
    threads.add_line(conversation, "closed", by=by, name=by.label)
    return _done(
        conversation, by, "closed", "status", "resolved_at", "snoozed_until", "waiting_since", *speaker.SPEAKER_FIELDS
    )


@transaction.atomic
def reopen_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """Open a resolved conversation again, unless the customer has a newer open one in this inbox (`conflict`)."""
    conversation = threads.lock(conversation)
    if conversation.status != Conversation.Status.RESOLVED:
        raise Refusal("illegal_transition", _("This conversation is open already."))
    conversation.status, conversation.resolved_at = Conversation.Status.OPEN, None
    threads.add_line(conversation, "reopened", by=by, name=by.label)
    try:
        with transaction.atomic():
            return _done(conversation, by, "reopened", "status", "resolved_at")
    except IntegrityError:
        raise Refusal("conflict", _("This customer has a newer open conversation.")) from None


@transaction.atomic
def set_priority(conversation: Conversation, *, priority: str, by: Actor) -> Conversation:
    """Say how urgent it is."""
    conversation = threads.lock(conversation)
    if priority not in Conversation.Priority.values:
        raise Refusal("invalid", _("The priority is low, normal, high or urgent."))
    if conversation.priority == priority:
        return conversation
    conversation.priority = priority
    threads.add_line(conversation, "priority_set", by=by, name=by.label, priority=priority)
    return _done(conversation, by, "set_priority", "priority")


@transaction.atomic
def mark_read(conversation: Conversation, *, employee: Employee, seq: int | None = None) -> ReadMark:
    """This person has read up to `seq` (all there is unless said). A mark never moves back."""
    upto = min(seq if seq is not None else conversation.last_seq, conversation.last_seq)
    mark, _made = ReadMark.objects.get_or_create(conversation=conversation, employee=employee)
    if ReadMark.objects.filter(pk=mark.pk, seq__lt=upto).update(seq=upto):
        inbound = conversation.messages.filter(direction=Message.Direction.IN, arrived_seq__lte=upto, read_at=None)
        newest = inbound.exclude(external_id=None).order_by("-arrived_seq").values_list("pk", flat=True).first()
        if newest:
            emit(ConversationRead(message_id=newest))
    return mark


@transaction.atomic
def mark_unread(conversation: Conversation, *, employee: Employee) -> None:
    """The last customer's message counts as unread again, for this person alone."""
    last = conversation.messages.filter(direction=Message.Direction.IN).order_by("-arrived_seq").first()
    if last is not None:
        ReadMark.objects.update_or_create(
            conversation=conversation, employee=employee, defaults={"seq": last.arrived_seq - 1}
        )


def announce_typing(conversation: Conversation, *, employee: Employee) -> None:
    """Let colleagues who may read here know that this person types: at most once in TYPING_EVERY seconds."""
    if cache.add(f"typing:{conversation.pk}:{employee.pk}", 1, TYPING_EVERY):
        others = [reader.user_id for reader in readers_of(conversation) if reader.pk != employee.pk]
        nudge(others, topic="typing", id=conversation.pk)


def _done(conversation: Conversation, by: Actor, verb: str, *fields: str) -> Conversation:
    threads.store(conversation, *fields)
    audit.record(by, verb, conversation)
    threads.announce(conversation)
    return conversation
