"""What we say: queueing a reply, trying again, giving up. The row is the outbox; `deliver` hands it over."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.conversations import variables
from apps.conversations.actions import consent, parts, speaker, threads
from apps.conversations.actions.responses import note_response
from apps.conversations.actions.schedule import Later, planned
from apps.conversations.events import MessageChanged, MessageQueued
from apps.conversations.models import Conversation, Message
from apps.core.actors import Actor, ActorKind
from apps.core.events import emit
from apps.core.models import new_id
from apps.core.refusals import Refusal
from apps.gateways import protocol
from apps.gateways.models import Template
from apps.gateways.queries import cheapest_first, template_message, usable_templates

LONGEST = 10_000  # characters a person may write; gateways split at their own limits (S-07)
PEOPLE = (ActorKind.EMPLOYEE, ActorKind.API_TOKEN)


@transaction.atomic
def send_message(
    conversation: Conversation,
    *,
    body: str = "",
    by: Actor,
    employee: Employee | None = None,
    id: UUID | None = None,
    type: str = "text",
    payload: dict[str, Any] | None = None,
    reply_to: Message | None = None,
    epoch: int | None = None,
    template: Template | None = None,
    values: Mapping[str, str] | None = None,
    attachments: Sequence[UUID] = (),
    later: Later | None = None,
) -> Message:
    """Queue a reply. Saying it twice with one id says it once. A `template` is said with all its `values`; what is
    said `later` changes nothing until then. `attachments` are fresh uploads of `by`: at most 10, sent in their order,
    the text with the first.

    A person (`employee`) who writes while the assistant speaks takes over first. The assistant passes the `epoch` its
    answer was made under, and is refused (`conflict`) when somebody else has taken the word since.
    Refuses `invalid` text, a `window_closed`, a number beyond the plan (`plan_limit`), and an id that belongs to
    another message (`duplicate`).
    """
    if template is not None:
        if template.inbox_id != conversation.inbox_id:
            raise Refusal("invalid", _("This template belongs to another number."))
        type, (body, payload) = "template", template_message(template, values or {})
    body = clean(body)
    conversation = threads.lock(conversation)  # first: the same message said five times at once is found by four
    said: Message | None = Message.objects.filter(pk=id).first() if id else None
    if said:
        if said.conversation_id != conversation.pk or said.body != body:
            raise Refusal("duplicate", _("This id belongs to another message."))
        return said
    id = id or new_id()
    if attachments and type == "text":
        type = str(parts.attach(id, attachments, by=by)[0].kind)
    _check_text(body, type)
    _check_plan(conversation)
    _check_calm(conversation, by)
    if later is not None:
        payload = {**(payload or {}), **planned(conversation, later)}
    elif type != "template":
        check_window(conversation)
    if epoch is not None and (conversation.epoch != epoch or conversation.holder != Conversation.Holder.ASSISTANT):
        raise Refusal("conflict", _("Somebody else has taken the word."))
    payload = consent.checked(conversation, type=type, payload=payload or {}, by=by)
    seized = employee is not None and later is None and conversation.mode != Conversation.Mode.HUMAN
    if employee is not None and seized:
        speaker.seize(conversation, employee=employee, by=by)
    message = _create(conversation, id, body, by, type, payload, reply_to, later)
    if later is None:
        if employee is not None:
            note_response(conversation, employee, now=message.provider_at, seized=seized)
        _note_reply(conversation, message, by)
    threads.store(conversation)
    audit.record(by, "sent" if later is None else "scheduled", message)
    emit(MessageQueued(message_id=message.pk) if later is None else MessageChanged(message_id=message.pk))
    return message


@transaction.atomic
def retry_message(message: Message, *, by: Actor) -> Message:
    """Send again, as a new attempt on the same row, something that failed or whose fate is unknown."""
    message = threads.lock_message(message)
    _require(message, Message.Status.FAILED, Message.Status.UNKNOWN)
    if message.hidden_at:
        raise Refusal("illegal_transition", _("A hidden message is not sent again."))
    if message.type != "template":
        check_window(message.conversation)
    message.status, message.next_at, message.claimed_at = Message.Status.QUEUED, None, None
    message.error_code = message.error_text = message.error_meaning = ""
    message.external_id = None
    message.opaque_id = new_id()  # a late status of the old attempt must not be taken for this one's
    return _moved(message, by, "retried", "external_id", "opaque_id", queued=True)


@transaction.atomic
def cancel_message(message: Message, *, by: Actor) -> Message:
    """Take back what no worker has claimed yet."""
    message = threads.lock_message(message)
    _require(message, Message.Status.QUEUED)
    message.status = Message.Status.CANCELED
    return _moved(message, by, "canceled")


@transaction.atomic
def mark_not_sent(message: Message, *, by: Actor) -> Message:
    """A person has looked: a message of unknown fate did not arrive."""
    message = threads.lock_message(message)
    _require(message, Message.Status.UNKNOWN)
    message.status, message.failed_at = Message.Status.FAILED, timezone.now()
    message.error_code = message.error_meaning = "not_sent"
    return _moved(message, by, "marked_not_sent", "failed_at")


def check_window(conversation: Conversation) -> None:
    """Refuse free text when the provider's service window is not open (requirements GW-23)."""
    if protocol.gateway(conversation.inbox.gateway).window is None:
        return
    if conversation.window_until is None or conversation.window_until <= timezone.now():
        offered = [
            {"id": str(each.pk), "name": each.name, "language": each.language, "category": each.category}
            for each in cheapest_first(usable_templates(conversation.inbox))
        ]
        sentence = _("The customer wrote more than 24 hours ago. Only a template can be sent now.")
        raise Refusal("window_closed", sentence, templates=offered)


