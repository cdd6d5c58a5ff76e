"""Our messages in Meta's words, checked against its limits before it sees them (GW-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from apps.gateways.limits import (
    BODY_LIMIT,
    BUTTON_ID,
    BUTTON_TITLE,
    BUTTONS,
    CAPTION_LIMIT,
    HEADER_LIMIT,
    ROW_DESCRIPTION,
    ROW_ID,
    ROW_TITLE,
    ROWS,
    choices,
    refuse,
    short,
)
from apps.gateways.protocol import Meaning, Outbound
from apps.gateways.reading import number, rows, table, text
from apps.gateways.split import split_text

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT_LIMIT: Final = 4096


def parts(message: Outbound) -> list[dict[str, Any]]:
    """The request bodies to post, in order; only the first is a reply. Raises Refused."""
    if message.type != "text":
        return [_envelope(message, *_CONTENT[message.type](message), first=True)]
    if not message.body.strip():
        refuse("a text without text")
    preview = message.payload.get("preview_url") is True
    return [
        _envelope(message, "text", {"body": part, "preview_url": preview}, first=not index)
        for index, part in enumerate(split_text(message.body, TEXT_LIMIT))
    ]


def _envelope(message: Outbound, kind: str, content: dict[str, Any], *, first: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": kind,
        kind: content,
        "biz_opaque_callback_data": str(message.opaque_id),
    }
    if message.to.provider_user:
        body["recipient"] = message.to.provider_user
    elif message.to.phone:
        body["to"] = message.to.phone
    else:
        refuse("nobody to send it to")
    if first and message.reply_to_external and kind != "reaction":
        body["context"] = {"message_id": message.reply_to_external}
    return body


def _media(message: Outbound) -> tuple[str, dict[str, Any]]:
    kind = "audio" if message.type == "voice" else message.type
    given = message.payload
    content = {key: text(given.get(key)) for key in ("id", "link") if given.get(key)}
    if len(content) != 1:
        refuse("a file needs either an id or a link")
    caption = text(given.get("caption")) or message.body
    if kind != "audio" and caption:
        content["caption"] = short(caption, CAPTION_LIMIT, "caption")
    if kind == "document" and given.get("filename"):
        content["filename"] = text(given.get("filename"))
    return kind, {**content, "voice": True} if message.type == "voice" else content


def _location(message: Outbound) -> tuple[str, dict[str, Any]]:
    given, content = message.payload, dict[str, Any]()
    for key in ("latitude", "longitude"):
        content[key] = number(given.get(key))
        if content[key] is None:
            refuse(f"a location without {key}")
    named = {key: text(given.get(key)) for key in ("name", "address")}
    return "location", {**content, **{k: v for k, v in named.items() if v}}


def _buttons(message: Outbound) -> tuple[str, dict[str, Any]]:
    offered = choices(message.payload.get("buttons"), BUTTONS, "buttons")
    buttons = [
        {
            "type": "reply",
            "reply": {
                "id": short(b.get("id"), BUTTON_ID, "button id"),
                "title": short(b.get("title"), BUTTON_TITLE, "button title"),
            },
        }
        for b in offered
    ]
    return "interactive", _interactive(message, "button", {"buttons": buttons})


def _list(message: Outbound) -> tuple[str, dict[str, Any]]:
    given = message.payload
    sections = [table(section) for section in rows(given.get("sections"))]
    choices([row for s in sections for row in rows(s.get("rows"))], ROWS, "rows")
    told = []
    for section in sections:
        content: dict[str, Any] = {"rows": list(map(_row, rows(section.get("rows"))))}
        if section.get("title") or len(sections) > 1:
            content["title"] = short(section.get("title"), ROW_TITLE, "section title")
        told.append(content)
    button = short(given.get("button"), BUTTON_TITLE, "list button")
    return "interactive", _interactive(message, "list", {"button": button, "sections": told})


def _row(row: dict[str, Any]) -> dict[str, str]:
    told = {
        "id": short(row.get("id"), ROW_ID, "row id"),
        "title": short(row.get("title"), ROW_TITLE, "row title"),
    }
    if row.get("description"):
        description = short(row["description"], ROW_DESCRIPTION, "row description")
        told["description"] = description
    return told


def _interactive(message: Outbound, kind: str, action: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"type": kind, "action": action}
    told["body"] = {"text": short(message.body, BODY_LIMIT, "body")}
    if header := message.payload.get("header"):
        told["header"] = {"type": "text", "text": short(header, HEADER_LIMIT, "header")}
    if footer := message.payload.get("footer"):
        told["footer"] = {"text": short(footer, HEADER_LIMIT, "footer")}
    return told


def _template(message: Outbound) -> tuple[str, dict[str, Any]]:
    name, language = (text(message.payload.get(key)) for key in ("name", "language"))
    if not name or not language:
        refuse("a template needs a name and a language", Meaning.TEMPLATE_FAULT)
    told: dict[str, Any] = {"name": name, "language": {"code": language}}
    if components := rows(message.payload.get("components")):
        told["components"] = components
    return "template", told


def _reaction(message: Outbound) -> tuple[str, dict[str, Any]]:
    target = text(message.payload.get("target_external"))
    if not target:
        refuse("a reaction to no message")
    emoji = text(message.payload.get("emoji"))
    return "reaction", {"message_id": target, "emoji": emoji}


_CONTENT: Final[dict[str, Callable[[Outbound], tuple[str, dict[str, Any]]]]] = {
    **dict.fromkeys(("image", "video", "audio", "voice", "document"), _media),
    "location": _location,
    "buttons": _buttons,
    "list": _list,
    "template": _template,
    "reaction": _reaction,
}
