"""A message that is written now and leaves later (R-044). When its time comes it is looked at once more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.conversations.actions import threads
from apps.conversations.events import MessageChanged
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.gateways import protocol
from apps.gateways.models import Template
from apps.gateways.queries import template_message

LONGEST = timedelta(days=90)
Status = Message.Status


@dataclass(frozen=True, slots=True)
class Later:
    """When it leaves; whether the customer's writing first takes it back; the template to say if the window is shut."""

    at: datetime
    unless_answered: bool = False
    fallback: Template | None = None
    values: Mapping[str, str] | None = None


def planned(conversation: Conversation, later: Later) -> dict[str, Any]:
    """What the message's payload keeps of it. Refuses `invalid` a moment that is past or too far away."""
    now = timezone.now()
    if not now < later.at <= now + LONGEST:
        raise Refusal("invalid", _("Choose a moment within the next 90 days."))
    kept: dict[str, Any] = {"unless_answered": later.unless_answered}
    if later.fallback is not None:
        if later.fallback.inbox_id != conversation.inbox_id:
            raise Refusal("invalid", _("This template belongs to another number."))
        body, payload = template_message(later.fallback, later.values or {})
        kept["fallback"] = {"body": body, "payload": payload}
    return {"later": kept}


def not_yet(now: datetime) -> Q:
    """Messages whose time has not come: nobody waits for them, and they wait for nobody."""
    return Q(send_at__gt=now)


def answered_first(conversation: Conversation) -> QuerySet[Message]:
    """What was to be taken back if the customer writes first."""
    planned_ones: QuerySet[Message] = conversation.messages.filter(
        status=Status.QUEUED, send_at__isnull=False, payload__later__unless_answered=True
    )
    return planned_ones.filter(created_at__lt=conversation.last_customer_at or timezone.now())


@transaction.atomic
def take_back_answered(message: Message) -> Message:
    """The customer wrote first: what waited for that is not sent any more."""
    message = threads.lock_message(message)
    return _take_back(message) if message.status == Status.QUEUED else message


@transaction.atomic
def begin(message: Message) -> Message:
    """The time of a claimed message has come. Canceled if the customer wrote first; a template if the window is shut
    and one was chosen. From now on it stands in the thread where it was said."""
    message = threads.lock_message(message)
    conversation, later, now = message.conversation, message.payload.get("later", {}), timezone.now()
    written = conversation.last_customer_at is not None and conversation.last_customer_at > message.created_at
    if later.get("unless_answered") and written:
        return _take_back(message)
    windowed = protocol.gateway(conversation.inbox.gateway).window is not None
    shut = windowed and (conversation.window_until is None or conversation.window_until <= now)
    if shut and message.type != "template" and (instead := later.get("fallback")):
        message.type, message.body = "template", instead["body"]
        message.payload = {**instead["payload"], "later": later}
    message.provider_at = now
    conversation.last_message, conversation.last_message_at = message, now
    if message.actor_kind != "automation":
        conversation.waiting_since = None
    return _write(message, "type", "body", "payload", "provider_at")


def _take_back(message: Message) -> Message:
    message.status, message.claimed_at = Status.CANCELED, None
    audit.record(SYSTEM, "canceled", message)
    return _write(message, "status", "claimed_at")


def _write(message: Message, *fields: str) -> Message:
    message.seq = threads.take_seq(message.conversation)
    message.save(update_fields=[*fields, "seq", "updated_at"])
    threads.store(message.conversation, "last_message", "last_message_at", "waiting_since")
    emit(MessageChanged(message_id=message.pk))
    return message
