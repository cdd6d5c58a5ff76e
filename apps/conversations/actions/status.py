"""What a provider says of a message of ours: statuses only move forward, each keeps its time (requirements 15.4)."""

from django.db.models import Q
from django.utils import timezone

from apps.conversations.actions import consent, parts, threads
from apps.conversations.actions.receive import AlreadyStored, NotHereYet
from apps.conversations.events import MessageChanged
from apps.conversations.models import Message, MessageAttempt, StatusEvent
from apps.core.events import emit
from apps.gateways import protocol
from apps.gateways.models import Inbox

Status = Message.Status
RANK = {Status.QUEUED: 0, Status.SENDING: 1, Status.UNKNOWN: 1, Status.SENT: 2, Status.DELIVERED: 3, Status.READ: 4,
        Status.PLAYED: 5}  # fmt: skip
TIMES = {status: f"{status}_at" for status in ("sent", "delivered", "read", "played", "failed")}


def record_status(inbox: Inbox, fact: protocol.StatusChange) -> Message:
    """Note a status and move the message if that is forward.

    Raises NotHereYet when no message of this inbox has this id (it may arrive before the send call's answer), and
    AlreadyStored when this very status was noted before.
    """
    message = _message_of(inbox, fact)
    message.conversation = threads.lock(message.conversation)
    message.refresh_from_db(fields=["seq", "status", "external_id", "payload", *TIMES.values()])
    at = fact.provider_at or timezone.now()
    moved = _moves(message.status, fact.status) and not parts.is_half_sent(message)
    _event, is_new = StatusEvent.objects.get_or_create(
        message=message, status=fact.status[:20], provider_at=at,
        defaults={
            "received_at": timezone.now(), "moved": moved, "code": (fact.code or "")[:20], "pricing": fact.pricing,
        },
    )  # fmt: skip
    if not is_new:
        raise AlreadyStored
    time_field = TIMES.get(fact.status)
    if time_field and getattr(message, time_field) is None:
        setattr(message, time_field, at)
    if moved:
        _move(message, fact)
    message.seq = threads.take_seq(message.conversation)
    message.save(
        update_fields=[
            "status",
            "external_id",
            "payload",
            "error_code",
            "error_text",
            "error_meaning",
            "seq",
            "updated_at",
            *TIMES.values(),
        ]
    )
    threads.store(message.conversation)
    emit(MessageChanged(message_id=message.pk))
    return message


def _message_of(inbox: Inbox, fact: protocol.StatusChange) -> Message:
    ours = Message.objects.filter(inbox=inbox, direction=Message.Direction.OUT)
    by_id = Q(external_id=fact.external_id) | Q(parts__contains=[fact.external_id])
    if fact.opaque_id:
        by_id |= Q(opaque_id=fact.opaque_id)
    message = ours.filter(by_id).select_related("conversation").first()
    if message is None:
        attempt = MessageAttempt.objects.filter(external_id=fact.external_id, message__inbox=inbox).first()
        if attempt is None:
            raise NotHereYet
        message = attempt.message
        if message.external_id not in (None, fact.external_id):
            raise AlreadyStored  # news of an older attempt: the newer one speaks for the message now
    return message


def _moves(before: str, after: str) -> bool:
    """Whether a status moves a message. Failed wins over sent; a late delivered or read wins over failed (S-06)."""
    if after == Status.FAILED:
        return before in (Status.QUEUED, Status.SENDING, Status.UNKNOWN, Status.SENT)
    if after not in RANK:
        return False
    if before == Status.FAILED:
        return RANK[Status(after)] >= RANK[Status.DELIVERED]
    return before in RANK and RANK[Status(after)] > RANK[Status(before)]


def _move(message: Message, fact: protocol.StatusChange) -> None:
    message.status = fact.status
    message.external_id = message.external_id or fact.external_id
    if fact.status == Status.FAILED:
        parts.unsay(message, fact.external_id)
        message.error_code = (fact.code or "unknown")[:20]
        message.error_text = (fact.detail or "")[:300]
        message.error_meaning = str(fact.meaning or "")
        consent.provider_refused(message, message.error_meaning)
    else:
        message.error_code = message.error_text = message.error_meaning = ""
