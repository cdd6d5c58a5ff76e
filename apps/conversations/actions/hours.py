"""What is said when nobody is there: once for each conversation and closed period (CONV-17)."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import Calendar
from apps.accounts.opening_hours import is_open, next_opening
from apps.conversations.actions import threads
from apps.conversations.actions.automatic import may_answer
from apps.conversations.actions.quiet import SPOKEN
from apps.conversations.actions.send import check_window, send_message
from apps.conversations.models import Conversation, Message
from apps.conversations.words import in_language
from apps.core.actors import AUTOMATION
from apps.core.refusals import Refusal
from apps.gateways.models import Inbox

JUST_NOW = timedelta(minutes=5)


@transaction.atomic
def say_closed(message: Message, *, now: datetime) -> Message | None:
    """Tell the customer that nobody is there now, in the words of the number; None when that is not to be said.

    Only while people answer here (or nobody does), never to what is too old to be answered by itself, and not while
    somebody is writing with them after hours.
    """
    conversation = message.conversation
    words = in_language(conversation.inbox.out_of_hours, conversation.language or conversation.inbox.language)
    if not conversation.inbox.out_of_hours_on or not words or not may_answer(message, now=now):
        return None
    conversation = threads.lock(conversation)
    calendar = calendar_of(conversation.inbox)
    if calendar is None or not _is_due(conversation, message, calendar, now):
        return None
    conversation.out_of_hours_at = now
    threads.store(conversation, "out_of_hours_at")
    return send_message(conversation, body=words, by=AUTOMATION, id=uuid.uuid5(message.pk, "nobody is there"))


def calendar_of(inbox: Inbox) -> Calendar | None:
    """The hours of a number: its own, else those of the business."""
    business: Calendar | None = Calendar.objects.filter(purpose=Calendar.Purpose.BUSINESS).first()
    return inbox.calendar or business


def _is_due(conversation: Conversation, message: Message, calendar: Calendar, now: datetime) -> bool:
    people = conversation.holder != Conversation.Holder.ASSISTANT and conversation.status == Conversation.Status.OPEN
    stale = now - message.provider_at > timedelta(minutes=conversation.inbox.stale_minutes)
    if not people or stale or is_open(calendar, now) or _said_already(conversation, calendar, now):
        return False
    written = conversation.messages.filter(
        direction=Message.Direction.OUT, actor_kind__in=SPOKEN, created_at__gt=now - JUST_NOW
    )
    if written.exists():
        return False
    try:
        check_window(conversation)
    except Refusal:
        return False
    return not conversation.inbox.over_limit_at


def _said_already(conversation: Conversation, calendar: Calendar, now: datetime) -> bool:
    """Whether it was said since the last time it was open."""
    said = conversation.out_of_hours_at
    if said is None:
        return False
    opens = next_opening(calendar, said)
    return opens is None or opens > now
