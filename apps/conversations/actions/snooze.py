"""Putting a conversation aside until a moment. A customer's message, a person or the clock brings it back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.conversations.actions import threads
from apps.conversations.models import Conversation
from apps.core.actors import SYSTEM, Actor
from apps.core.refusals import Refusal

LONGEST = timedelta(days=365)
SNOOZE_FIELDS = ("status", "snoozed_until")


@transaction.atomic
def snooze_conversation(conversation: Conversation, *, until: datetime, by: Actor) -> Conversation:
    """Put it aside until then. One that sleeps already sleeps until the new moment."""
    conversation = threads.lock(conversation)
    now = timezone.now()
    if not now < until <= now + LONGEST:
        raise Refusal("invalid", _("Choose a moment within the next year."))
    if conversation.status == Conversation.Status.RESOLVED:
        raise Refusal("illegal_transition", _("This conversation is resolved. Open it again first."))
    if conversation.snoozed_until == until:
        return conversation
    conversation.status, conversation.snoozed_until = Conversation.Status.SNOOZED, until
    threads.add_line(conversation, "snoozed", by=by, name=by.label, until=until.isoformat())
    return threads.settle(conversation, by, "snoozed", *SNOOZE_FIELDS, after={"until": until.isoformat()})


@transaction.atomic
def unsnooze_conversation(conversation: Conversation, *, by: Actor) -> Conversation:
    """Bring it back before its time."""
    conversation = threads.lock(conversation)
    if conversation.status != Conversation.Status.SNOOZED:
        raise Refusal("illegal_transition", _("This conversation is not snoozed."))
    return _open(conversation, "unsnoozed", by=by)


@transaction.atomic
def wake_conversation(conversation: Conversation, *, now: datetime) -> Conversation:
    """Its time has come. One that was put off again meanwhile sleeps on."""
    conversation = threads.lock(conversation)
    due = conversation.snoozed_until is not None and conversation.snoozed_until <= now
    if conversation.status != Conversation.Status.SNOOZED or not due:
        return conversation
    return _open(conversation, "woke", by=SYSTEM)


def _open(conversation: Conversation, verb: str, *, by: Actor) -> Conversation:
    conversation.status, conversation.snoozed_until = Conversation.Status.OPEN, None
    threads.add_line(conversation, verb, by=by, name=by.label)
    return threads.settle(conversation, by, verb, *SNOOZE_FIELDS)
