"""The end of a conversation and its return: resolving, opening again."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.conversations.actions import ratings, speaker, threads
from apps.conversations.models import Assignment, Conversation
from apps.core.actors import Actor
from apps.core.refusals import Refusal

RESOLVED_FIELDS = ("status", "resolved_at", "snoozed_until", "waiting_since", *speaker.SPEAKER_FIELDS)


@transaction.atomic
def close_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """Resolve it. The person's turn is complete; a new message opens it again or begins another.

    Where the number is set to ask, the customer is then asked once how it was.
    """
    conversation = threads.lock(conversation)
    if conversation.status == Conversation.Status.RESOLVED:
        raise Refusal("illegal_transition", _("This conversation is resolved already."))
    resolve(conversation)
    threads.add_line(conversation, "closed", by=by, name=by.label)
    threads.settle(conversation, by, "closed", *RESOLVED_FIELDS)
    ratings.ask(conversation)
    return conversation


def resolve(conversation: Conversation) -> None:
    """The resolving itself, on a locked conversation that the caller stores (RESOLVED_FIELDS)."""
    speaker.end_assignment(conversation, Assignment.Status.COMPLETED)
    conversation.status, conversation.resolved_at = Conversation.Status.RESOLVED, timezone.now()
    conversation.snoozed_until = conversation.waiting_since = None
    conversation.needs_human, conversation.needs_reason, conversation.needs_since = False, "", None
    mode = conversation.mode_before or conversation.inbox.default_mode
    by_people = mode == Conversation.Mode.HUMAN
    threads.change_speaker(
        conversation, mode=mode, holder=Conversation.Holder.NOBODY if by_people else Conversation.Holder.ASSISTANT
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
            return threads.settle(conversation, by, "reopened", "status", "resolved_at")
    except IntegrityError:
        raise Refusal("conflict", _("This customer has a newer open conversation.")) from None
