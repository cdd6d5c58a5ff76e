"""What one posted form of Twilio's says, from its ``raw`` alone. Pure and total."""

from __future__ import annotations

from typing import Any, Final

from apps.gateways.protocol import (
    Fact,
    Ignored,
    Inbound,
    Person,
    StatusChange,
    Unknown,
)
from apps.gateways.reading import identifier, opaque, phone, user_id
from apps.gateways.twilio.content import content, referral
from apps.gateways.twilio.errors import meaning_of
from apps.gateways.twilio.form import ARRIVING, Form, bare, field, form_of, message_sid, status_word

_STATUSES: Final = {"undelivered": "failed"}


def interpret(raw: dict[str, Any]) -> Fact:
    form = form_of(raw)
    external_id = message_sid(form)
    if external_id is None:
        return Unknown("a form without a message")
    word = status_word(form)
    if word in ARRIVING:
        return _inbound(external_id, form)
    code = field(form, "ErrorCode") or None
    detail = field(form, "ErrorMessage") or field(form, "ChannelStatusMessage")
    return StatusChange(
        external_id=external_id,
        status=_STATUSES.get(word, word),
        provider_at=None,
        opaque_id=opaque(raw.get("opaque")),
        code=code,
        detail=detail or None,
        meaning=meaning_of(code) if code else None,
    )


def _inbound(external_id: str, form: Form) -> Fact:
    sender = bare(field(form, "From"))
    who = Person(
        provider_user=identifier(bare(field(form, "ExternalUserId"))) or user_id(sender),
        phone=phone(sender) or phone(field(form, "WaId")),
        profile_name=field(form, "ProfileName"),
    )
    if not who.is_reachable:
        return Unknown("a message from nobody")
    if who.phone and who.phone == phone(bare(field(form, "To"))):
        return Ignored("own_number_echo")
    found, often = content(form), _is_true(form, "FrequentlyForwarded")
    extras = {"referral": referral(form), "frequently_forwarded": often}
    return Inbound(
        external_id=external_id,
        provider_at=None,
        person=who,
        type=found.type,
        body=found.body,
        payload={**found.payload, **{key: v for key, v in extras.items() if v}},
        reply_to_external=identifier(field(form, "OriginalRepliedMessageSid")),
        media=found.media,
        forwarded=often or _is_true(form, "Forwarded"),
    )


def _is_true(form: Form, name: str) -> bool:
    return field(form, name).lower() == "true"
