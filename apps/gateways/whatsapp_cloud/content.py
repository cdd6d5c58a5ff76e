"""What a WhatsApp message holds, the same for a customer's message, an echo and an edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from apps.gateways.protocol import MediaRef, MessageType
from apps.gateways.reading import identifier, load, number, rows, table, text


@dataclass(frozen=True, slots=True)
class Content:
    """Our type, the text a person reads, the payload described at Inbound, the file."""

    type: MessageType
    body: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    media: MediaRef | None = None


Block: TypeAlias = dict[str, Any]

_MEDIA: Final[dict[str, MessageType]] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "voice": "voice",
    "document": "document",
    "sticker": "sticker",
}


def content(item: Block) -> Content:
    """The content of one message object; what we cannot show is of type unsupported."""
    name = text(item.get("type"))
    block = table(item.get(name))
    if name in _MEDIA:
        return _media(_MEDIA[name], block)
    if name == "text":
        return Content("text", text(block.get("body")))
    if name == "location":
        return _location(block)
    if name == "contacts":
        return _contacts(rows(item.get("contacts")))
    if name == "order":
        payload = {
            "catalog_id": text(block.get("catalog_id")),
            "items": rows(block.get("product_items")),
        }
        return Content("order", text(block.get("text")), payload)
    if name == "button":
        title = text(block.get("text"))
        payload = {"kind": "button", "id": text(block.get("payload")), "title": title}
        return Content("interactive", title, payload)
    if name == "interactive" and (answer := _answer(block)):
        return answer
    return _unsupported(name, item)


def _media(kind: MessageType, block: Block) -> Content:
    is_voice = kind == "voice" or (kind == "audio" and block.get("voice") is True)
    reference = identifier(block.get("id"))
    media = MediaRef(
        reference=reference or "",
        mime=text(block.get("mime_type")).partition(";")[0].strip().lower(),
        sha256=text(block.get("sha256")) or None,
        name=text(block.get("filename")) or None,
        voice=is_voice,
    )
    payload = {"animated": block.get("animated") is True} if kind == "sticker" else {}
    return Content(
        "voice" if is_voice else kind,
        text(block.get("caption")),
        payload,
        media if reference else None,
    )


def _location(block: Block) -> Content:
    payload: Block = {key: text(block.get(key)) for key in ("name", "address", "url")}
    for key in ("latitude", "longitude"):
        payload[key] = number(block.get(key))
    return Content("location", payload["name"] or payload["address"], payload)


def _contacts(cards: list[Any]) -> Content:
    known = [card for card in cards if isinstance(card, dict)]
    names = [table(card.get("name")) for card in known]
    shown = [text(n.get("formatted_name")) or text(n.get("first_name")) for n in names]
    return Content("contacts", ", ".join(filter(None, shown)), {"contacts": known})


def _answer(block: Block) -> Content | None:
    """The customer's choice; None when the inner object is missing or of a new kind."""
    kind = text(block.get("type"))
    inner = block.get(kind)
    if not isinstance(inner, dict):
        return None
    if kind in {"button_reply", "list_reply"}:
        payload = {key: text(inner.get(key)) for key in ("id", "title")}
        if description := text(inner.get("description")):
            payload["description"] = description
        return Content("interactive", payload["title"], {"kind": kind, **payload})
    if kind == "nfm_reply":
        payload = {"kind": "form_reply", "name": text(inner.get("name"))}
        answers = _answers(text(inner.get("response_json")))
        return Content("interactive", text(inner.get("body")), {**payload, "answers": answers})
    if kind == "call_permission_reply":
        response = text(inner.get("response"))
        return Content("interactive", response, {**inner, "kind": kind})
    return None


def _answers(written: str) -> dict[str, Any]:
    """A form's answers; one that is no object is kept under ``value``."""
    try:
        found = load(written)
    except ValueError:
        found = written
    return found if isinstance(found, dict) else {"value": found}


def _unsupported(name: str, item: Block) -> Content:
    inner = text(table(item.get("unsupported")).get("type"))
    payload = {"provider_type": inner or name, "errors": rows(item.get("errors"))}
    return Content("unsupported", "", payload)
