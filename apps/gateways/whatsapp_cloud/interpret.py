"""What one element of Meta's says, from its ``raw`` alone. Pure and total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from apps.gateways.protocol import (
    ChannelTrouble,
    Echo,
    Edited,
    Fact,
    Ignored,
    Inbound,
    Kind,
    Notice,
    ReactionChange,
    Revoked,
    StatusChange,
    Unknown,
)
from apps.gateways.reading import identifier, moment, opaque, table, text
from apps.gateways.whatsapp_cloud.content import content
from apps.gateways.whatsapp_cloud.errors import first_error, meaning_of
from apps.gateways.whatsapp_cloud.parse import CARRIERS, WHOLE
from apps.gateways.whatsapp_cloud.people import (
    own_number,
    person,
    preference,
    system,
    user_id_update,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.gateways.protocol import Person
    from apps.gateways.whatsapp_cloud.content import Block


def interpret(raw: dict[str, Any]) -> Fact:
    field, source, item = text(raw.get("field")), text(raw.get("list")), raw.get("item")
    if field.startswith("group_"):
        return Ignored("group")
    if field == "history":
        return Ignored("history_import")
    if not isinstance(item, dict):
        return Unknown("not an object where one belongs")
    if field in CARRIERS and source in _READERS:
        return _READERS[source](raw, item)
    if field in WHOLE:
        at = moment(table(raw.get("entry")).get("time"))
        return Notice(WHOLE[field].value, item, at)
    if field in CARRIERS:
        return Unknown("nothing in it that we know")
    return Ignored("unsupported_field")


def _message(raw: Block, item: Block) -> Fact:
    external_id, at = identifier(item.get("id")), moment(item.get("timestamp"))
    name = text(item.get("type"))
    who = person(raw, item, ["from"], ["from_user_id"], ["from_parent_user_id"])
    is_group = bool(text(item.get("group_id")))
    if external_id is None:
        return Unknown("a message without an id")
    if not name:
        return Unknown("a message without a type")
    if who.phone and who.phone == own_number(raw):
        return Ignored("own_number_echo")
    if name == "system":
        return system(external_id, at, who, item)
    if name in _CHANGES:
        return Ignored("group") if is_group else _change(item, who, by_business=False)
    if not who.is_reachable:
        return Unknown("a message from nobody")
    found, context = content(item), table(item.get("context"))
    often = context.get("frequently_forwarded") is True
    return Inbound(
        external_id=external_id,
        provider_at=at,
        person=who,
        type=found.type,
        body=found.body,
        payload={**found.payload, **_extras(item, context)},
        reply_to_external=identifier(context.get("id")),
        media=found.media,
        is_group=is_group,
        forwarded=often or context.get("forwarded") is True,
    )


def _echo(raw: Block, item: Block) -> Fact:
    external_id, at = identifier(item.get("id")), moment(item.get("timestamp"))
    to = person(raw, item, ["to"], ["to_user_id"], ["to_parent_user_id"])
    if text(item.get("group_id")):
        return Ignored("group")
    if external_id is None:
        return Unknown("an echo without an id")
    if text(item.get("type")) in _CHANGES:
        return _change(item, to, by_business=True)
    if not to.is_reachable:
        return Unknown("an echo to nobody")
    found = content(item)
    replied = identifier(table(item.get("context")).get("id"))
    return Echo(external_id, at, to, found.type, found.body, found.payload, replied, found.media)


_CHANGES: Final = {
    "reaction": "message_id",
    "edit": "original_message_id",
    "revoke": "original_message_id",
}


def _change(item: Block, who: Person, *, by_business: bool) -> Fact:
    """A reaction to, an edit or a deletion of an older message."""
    name, at = text(item.get("type")), moment(item.get("timestamp"))
    external_id, block = identifier(item.get("id")) or "", table(item.get(name))
    target = identifier(block.get(_CHANGES[name]))
    if target is None:
        return Unknown(f"{name} of no message")
    if name == "reaction":
        emoji = text(block.get("emoji")) or None
        return ReactionChange(external_id, target, emoji, who, at, by_business)
    if name == "edit":
        body = content(table(block.get("message"))).body
        return Edited(external_id, target, body, at, who, by_business)
    return Revoked(external_id, target, at, who, by_business)


def _status(raw: Block, item: Block) -> Fact:
    external_id, status = identifier(item.get("id")), text(item.get("status"))
    if text(item.get("recipient_type")) == "group":
        return Ignored("group")
    if external_id is None or not status:
        return Unknown("a status without an id or a word")
    code, detail = first_error(item)
    return StatusChange(
        external_id=external_id,
        status=status,
        provider_at=moment(item.get("timestamp")),
        opaque_id=opaque(item.get("biz_opaque_callback_data")),
        code=code,
        detail=detail,
        pricing=table(item.get("pricing")) or None,
        meaning=meaning_of(code) if code is not None else None,
    )


def _error(raw: Block, item: Block) -> Fact:
    code, detail = first_error({"errors": [item]})
    at = moment(item.get("timestamp")) or moment(table(raw.get("entry")).get("time"))
    return ChannelTrouble(code or "", detail or "", at, meaning_of(code))


def _contact_sync(raw: Block, item: Block) -> Fact:
    at = moment(table(item.get("metadata")).get("timestamp"))
    return Notice(Kind.CONTACT_SYNC.value, item, at)


_READERS: Final[dict[str, Callable[[Block, Block], Fact]]] = {
    "messages": _message,
    "statuses": _status,
    "errors": _error,
    "message_echoes": _echo,
    "user_preferences": preference,
    "user_id_update": user_id_update,
    "state_sync": _contact_sync,
}


def _extras(item: Block, context: Block) -> dict[str, Any]:
    extras = {
        "referral": table(item.get("referral")),
        "referred_product": table(context.get("referred_product")),
        "frequently_forwarded": context.get("frequently_forwarded") is True,
    }
    return {key: value for key, value in extras.items() if value}
