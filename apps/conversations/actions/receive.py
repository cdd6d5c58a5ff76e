"""What comes in: a customer's message, a reaction, an edit, a change of number, an echo of the phone app.

Each verb takes one fact of a gateway and returns the row that now holds it, inside the caller's transaction.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils import timezone

from apps.audit import actions as audit
from apps.audit.models import AnalyticsFact
from apps.conversations.actions import consent, hearing, ratings, threads, usage
from apps.conversations.actions.files import expect_files
from apps.conversations.events import AnswerExpected, MessageChanged, MessageReceived
from apps.conversations.language import language_of
from apps.conversations.models import Conversation, Message, Reaction
from apps.core.actors import Actor, ActorKind
from apps.core.events import emit
from apps.customers.actions import Names, customer_for, relink
from apps.customers.models import Customer
from apps.gateways import protocol
from apps.gateways.models import Inbox

HISTORY = 20  # older texts kept of one message
ONCE = "a_provider_message_is_stored_once_per_inbox"


class AlreadyStored(Exception):
    """The very thing is here already; the provider repeated itself."""


class NotHereYet(Exception):
    """The message this is about has not arrived; it is held until it does."""


def receive_message(inbox: Inbox, fact: protocol.Inbound) -> Message:
    """Store what a customer wrote: customer, conversation, row, window, waiting, in one go.

    Raises AlreadyStored when this provider id is in the inbox; the caller's savepoint then takes back the rest.
    Announces MessageReceived, and AnswerExpected where the assistant has the word.
    """
    if Message.objects.filter(inbox=inbox, external_id=fact.external_id).exists():
        raise AlreadyStored
    at = fact.provider_at or timezone.now()
    customer = customer_for(names(inbox, fact.person), at=at)
    rated = ratings.rated_by(inbox, customer, fact, at=at)
    conversation = rated or threads.conversation_for(inbox, customer, at=at)
    message = _store(conversation, inbox, fact, at, direction=Message.Direction.IN, by=_customer(customer))
    window = usage.window_of(message, inbox, customer)
    if rated is None:
        _note_contact(conversation, inbox, customer, message, over_limit=window is not None and window.over_limit)
    else:
        _note_rating(conversation, inbox, message)
    audit.record_fact(
        AnalyticsFact.Kind.MESSAGE_RECEIVED, cause=f"message:{message.pk}", at=at, customer_id=customer.pk,
        conversation_id=conversation.pk, inbox_id=inbox.pk, language=customer.language, country=customer.country,
    )  # fmt: skip
    hearing.hear(message, customer)
    emit(MessageReceived(message_id=message.pk))
    if conversation.holder == Conversation.Holder.ASSISTANT:
        emit(AnswerExpected(message_id=message.pk))
    return message


def receive_echo(inbox: Inbox, fact: protocol.Echo) -> Message:
    """Store what the owner typed on the phone: a human answer, which holds the word for a while (GW-28)."""
    if Message.objects.filter(inbox=inbox, external_id=fact.external_id).exists():
        raise AlreadyStored
    at = fact.provider_at or timezone.now()
    conversation = threads.conversation_for(inbox, customer_for(names(inbox, fact.to), at=at), at=at)
    by = Actor(ActorKind.PHONE_APP, None, inbox.display_number)
    message = _store(conversation, inbox, fact, at, direction=Message.Direction.OUT, by=by)
    if conversation.holder != Conversation.Holder.PERSON:
        if conversation.mode != Conversation.Mode.HUMAN:
            conversation.mode_before = conversation.mode
        threads.change_speaker(conversation, mode=Conversation.Mode.HUMAN, holder=Conversation.Holder.PHONE_APP)
        conversation.lease_until = at + timedelta(minutes=inbox.phone_lease_minutes)
    conversation.waiting_since, conversation.needs_human, conversation.needs_reason = None, False, ""
    _put_last(conversation, message)
    threads.store(
        conversation, "mode", "mode_before", "holder", "epoch", "lease_until", "waiting_since", "needs_human",
        "needs_reason", "last_message", "last_message_at",
    )  # fmt: skip
    emit(MessageChanged(message_id=message.pk))
    threads.announce(conversation)
    return message


def react(inbox: Inbox, fact: protocol.ReactionChange) -> Message:
    """Put a reaction on its message, change it, or take it off; older news than what is there is only history."""
    message = _locked_target(inbox, fact.target_external)
    if message.reactions.filter(external_id=fact.external_id).exists():
        raise AlreadyStored
    by = Reaction.By.US if fact.by_business else Reaction.By.CUSTOMER
    at = fact.provider_at or timezone.now()
    later = message.reactions.filter(by=by, at__gt=at).order_by("at").first()
    message.reactions.filter(by=by, removed_at=None, at__lte=at).update(removed_at=at)
    message.reactions.create(
        by=by, emoji=(fact.emoji or "")[:16], at=at, external_id=fact.external_id,
        removed_at=at if not fact.emoji else later.at if later else None,
    )  # fmt: skip
    return _changed(message)


def edit(inbox: Inbox, fact: protocol.Edited) -> Message:
    """Apply a customer's edit as a new fact; the older text is kept."""
    message = _locked_target(inbox, fact.target_external)
    at = fact.provider_at or timezone.now()
    if message.edited_at and message.edited_at >= at:
        raise AlreadyStored
    message.history = [*message.history, {"body": message.body, "until": at.isoformat()}][-HISTORY:]
    message.body, message.edited_at = fact.body[:10_000], at
    return _changed(message, "body", "edited_at", "history")


