"""What leaves the screens: one message, everything said, or the conversation itself (CONV-04, CONV-05).

Nothing is taken from the customer's phone, and nothing that was counted is counted anew.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.conversations.actions import threads
from apps.conversations.actions.closing import RESOLVED_FIELDS, resolve
from apps.conversations.events import MessageChanged
from apps.conversations.models import Conversation, Message
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal


@transaction.atomic
def hide_message(message: Message, *, by: Actor) -> Message:
    """Its text and files leave the screens, the search and what is taken out. Hiding it twice changes nothing.

    One that waits to be sent is not sent any more.
    """
    message = threads.lock_message(message)
    if message.hidden_at:
        return message
    if message.direction == Message.Direction.INTERNAL:
        raise Refusal("illegal_transition", _("A line that says what changed cannot be hidden."))
    message.hidden_at, message.hidden_by = timezone.now(), by.label[:120]
    message.seq = threads.take_seq(message.conversation)
    if message.status == Message.Status.QUEUED:
        message.status = Message.Status.CANCELED
    message.save(update_fields=["hidden_at", "hidden_by", "status", "seq", "updated_at"])
    threads.store(message.conversation)
    audit.record(by, "hidden", message)
    emit(MessageChanged(message_id=message.pk))
    return message


@transaction.atomic
def clear_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """Hide everything that was said so far and forget the stage; the conversation stays."""
    conversation = threads.lock(conversation)
    count = _hide_all(conversation, by)
    threads.add_line(conversation, "cleared", by=by, name=by.label)
    return threads.settle(conversation, by, "cleared", "stage", after={"messages": count})


@transaction.atomic
def delete_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """The same, resolved and out of every list. The customer's next message begins another conversation."""
    conversation = threads.lock(conversation)
    if conversation.hidden_at:
        return conversation
    count = _hide_all(conversation, by)
    if conversation.status != Conversation.Status.RESOLVED:
        resolve(conversation)
    conversation.hidden_at = timezone.now()
    threads.add_line(conversation, "deleted", by=by, name=by.label)
    return threads.settle(
        conversation, by, "deleted", "stage", "hidden_at", *RESOLVED_FIELDS, after={"messages": count}
    )


def _hide_all(conversation: Conversation, by: Actor) -> int:
    """Each gets a new place after the last one, all at once: a screen that catches up finds every one of them."""
    said = conversation.messages.filter(hidden_at=None)
    said.filter(status=Message.Status.QUEUED).update(status=Message.Status.CANCELED)
    count = said.update(
        hidden_at=timezone.now(), hidden_by=by.label[:120], seq=F("seq") + conversation.last_seq,
        updated_at=timezone.now(),
    )  # fmt: skip
    conversation.last_seq *= 2
    conversation.stage = ""
    return count
