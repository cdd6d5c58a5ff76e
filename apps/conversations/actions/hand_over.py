"""Handing a queued message to its provider: claim the row, speak, settle what came of it.

The claim and the settling are transactions of their own; nothing is locked while the provider thinks. One
conversation sends in order: a message is claimable only when none before it waits or is under way.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from apps.conversations.actions import consent, pacing, parts, threads
from apps.conversations.actions.schedule import begin, not_yet
from apps.conversations.events import MessageChanged
from apps.conversations.models import Conversation, Message, MessageAttempt
from apps.core.crypto import Unreadable
from apps.core.events import emit
from apps.core.tasks import Temporary as TryLater
from apps.customers.models import Identity
from apps.gateways import protocol
from apps.gateways.actions import line_of, mark_template
from apps.gateways.actions.health import BROKEN
from apps.gateways.events import HealthChanged
from apps.gateways.models import DeliveryElement, Inbox

Status = Message.Status
Result = MessageAttempt.Result
PAUSE_WHILE_STOPPED = timedelta(minutes=1)
GIVE_UP_STOPPED = timedelta(hours=24)


def claim(message_id: UUID) -> Message | None:
    """Take a queued message, if it is due, its inbox is switched on and nothing before it in its conversation waits.

    Raises TryLater, with the pause in seconds as its only argument, when the number or the customer has had enough.
    """
    now = timezone.now()
    waiting_before = Message.objects.filter(
        ~not_yet(now) | Q(send_at=None), conversation=OuterRef("conversation"),
        arrived_seq__lt=OuterRef("arrived_seq"), direction="out", status__in=(Status.QUEUED, Status.SENDING),
    )  # fmt: skip
    due = (Q(next_at=None) | Q(next_at__lte=now)) & (Q(send_at=None) | ~not_yet(now))
    queued = Message.objects.filter(pk=message_id, status=Status.QUEUED, inbox__is_active=True)
    mine = queued.filter(due, ~Exists(waiting_before), ~Q(inbox__health__in=BROKEN))  # a check wakes them again
    if not mine.update(status=Status.SENDING, claimed_at=now, attempts=F("attempts") + 1):
        return None
    message: Message = Message.objects.select_related("conversation__customer", "inbox", "reply_to").get(pk=message_id)
    if wait := pacing.wait_before(message):
        Message.objects.filter(pk=message_id, status=Status.SENDING).update(
            status=Status.QUEUED, claimed_at=None, attempts=F("attempts") - 1, next_at=now + wait
        )
        raise TryLater(wait.total_seconds())
    return message


def next_queued(message: Message) -> UUID | None:
    """The message that waits behind this one in its conversation, if any."""
    waiting = Message.objects.filter(conversation_id=message.conversation_id, direction="out", status=Status.QUEUED)
    waiting = waiting.filter(Q(send_at=None) | ~not_yet(timezone.now()))
    following: UUID | None = waiting.order_by("arrived_seq").values_list("pk", flat=True).first()
    return following


def hand_over_to_provider(message: Message) -> Message:
    """Send a claimed message and settle it: sent, queued again, failed, or unknown when no answer came.

    Raises TryLater when it is queued again, with the pause in seconds as its only argument.
    """
    if message.send_at is not None:
        message = _begun(message)
        if message.status == Status.CANCELED:
            return message
    refusal = _refused_before_sending(message)
    if refusal:
        return _settle_failed(message, refusal, meaning=refusal)
    attempt = MessageAttempt.objects.create(message=message, number=message.attempts, started_at=timezone.now())
    try:
        sent = _speak(protocol.gateway(message.inbox.gateway), line_for(message.inbox), message)
    except protocol.SendTrouble as trouble:
        return _settle_trouble(message, attempt, trouble)
    return _settle_sent(message, attempt, sent.external_ids)


def _begun(message: Message) -> Message:
    """A message whose time has come, as it is to be said now, with what sending it needs."""
    begin(message)
    fresh: Message = Message.objects.select_related("conversation__customer", "inbox", "reply_to").get(pk=message.pk)
    return fresh


def give_up_waiting(message_id: UUID) -> None:
    """A worker took this message and never came back: its fate is unknown, and a status or a person will tell."""
    if Message.objects.filter(pk=message_id, status=Status.SENDING).update(status=Status.UNKNOWN):
        with transaction.atomic():
            _write(threads.lock_message(Message.objects.select_related("conversation").get(pk=message_id)))


def _refused_before_sending(message: Message) -> str:
    """Why this must not be sent, as a meaning `words.failure` knows; empty when it may."""
    conversation, now = message.conversation, timezone.now()
    if conversation.customer.blocked_at:
        return "blocked"
    if message.inbox.over_limit_at:
        return "beyond_plan"
    windowed = protocol.gateway(message.inbox.gateway).window is not None and message.type != "template"
    if windowed and (conversation.window_until is None or conversation.window_until <= now):
        return str(protocol.Meaning.WINDOW_CLOSED)
    return consent.stands_against(
        conversation, type=message.type, payload=message.payload, by_kind=message.actor_kind, message=message
    )


def line_for(inbox: Inbox) -> protocol.Line:
    """What the client needs; credentials that cannot be read count as a broken token, since nothing was sent."""
    try:
        return line_of(inbox)
    except Unreadable as error:
        raise protocol.trouble(protocol.Meaning.TOKEN, "unreadable", str(error)) from error


def _speak(gateway: protocol.Gateway, line: protocol.Line, message: Message) -> protocol.Sent:
    if steps := parts.steps_of(message):
        return parts.say_all(message, steps, partial(_say, gateway, line, message))
    return _say(gateway, line, message)


def _say(
    gateway: protocol.Gateway, line: protocol.Line, message: Message, step: parts.Step | None = None, *,
    first: bool = True,
) -> protocol.Sent:  # fmt: skip
    """One request to the provider: the message, or one step of it."""
    recipient = recipient_of(message.conversation)
    said = step or parts.Step(message.type, message.body)
    outbound = protocol.Outbound(
        opaque_id=message.opaque_id, to=recipient, type=cast("protocol.OutboundType", said.type),
        body=said.body, payload={} if step else message.payload, file=said.file,
        reply_to_external=message.reply_to.external_id if message.reply_to and first else None,
    )  # fmt: skip
    try:
        return gateway.send(line, outbound)
    except protocol.Refused as refused:
        by_user_id_only = refused.meaning == protocol.Meaning.USER_ID_REFUSED and recipient.phone
        if not by_user_id_only:
            raise
        to_phone = protocol.Recipient(provider_user=None, phone=recipient.phone)
        return gateway.send(line, replace(outbound, to=to_phone))


def recipient_of(conversation: Conversation) -> protocol.Recipient:
    """How a provider is told whom we mean: the user id it knows in this account, and the number."""
    customer, inbox = conversation.customer, conversation.inbox
    user = (
        Identity.objects.filter(
            customer=customer, kind=Identity.Kind.PROVIDER_USER, gateway=inbox.gateway, portfolio=inbox.account_ref,
            retired_at=None,
        ).order_by("-last_seen").values_list("value", flat=True).first()
    )  # fmt: skip
    return protocol.Recipient(provider_user=user, phone=customer.phone)


@transaction.atomic
def _settle_sent(message: Message, attempt: MessageAttempt, external_ids: tuple[str, ...]) -> Message:
    message = threads.lock_message(message)
    first, *_more = external_ids
    _end(attempt, Result.ACCEPTED, external_id=first)
    message.external_id = message.external_id or first
    if not message.payload.get("steps"):
        message.parts = list(external_ids) if len(external_ids) > 1 else []
    if message.status in (Status.SENDING, Status.UNKNOWN):  # a status may have been quicker than this answer
        message.status = Status.SENT
    message.sent_at = message.sent_at or timezone.now()
    DeliveryElement.objects.filter(outcome="held", external_id__in=external_ids).update(next_at=timezone.now())
    broken = (Inbox.Health.RECONNECT_NEEDED, Inbox.Health.STOPPED)  # it speaks again
    Inbox.objects.filter(pk=message.inbox_id, health__in=broken).update(health=Inbox.Health.CONNECTED, health_detail={})
    return _write(message, "external_id", "parts", "sent_at")


def _settle_trouble(message: Message, attempt: MessageAttempt, trouble: protocol.SendTrouble) -> Message:
    action = protocol.ACTIONS[trouble.meaning]
    if trouble.sent_so_far:  # part of it is on the customer's phone: trying again would say it twice
        return _settle_unknown(message, attempt, trouble)
    if isinstance(trouble, protocol.OutcomeUnknown):
        return _settle_unknown(message, attempt, trouble)
    if action.inbox_health:
        worse = Inbox.objects.filter(pk=message.inbox_id).exclude(health=action.inbox_health)
        told = {"code": trouble.code, "detail": trouble.detail[:300]}
        if worse.update(health=action.inbox_health, health_detail=told):
            emit(HealthChanged(inbox_id=message.inbox_id))
    if action.marks_template and message.type == "template":
        name, language = (str(message.payload.get(key, "")) for key in ("name", "language"))
        mark_template(message.inbox, name=name, language=language, code=trouble.code)
    held = action.outcome == "hold" and timezone.now() - message.created_at < GIVE_UP_STOPPED
    if held or (isinstance(trouble, protocol.Temporary) and message.attempts < action.tries):
        pause = PAUSE_WHILE_STOPPED.total_seconds() if held else _pause(message.attempts, action, trouble)
        _settle_again(message, attempt, trouble, timezone.now() + timedelta(seconds=pause))
        raise TryLater(pause)
    _end(attempt, Result.REFUSED, trouble=trouble)
    code = trouble.code or str(trouble.meaning)
    return _settle_failed(message, code, detail=trouble.detail, meaning=str(trouble.meaning))


def _pause(attempts: int, action: protocol.Action, trouble: protocol.SendTrouble) -> float:
    """Seconds until the next try: what the provider asked, else doubling, with jitter."""
    asked = getattr(trouble, "retry_after", None)
    if asked is not None:
        return float(asked)
    return float(min(action.first_delay * 2 ** (attempts - 1), 300) * random.uniform(0.8, 1.2))  # noqa: S311


@transaction.atomic
def _settle_again(message: Message, attempt: MessageAttempt, trouble: protocol.SendTrouble, at: datetime) -> Message:
    _end(attempt, Result.TEMPORARY, trouble=trouble)
    message = threads.lock_message(message)
    message.status, message.next_at, message.claimed_at = Status.QUEUED, at, None
    return _write(message, "next_at", "claimed_at")


@transaction.atomic
def _settle_unknown(message: Message, attempt: MessageAttempt, trouble: protocol.SendTrouble) -> Message:
    _end(attempt, Result.TIMEOUT, trouble=trouble)
    message = threads.lock_message(message)
    if message.status == Status.SENDING:
        message.status = Status.UNKNOWN
    message.parts = [*(message.parts if message.payload.get("steps") else []), *trouble.sent_so_far]
    return _write(message, "parts")


@transaction.atomic
def _settle_failed(message: Message, code: str, *, meaning: str, detail: str = "") -> Message:
    message = threads.lock_message(message)
    message.status, message.failed_at = Status.FAILED, timezone.now()
    message.error_code, message.error_text, message.error_meaning = code[:20], detail[:300], meaning
    consent.provider_refused(message, meaning)
    return _write(message, "failed_at", "error_code", "error_text", "error_meaning")


def _write(message: Message, *fields: str) -> Message:
    message.seq = threads.take_seq(message.conversation)
    message.save(update_fields=["status", "seq", "updated_at", *fields])
    threads.store(message.conversation)
    emit(MessageChanged(message_id=message.pk))
    return message


def _end(
    attempt: MessageAttempt, result: str, *, external_id: str | None = None, trouble: protocol.SendTrouble | None = None
) -> None:
    attempt.ended_at, attempt.result, attempt.external_id = timezone.now(), result, external_id
    if trouble:
        attempt.code, attempt.detail = trouble.code[:20], trouble.detail[:300]
    attempt.save()