def revoke(inbox: Inbox, fact: protocol.Revoked) -> Message:
    """The customer deleted a message for everyone: its text leaves the screen and stays in its history."""
    message = _locked_target(inbox, fact.target_external)
    if message.revoked_at:
        raise AlreadyStored
    at = fact.provider_at or timezone.now()
    message.history = [*message.history, {"body": message.body, "until": at.isoformat()}][-HISTORY:]
    message.body, message.revoked_at = "", at
    return _changed(message, "body", "revoked_at", "history")


def change_identity(inbox: Inbox, fact: protocol.IdentityChanged) -> Customer:
    """A new number or user id of the same person: relink, and say so in the open conversation."""
    at = fact.provider_at or timezone.now()
    customer = relink(names(inbox, fact.old), names(inbox, fact.new), at=at)
    conversation = Conversation.objects.filter(inbox=inbox, customer=customer).exclude(status="resolved").first()
    if conversation is not None:
        conversation = threads.lock(conversation)
        threads.add_line(conversation, f"{fact.what}_changed", by=_customer(customer))
        threads.store(conversation)
        threads.announce(conversation)
    return customer


def note_preference(inbox: Inbox, fact: protocol.Notice) -> Customer:
    """What a customer chose in WhatsApp itself about messages that advertise."""
    at = fact.provider_at or timezone.now()
    customer = customer_for(names(inbox, fact.person), at=at)  # type: ignore[arg-type]
    consent.provider_preference(customer, fact.detail)
    return customer


def names(inbox: Inbox, person: protocol.Person) -> Names:
    """A gateway's person in the words of the customers' app."""
    return Names(
        gateway=inbox.gateway,
        portfolio=inbox.account_ref,
        provider_user=person.provider_user or "",
        provider_parent=person.provider_parent or "",
        phone=person.phone or "",
        username=person.username or "",
        profile_name=person.profile_name,
    )


def _customer(customer: Customer) -> Actor:
    return Actor(ActorKind.CUSTOMER, customer.pk, customer.display_name)


