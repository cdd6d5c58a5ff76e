"""A webhook body of Meta taken apart into elements (GW-10). Pure and total: one malformed
item is an element of its own and costs the others nothing. What an element says is read by
``interpret``; here only where it goes and what kind it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from apps.gateways.protocol import Address, Element, Kind
from apps.gateways.reading import (
    identifier,
    load,
    moment,
    rows,
    table,
    text,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTS: Final = (
    "messages", "statuses", "errors", "message_echoes", "history", "state_sync",
    "user_preferences", "user_id_update",
)  # fmt: skip
"""The lists under ``value`` whose items are elements, in the fields that carry lists."""

CARRIERS: Final = frozenset(
    ["messages", "smb_message_echoes", "history", "smb_app_state_sync",
     "user_preferences", "user_id_update", ""]
)  # fmt: skip

WHOLE: Final[dict[str, Kind]] = {
    "message_template_status_update": Kind.TEMPLATE_STATUS,
    "message_template_quality_update": Kind.TEMPLATE_QUALITY,
    "template_category_update": Kind.TEMPLATE_CATEGORY,
    "message_template_components_update": Kind.TEMPLATE_COMPONENTS,
    "account_update": Kind.ACCOUNT_UPDATE,
    "phone_number_quality_update": Kind.PHONE_QUALITY,
}
_KIND_OF_LIST: Final[dict[str, Kind]] = {
    "statuses": Kind.STATUS,
    "errors": Kind.ERROR,
    "message_echoes": Kind.ECHO,
    "history": Kind.HISTORY,
    "state_sync": Kind.CONTACT_SYNC,
    "user_preferences": Kind.PREFERENCES,
    "user_id_update": Kind.USER_ID_UPDATE,
}
_KIND_OF_MESSAGE: Final[dict[str, Kind]] = {
    kind.value: kind
    for kind in (
        Kind.TEXT, Kind.IMAGE, Kind.AUDIO, Kind.VOICE, Kind.VIDEO, Kind.DOCUMENT,
        Kind.STICKER, Kind.LOCATION, Kind.CONTACTS, Kind.INTERACTIVE, Kind.BUTTON,
        Kind.ORDER, Kind.REACTION, Kind.EDIT, Kind.REVOKE, Kind.SYSTEM,
    )
}  # fmt: skip
_PEOPLE: Final[dict[str, tuple[str, str]]] = {
    "messages": ("from", "from_user_id"),
    "message_echoes": ("to", "to_user_id"),
    "statuses": ("recipient_id", "recipient_user_id"),
    "user_preferences": ("wa_id", "user_id"),
}


def parse(body: bytes) -> list[Element]:
    """Every element of the body; a body that is no webhook is one element, unknown."""
    try:
        document = load(body)
    except ValueError:
        document = None
    entries = table(document).get("entry")
    if not isinstance(entries, list):
        return [Element(Kind.UNKNOWN, (), None, None, unreadable(body))]
    return [element for entry in entries for element in _of_entry(entry)]


def _of_entry(entry: Any) -> Iterator[Element]:
    changes = table(entry).get("changes")
    if not isinstance(changes, list):
        yield _element({}, {}, "", entry)
        return
    for change in changes:
        yield from _of_change(table(entry), change)


def _of_change(entry: dict[str, Any], change: Any) -> Iterator[Element]:
    value = table(change).get("value")
    if not isinstance(value, dict):
        yield _element(entry, {}, "", change)
        return
    carries = text(change.get("field")) in CARRIERS
    present = [name for name in LISTS if carries and name in value]
    if not present:
        yield _element(entry, change, "", value)
    for name in present:
        found = value[name]
        for item in found if isinstance(found, list) else [found]:
            if name == "history":
                yield from _of_history(entry, change, item)
            else:
                yield _element(entry, change, name, item)


def _of_history(entry: dict[str, Any], change: dict[str, Any], chunk: Any) -> Iterator[Element]:
    """A chunk holds threads of messages, or an error in their place."""
    threads = rows(table(chunk).get("threads"))
    if not threads:
        yield _element(entry, change, "history", chunk)
    for thread in threads:
        for message in rows(table(thread).get("messages")) or [thread]:
            yield _element(entry, change, "history", message)


def _element(entry: dict[str, Any], change: dict[str, Any], source: str, item: Any) -> Element:
    field, value = text(change.get("field")), table(change.get("value"))
    whole = not source
    written = entry.get("time") if whole else table(item).get("timestamp")
    return Element(
        kind=_kind(field, source, item) if change else Kind.UNKNOWN,
        addresses=_addresses(entry, value),
        external_id=None if whole else identifier(table(item).get("id")),
        provider_at=moment(written),
        raw={
            "field": field,
            "list": source,
            "item": item,
            "metadata": table(value.get("metadata")),
            "contacts": _contacts(value, source, item),
            "entry": {"id": entry.get("id"), "time": entry.get("time")},
        },
    )


def _kind(field: str, source: str, item: Any) -> Kind:
    if field == "history":
        return Kind.HISTORY
    if field not in CARRIERS:
        return WHOLE.get(field, Kind.UNSUPPORTED_FIELD)
    if not isinstance(item, dict):
        return Kind.UNKNOWN
    if source == "messages":
        return _kind_of_message(item)
    return _KIND_OF_LIST.get(source, Kind.UNKNOWN)


def _kind_of_message(item: dict[str, Any]) -> Kind:
    name = text(item.get("type"))
    if not name or not identifier(item.get("id")):
        return Kind.UNKNOWN
    if name == "audio" and table(item.get("audio")).get("voice") is True:
        return Kind.VOICE
    if table(item.get("interactive")).get("type") == "nfm_reply":
        return Kind.FORM_REPLY
    return _KIND_OF_MESSAGE.get(name, Kind.UNSUPPORTED)


def _addresses(entry: dict[str, Any], value: dict[str, Any]) -> tuple[Address, ...]:
    """The number if the value names one, else the business account.

    Partner events come under the partner's id and name the account inside.
    """
    phone_number_id = identifier(table(value.get("metadata")).get("phone_number_id"))
    if phone_number_id:
        return (Address("number", phone_number_id),)
    inside = identifier(table(value.get("waba_info")).get("waba_id"))
    named = dict.fromkeys((inside, identifier(entry.get("id"))))
    return tuple(Address("account", account) for account in named if account)


def _contacts(value: dict[str, Any], source: str, item: Any) -> list[Any]:
    """The cards of the item's own person, so that nobody else's travel along.

    A message that names nobody takes the only card there is.
    """
    cards = [card for card in rows(value.get("contacts")) if isinstance(card, dict)]
    keys = _PEOPLE.get(source, ())
    named = {text(table(item).get(key)) for key in keys} - {""}
    if not named and source in {"messages", "message_echoes"} and len(cards) == 1:
        return cards
    return [card for card in cards if not named.isdisjoint({text(card.get("wa_id")), text(card.get("user_id"))})]
