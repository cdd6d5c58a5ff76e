"""When nothing may be answered by itself: floods, and automation that would answer automation (CONV-21, R-084)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.conversations.actions import threads
from apps.conversations.events import PersonNeeded
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.gateways.models import Inbox

MOST = 200  # messages a minute in one conversation, both sides together
MINUTE = timedelta(minutes=1)
QUIET = timedelta(minutes=10)
ECHO = 20  # characters from which on a text of ours that comes back is no coincidence
REPEATED = 4  # times in a row the very same text within QUIET


@transaction.atomic
def notice_flood(conversation: Conversation, *, now: datetime) -> bool:
    """Whether automatic answers are paused here; too many messages in the last minute pause them now."""
    if conversation.flooded_at:
        return True
    if conversation.last_seq <= MOST or not _is_flooded(conversation, now):
        return False
    conversation = threads.lock(conversation)
    if conversation.flooded_at:
        return True
    conversation.flooded_at = now
    if not conversation.needs_human:
        conversation.needs_human, conversation.needs_reason, conversation.needs_since = True, "flood", now
    threads.add_line(conversation, "flooded", by=SYSTEM)
    emit(PersonNeeded(conversation_id=conversation.pk))
    threads.settle(conversation, SYSTEM, "flooded", "flooded_at", "needs_human", "needs_reason", "needs_since")
    return True


@transaction.atomic
def calm_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """A person has looked: automatic answers go on."""
    conversation = threads.lock(conversation)
    if conversation.flooded_at is None:
        raise Refusal("illegal_transition", _("Automatic answers are not paused here."))
    return _calm(conversation, by)


@transaction.atomic
def let_calm_return(conversation: Conversation, *, now: datetime) -> Conversation:
    """The same by the clock, after ten minutes without a message."""
    conversation = threads.lock(conversation)
    last = max(filter(None, (conversation.flooded_at, conversation.last_message_at)), default=now)
    if conversation.flooded_at is None or last > now - QUIET:
        return conversation
    return _calm(conversation, SYSTEM)


def may_answer(message: Message, *, now: datetime | None = None) -> bool:
    """Whether something may answer this message of a customer by itself."""
    conversation, now = message.conversation, now or timezone.now()
    return (
        message.direction == Message.Direction.IN
        and conversation.customer.blocked_at is None
        and conversation.hidden_at is None
        and not notice_flood(conversation, now=now)
        and not is_automatic(message, now=now)
    )


def is_automatic(message: Message, *, now: datetime) -> bool:
    """Whether it was no person who wrote: a number of ours, our own words come back, or the same again and again."""
    conversation, body = message.conversation, message.body.strip()
    phone = conversation.customer.phone
    if phone and Inbox.objects.filter(display_number=phone, archived_at=None).exists():
        return True
    if not body:
        return False
    said = conversation.messages.order_by("-arrived_seq")
    ours = said.filter(direction=Message.Direction.OUT)[:10]
    if len(body) >= ECHO and any(each.body.strip() == body for each in ours):
        return True
    theirs = said.filter(direction=Message.Direction.IN, created_at__gt=now - QUIET)[:REPEATED]
    return [each.body.strip() for each in theirs] == [body] * REPEATED


def _calm(conversation: Conversation, by: Actor) -> Conversation:
    conversation.flooded_at = None
    if conversation.needs_reason == "flood":
        conversation.needs_human, conversation.needs_reason, conversation.needs_since = False, "", None
    threads.add_line(conversation, "calmed", by=by, name=by.label)
    return threads.settle(conversation, by, "calmed", "flooded_at", "needs_human", "needs_reason", "needs_since")


def _is_flooded(conversation: Conversation, now: datetime) -> bool:
    recent = conversation.messages.filter(provider_at__gt=now - timedelta(hours=1), created_at__gt=now - MINUTE)
    return recent.exclude(direction=Message.Direction.INTERNAL).count() > MOST