def _store(
    conversation: Conversation, inbox: Inbox, fact: protocol.Inbound | protocol.Echo, at: datetime, *,
    direction: str, by: Actor,
) -> Message:  # fmt: skip
    seq = threads.take_seq(conversation)
    payload = dict(fact.payload)
    if fact.media:
        payload["media"] = {
            "reference": fact.media.reference, "mime": fact.media.mime, "sha256": fact.media.sha256,
            "name": fact.media.name,
        }  # fmt: skip
    outgoing = direction == Message.Direction.OUT
    try:
        message = Message.objects.create(
            conversation=conversation, inbox=inbox, seq=seq, arrived_seq=seq, direction=direction, type=fact.type,
            body=fact.body[:10_000], payload=payload, external_id=fact.external_id, provider_at=at,
            status=Message.Status.SENT if outgoing else Message.Status.RECEIVED, sent_at=at if outgoing else None,
            reply_to=_target(inbox, fact.reply_to_external), **by.as_fields(),
        )  # fmt: skip
    except IntegrityError as clash:  # a parallel delivery of the same message was first, while we waited for the row
        if ONCE in str(clash):
            raise AlreadyStored from None
        raise
    expect_files(message, fact, by=by)
    return message


def _note_contact(
    conversation: Conversation, inbox: Inbox, customer: Customer, message: Message, *, over_limit: bool
) -> None:
    """What a customer's message does to its conversation: window, waiting, language, whether a person is needed."""
    at = message.provider_at
    _move_window(conversation, inbox, at)
    if not customer.blocked_at:  # nobody is told of them (CUS-07)
        conversation.waiting_since = conversation.waiting_since or at
    if conversation.status == Conversation.Status.SNOOZED:
        conversation.status, conversation.snoozed_until = Conversation.Status.OPEN, None
        threads.add_line(conversation, "woke_by_customer", by=_customer(customer))
    conversation.language = language_of(message.body) or conversation.language
    if not customer.language and conversation.language:
        Customer.objects.filter(pk=customer.pk).update(language=conversation.language)
    late = timezone.now() - at > timedelta(minutes=inbox.stale_minutes)
    reason = "" if customer.blocked_at else "over_limit" if over_limit else "late" if late else ""
    if reason and conversation.mode != Conversation.Mode.HUMAN and not conversation.needs_human:
        conversation.needs_human, conversation.needs_reason, conversation.needs_since = True, reason, timezone.now()
    _put_last(conversation, message)
    threads.store(
        conversation, "last_customer_at", "window_until", "waiting_since", "status", "snoozed_until", "language",
        "needs_human", "needs_reason", "needs_since", "last_message", "last_message_at",
    )  # fmt: skip
    # at most once a minute: this row is shared by every customer of the number
    if inbox.last_inbound_at is None or at - inbox.last_inbound_at > timedelta(minutes=1):
        Inbox.objects.filter(pk=inbox.pk).update(last_inbound_at=at)


def _note_rating(conversation: Conversation, inbox: Inbox, message: Message) -> None:
    """An answer to how it was opens nothing again and nobody waits for it; only the window moves."""
    _move_window(conversation, inbox, message.provider_at)
    _put_last(conversation, message)
    threads.store(
        conversation, "last_customer_at", "window_until", "last_message", "last_message_at", *ratings.RATED_FIELDS
    )
    if not conversation.csat_comment:
        ratings.thank(conversation)
    threads.announce(conversation)


def _move_window(conversation: Conversation, inbox: Inbox, at: datetime) -> None:
    if conversation.last_customer_at is None or conversation.last_customer_at < at:
        conversation.last_customer_at = at
        window = protocol.gateway(inbox.gateway).window
        conversation.window_until = at + window if window else None


def _put_last(conversation: Conversation, message: Message) -> None:
    if conversation.last_message_at is None or conversation.last_message_at <= message.provider_at:
        conversation.last_message, conversation.last_message_at = message, message.provider_at


def _target(inbox: Inbox, external_id: str | None) -> Message | None:
    return Message.objects.filter(inbox=inbox, external_id=external_id).first() if external_id else None


def _locked_target(inbox: Inbox, external_id: str) -> Message:
    found = _target(inbox, external_id)
    if found is None:
        raise NotHereYet
    found.conversation = threads.lock(found.conversation)
    found.refresh_from_db(fields=["seq", "body", "history", "edited_at", "revoked_at"])
    return found


def _changed(message: Message, *fields: str) -> Message:
    message.seq = threads.take_seq(message.conversation)
    message.save(update_fields=["seq", "updated_at", *fields])
    threads.store(message.conversation)
    emit(MessageChanged(message_id=message.pk))
    return message
