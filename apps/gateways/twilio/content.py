"""What a message that came through Twilio holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from apps.gateways.protocol import Kind, MediaRef, MessageType
from apps.gateways.reading import number
from apps.gateways.twilio.form import Form
from apps.gateways.twilio.form import field as read

_MOST_FILES: Final = 10
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Content:
    """Kind of element, our type, the text, the payload described at Inbound, the file."""

    kind: Kind
    type: MessageType
    body: str
    payload: dict[str, Any] = field(default_factory=dict)
    media: MediaRef | None = None


def content(form: Form) -> Content:
    """A choice, a place or files by their own fields; what is left is text or unsupported."""
    body = read(form, "Body")
    if "ButtonPayload" in form or "ButtonText" in form:
        title = read(form, "ButtonText") or body
        chosen = {"kind": "button", "id": read(form, "ButtonPayload"), "title": title}
        return Content(Kind.BUTTON, "interactive", title, chosen)
    if "ListId" in form:
        title = read(form, "ListTitle") or body
        chosen = {"kind": "list_reply", "id": read(form, "ListId"), "title": title}
        return Content(Kind.INTERACTIVE, "interactive", title, chosen)
    latitude, longitude = (number(read(form, key)) for key in ("Latitude", "Longitude"))
    if latitude is not None and longitude is not None:
        named = {"name": read(form, "Label"), "address": read(form, "Address"), "url": ""}
        place = {"latitude": latitude, "longitude": longitude, **named}
        shown = body or named["name"] or named["address"]
        return Content(Kind.LOCATION, "location", shown, place)
    if files := _files(form):
        return _media(form, body, files)
    if body or read(form, "MessageType") == "text":
        return Content(Kind.TEXT, "text", body)
    told = {"provider_type": read(form, "MessageType"), "errors": []}
    return Content(Kind.UNSUPPORTED, "unsupported", "", told)


def referral(form: Form) -> dict[str, str]:
    """The advertisement that led here, in the words Meta uses for it."""
    found = {key: read(form, key) for key in form if key.startswith("Referral")}
    return {_snake(key.removeprefix("Referral")): v for key, v in found.items() if v}


def _snake(name: str) -> str:
    return _WORDS.sub("_", name).lower()


def _files(form: Form) -> list[MediaRef]:
    found = []
    for index in range(_MOST_FILES):
        address = read(form, f"MediaUrl{index}")
        mime = read(form, f"MediaContentType{index}").partition(";")[0].strip().lower()
        if address:
            found.append(MediaRef(address, mime, voice=mime == "audio/ogg"))
    return found


def _media(form: Form, body: str, files: list[MediaRef]) -> Content:
    first, *more = files
    kind = _kind(first, read(form, "MessageType"))
    told = [{"reference": file.reference, "mime": file.mime} for file in more]
    payload: dict[str, Any] = {"animated": False} if kind == Kind.STICKER else {}
    if kind == Kind.CONTACTS:
        payload["contacts"] = []
    if told:
        payload["more_media"] = told
    return Content(kind, _TYPES[kind], body, payload, first)


def _kind(file: MediaRef, named: str) -> Kind:
    """By the file's own type; WhatsApp's voice notes are the only Ogg it carries."""
    family, _, subtype = file.mime.partition("/")
    if named == "sticker":
        return Kind.STICKER
    if subtype in {"vcard", "x-vcard"} or named == "contacts":
        return Kind.CONTACTS
    if file.voice:
        return Kind.VOICE
    families = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}
    return families.get(family, Kind.DOCUMENT)


_TYPES: Final[dict[Kind, MessageType]] = {
    Kind.IMAGE: "image",
    Kind.VIDEO: "video",
    Kind.AUDIO: "audio",
    Kind.VOICE: "voice",
    Kind.STICKER: "sticker",
    Kind.CONTACTS: "contacts",
    Kind.DOCUMENT: "document",
}
