"""Consent where messages leave, and the provider's word on it (CUS-13, R-059, R-019).

A person who answers inside the service window is never stopped by it: only templates that advertise, reminders and
what automation says have a purpose, and only what has a purpose asks.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.conversations import words
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM, Actor, ActorKind
from apps.core.refusals import Refusal
from apps.customers import consent
from apps.customers.actions import set_consent
from apps.customers.models import ConsentEntry, Customer
from apps.gateways import protocol
from apps.gateways.models import Template

MARKETING, REMINDERS = consent.MARKETING, consent.REMINDERS
CAP = timedelta(hours=24)  # one advertisement in
TOO_MANY = ("131049", "63049")  # the provider's own cap for today, not the customer's will
EVERYTHING = ("21610",)  # Twilio's STOP
GONE = (Message.Status.FAILED, Message.Status.CANCELED)


def purpose_of(conversation: Conversation, type: str, payload: dict[str, Any], by_kind: str) -> str:
    """What a message is for: what its sender says in `payload["purpose"]`, else what its template and speaker tell.
    Empty for an answer, which needs no consent."""
    if (said := payload.get("purpose")) in (MARKETING, REMINDERS):
        return str(said)
    if type == "template":
        category = payload.get("category") or Template.objects.filter(
            inbox=conversation.inbox_id, name=payload.get("name", ""), category=Template.Category.MARKETING
        ).values_list("category", flat=True).first()  # fmt: skip
        if category == Template.Category.MARKETING:
            return str(MARKETING)
    return str(REMINDERS) if by_kind == ActorKind.AUTOMATION else ""


def stands_against(
    conversation: Conversation, *, type: str, payload: dict[str, Any], by_kind: str, message: Message | None = None
) -> str:
    """Why this may not be said to this customer now, as a meaning `words.failure` knows; empty when it may."""
    purpose = purpose_of(conversation, type, payload, by_kind)
    if not purpose:
        return ""
    customer = conversation.customer
    if not consent.may_send(customer, purpose):
        return "consent_missing"
    if purpose != MARKETING:
        return ""
    if _advertised_lately(customer, message):
        return "marketing_cap"
    return "quiet_hours" if consent.is_quiet(customer) else ""


def checked(conversation: Conversation, *, type: str, payload: dict[str, Any], by: Actor) -> dict[str, Any]:
    """The payload with what it is for, which the door asks again. Refuses at the action what would be refused there:
    `consent_missing`, or `conflict` for the hour and for too much of it."""
    if meaning := stands_against(conversation, type=type, payload=payload, by_kind=by.kind):
        raise Refusal("consent_missing" if meaning == "consent_missing" else "conflict", words.failure(meaning))
    purpose = purpose_of(conversation, type, payload, by.kind)
    return {**payload, "purpose": purpose} if purpose else payload


def provider_refused(message: Message, meaning: str) -> None:
    """The provider says that this customer wants nothing of the kind: a withdrawal like one of their own (R-019)."""
    known = meaning in set(protocol.Meaning)
    if known and protocol.ACTIONS[protocol.Meaning(meaning)].withdraws_consent:
        customer = message.conversation.customer
        if message.error_code in TOO_MANY:
            return
        both = (MARKETING, REMINDERS) if message.error_code in EVERYTHING else (MARKETING,)
        for purpose in both:
            said = consent.latest(customer, purpose)
            if said is None or said.granted:
                set_consent(
                    customer, purpose=purpose, granted=False, source=ConsentEntry.Source.PROVIDER, by=SYSTEM,
                    proof_id=message.pk, wording=message.error_code,
                )  # fmt: skip


def provider_preference(customer: Customer, wishes: dict[str, Any]) -> None:
    """What a customer chose in WhatsApp itself: stop or resume marketing messages."""
    value = str(wishes.get("value", "")).casefold()
    if value in ("stop", "resume"):
        granted, said = value == "resume", consent.latest(customer, MARKETING)
        if said is None or said.granted != granted:
            set_consent(
                customer, purpose=MARKETING, granted=granted, source=ConsentEntry.Source.PROVIDER, by=SYSTEM,
                wording=str(wishes.get("detail", ""))[:300],
            )  # fmt: skip


def _advertised_lately(customer: Customer, message: Message | None) -> bool:
    lately = Message.objects.filter(
        conversation__customer=customer, direction=Message.Direction.OUT, type="template",
        payload__purpose=str(MARKETING), created_at__gt=timezone.now() - CAP,
    ).exclude(status__in=GONE)  # fmt: skip
    if message is not None:
        lately = lately.filter(created_at__lt=message.created_at).exclude(pk=message.pk)
    return lately.exists()