def _check_plan(conversation: Conversation) -> None:
    """Refuse to speak for a number that the plan has no room for any more (requirements BIL-10)."""
    if conversation.inbox.over_limit_at:
        raise Refusal("plan_limit", _("This number is beyond your plan: it receives, but does not send."))


def clean(body: str) -> str:
    """Text as it is stored: without NUL, which PostgreSQL cannot hold, and without blank ends."""
    return body.replace("\x00", "").strip()


def _check_text(body: str, type: str) -> None:
    if type == "text" and not body:
        raise Refusal("invalid", _("Write something first."))
    if len(body) > LONGEST:
        raise Refusal("invalid", _("A message has at most 10,000 characters."))
    if missing := variables.marks(body):
        raise Refusal("invalid", _("Fill in first what is marked: %(names)s.") % {"names": ", ".join(missing)})


def _check_calm(conversation: Conversation, by: Actor) -> None:
    """Nothing speaks by itself where a flood has paused it (CONV-21)."""
    if conversation.flooded_at and by.kind in (ActorKind.ASSISTANT, ActorKind.AUTOMATION):
        raise Refusal("conflict", _("Automatic answers are paused here: too many messages at once."))


def _create(
    conversation: Conversation, id: UUID | None, body: str, by: Actor, type: str, payload: dict[str, Any],
    reply_to: Message | None, later: Later | None,
) -> Message:  # fmt: skip
    seq, at = threads.take_seq(conversation), later.at if later else None
    try:
        with transaction.atomic():
            return Message.objects.create(
                id=id or new_id(), conversation=conversation, inbox_id=conversation.inbox_id, seq=seq, arrived_seq=seq,
                direction=Message.Direction.OUT, type=type, body=body, payload=payload, reply_to=reply_to,
                provider_at=at or timezone.now(), send_at=at, next_at=at, status=Message.Status.QUEUED,
                **by.as_fields(),
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("duplicate", _("This id belongs to another message.")) from None


def _note_reply(conversation: Conversation, message: Message, by: Actor) -> None:
    """What an answer does to its conversation. What is said by itself ends no waiting."""
    conversation.last_message, conversation.last_message_at = message, message.provider_at
    if by.kind != ActorKind.AUTOMATION:
        conversation.waiting_since = None
    if by.kind in PEOPLE:
        conversation.needs_human, conversation.needs_reason, conversation.needs_since = False, "", None
    threads.store(conversation, "last_message", "last_message_at", "waiting_since", *speaker.SPEAKER_FIELDS)


def _require(message: Message, *allowed: str) -> None:
    if message.status not in allowed:
        raise Refusal(
            "illegal_transition", _("This cannot be done to a message that is %(status)s.") % {"status": message.status}
        )


def _moved(message: Message, by: Actor, verb: str, *fields: str, queued: bool = False) -> Message:
    message.seq = threads.take_seq(message.conversation)
    changed = ["status", "next_at", "claimed_at", "error_code", "error_text", "error_meaning", "seq", "updated_at"]
    message.save(update_fields=[*changed, *fields])
    threads.store(message.conversation)
    audit.record(by, verb, message)
    emit(MessageQueued(message_id=message.pk) if queued else MessageChanged(message_id=message.pk))
    return message
