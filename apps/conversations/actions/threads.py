"""The conversation a message belongs to, its row lock, and its sequence: every change takes the next number."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.audit import actions as audit
from apps.conversations.events import ConversationChanged
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.core.querysets import one_of
from apps.customers.models import Customer
from apps.gateways.models import Inbox

Rows = QuerySet[Conversation]


def lock(conversation: Conversation) -> Conversation:
    """The row as it is now, held until the transaction ends. Whoever writes in a conversation locks it first."""
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("inbox")  # not the number: all share it
    row: Conversation = rows.get(pk=conversation.pk)
    return row


def lock_message(message: Message) -> Message:
    """The message as it is now, with its conversation, both held until the transaction ends."""
    conversation = lock(message.conversation)
    fresh: Message = Message.objects.select_for_update().get(pk=message.pk)
    fresh.conversation = conversation
    return fresh


def take_seq(conversation: Conversation) -> int:
    """The next place in a locked conversation. Save the row with `store` in the same transaction."""
    conversation.last_seq += 1
    return conversation.last_seq


def store(conversation: Conversation, *fields: str) -> Conversation:
    """Write a locked conversation's changed fields together with its sequence."""
    conversation.save(update_fields=[*fields, "last_seq", "updated_at"])
    return conversation


def change_speaker(conversation: Conversation, *, mode: str, holder: str) -> None:
    """Hand the word to somebody else: whatever was being written under the old epoch can no longer be stored."""
    conversation.mode, conversation.holder = mode, holder
    conversation.epoch += 1
    conversation.lease_until = None


def add_line(conversation: Conversation, event: str, *, by: Actor, **facts: Any) -> Message:
    """A quiet line in the thread that says what changed. Takes a place in the sequence; the caller stores the row."""
    seq = take_seq(conversation)
    return Message.objects.create(
        conversation=conversation, inbox_id=conversation.inbox_id, seq=seq, arrived_seq=seq,
        direction=Message.Direction.INTERNAL, type="system", status=Message.Status.RECEIVED,
        payload={"event": event, **facts}, provider_at=timezone.now(), **by.as_fields(),
    )  # fmt: skip


def settle(
    conversation: Conversation, by: Actor, verb: str, *fields: str, after: dict[str, Any] | None = None
) -> Conversation:
    """End a verb: write the locked row's fields, record the deed, tell who looks."""
    store(conversation, *fields)
    audit.record(by, verb, conversation, after=after)
    announce(conversation)
    return conversation


def announce(conversation: Conversation) -> None:
    """Tell whoever looks at this conversation that it is not what it was."""
    emit(ConversationChanged(conversation_id=conversation.pk))


def conversation_for(inbox: Inbox, customer: Customer, *, at: datetime) -> Conversation:
    """The customer's conversation in this inbox, locked: the open one, a recent one opened again, or a new one."""
    found = _unresolved(inbox, customer) or _reopened(inbox, customer, at)
    if found:
        return found
    try:
        with transaction.atomic():
            return create(inbox, customer)
    except IntegrityError:  # another worker opened it at the same moment
        opened = _unresolved(inbox, customer)
        if opened is None:
            raise
        return opened


def _unresolved(inbox: Inbox, customer: Customer) -> Conversation | None:
    rows = Conversation.objects.select_for_update().filter(inbox=inbox, customer=customer)
    return one_of(rows.exclude(status=Conversation.Status.RESOLVED))  # there is one at most


def _reopened(inbox: Inbox, customer: Customer, at: datetime) -> Conversation | None:
    since = at - timedelta(days=inbox.reopen_days)
    rows = Conversation.objects.select_for_update().filter(
        inbox=inbox, customer=customer, resolved_at__gte=since, hidden_at=None
    )
    conversation = rows.order_by("-resolved_at").first()
    if conversation is not None:
        conversation.status, conversation.resolved_at = Conversation.Status.OPEN, None
        add_line(conversation, "reopened", by=SYSTEM)
        store(conversation, "status", "resolved_at")
    return conversation


def create(inbox: Inbox, customer: Customer) -> Conversation:
    """A new conversation in the mode of its number."""
    by_people = inbox.default_mode == Conversation.Mode.HUMAN
    return Conversation.objects.create(
        inbox=inbox,
        customer=customer,
        number=next_number(),
        mode=inbox.default_mode,
        holder=Conversation.Holder.NOBODY if by_people else Conversation.Holder.ASSISTANT,
        language=customer.language,
    )


def next_number() -> int:
    """The next #number of this business. Gaps are allowed, repetition is not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('conversations_number')")
        return int(cursor.fetchone()[0])
