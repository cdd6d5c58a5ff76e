"""Our messages as parameters of Twilio's ``messages.create``, checked before it sees them.

Buttons and lists without a content id become numbered lines: Twilio sends real ones only
from content made beforehand. A reply cannot name the message it answers.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from apps.gateways.limits import (
    BODY_LIMIT,
    BUTTON_TITLE,
    BUTTONS,
    HEADER_LIMIT,
    ROW_DESCRIPTION,
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
    from apps.gateways.protocol import Recipient

TEXT_LIMIT: Final = 1600

_CONTENT_SID: Final = re.compile(r"HX[0-9a-fA-F]{32}")
_MEDIA: Final = frozenset(["image", "video", "audio", "voice", "document"])


def recipient(to: Recipient) -> str:
    found = to.provider_user or to.phone
    if not found:
        refuse("nobody to send it to")
    return f"whatsapp:{found}"


def parts(message: Outbound) -> list[dict[str, Any]]:
    """The parameters of each request, in order, without who and whence. Raises Refused."""
    given = message.payload
    if message.type == "template" or given.get("content_sid"):
        return [_content(given)]
    if message.type == "text":
        if not message.body.strip():
            refuse("a text without text")
        return [{"body": part} for part in split_text(message.body, TEXT_LIMIT)]
    if message.type in _MEDIA:
        return [_media(message)]
    if message.type == "location":
        return [_location(given)]
    if message.type in {"buttons", "list"}:
        written = "\n".join(_buttons(message) if message.type == "buttons" else _list(message))
        return [{"body": part} for part in split_text(written, TEXT_LIMIT)]
    return refuse(f"{message.type} is not sent through Twilio")


def _content(given: dict[str, Any]) -> dict[str, Any]:
    """Content id and variables only; never text, which would be free-form (GW-26)."""
    sid = text(given.get("content_sid")) or text(given.get("name"))
    if not _CONTENT_SID.fullmatch(sid):
        refuse("a template needs its content id", Meaning.TEMPLATE_FAULT)
    variables = table(given.get("variables")) or _variables(rows(given.get("components")))
    told: dict[str, Any] = {"content_sid": sid}
    if variables:
        told["content_variables"] = json.dumps(variables, ensure_ascii=False)
    return told


def _variables(components: list[Any]) -> dict[str, str]:
    """The body's parameters by their place, counted from 1."""
    bodies = [table(c) for c in components if table(c).get("type") == "body"]
    values = [text(table(p).get("text")) for body in bodies for p in rows(body.get("parameters"))]
    return {str(index): value for index, value in enumerate(values, start=1)}


def _media(message: Outbound) -> dict[str, Any]:
    link = text(message.payload.get("link"))
    if not link:
        refuse("a file sent through Twilio needs a link")
    told: dict[str, Any] = {"media_url": [link]}
    caption = text(message.payload.get("caption")) or message.body
    if caption and message.type not in {"audio", "voice"}:
        told["body"] = short(caption, TEXT_LIMIT, "caption")
    return told


def _location(given: dict[str, Any]) -> dict[str, Any]:
    latitude, longitude = number(given.get("latitude")), number(given.get("longitude"))
    if latitude is None or longitude is None:
        refuse("a location without latitude and longitude")
    name, address = text(given.get("name")), text(given.get("address"))
    place = f"geo:{latitude},{longitude}"
    label = f"{place}|{address or name}" if address or name else place
    return {"body": name or address or f"{latitude}, {longitude}", "persistent_action": [label]}


def _buttons(message: Outbound) -> list[str]:
    offered = choices(message.payload.get("buttons"), BUTTONS, "buttons")
    titles = [short(b.get("title"), BUTTON_TITLE, "button title") for b in offered]
    return _framed(message, _numbered(titles))


def _list(message: Outbound) -> list[str]:
    sections = [table(section) for section in rows(message.payload.get("sections"))]
    offered = choices([r for s in sections for r in rows(s.get("rows"))], ROWS, "rows")
    lines = []
    for row in offered:
        title = short(row.get("title"), ROW_TITLE, "row title")
        if row.get("description"):
            title += ": " + short(row["description"], ROW_DESCRIPTION, "row description")
        lines.append(title)
    return _framed(message, _numbered(lines))


def _numbered(titles: list[str]) -> list[str]:
    return [f"{index}. {title}" for index, title in enumerate(titles, start=1)]


def _framed(message: Outbound, lines: list[str]) -> list[str]:
    header, footer = (message.payload.get(key) for key in ("header", "footer"))
    above = [short(header, HEADER_LIMIT, "header"), ""] if header else []
    below = ["", short(footer, HEADER_LIMIT, "footer")] if footer else []
    return [*above, short(message.body, BODY_LIMIT, "body"), "", *lines, *below]
