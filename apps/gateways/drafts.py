"""A template as a person writes it, and its check against WhatsApp's rules: what is wrong is said before the reviewers
see it."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from apps.core.refusals import Refusal
from apps.gateways.limits import HEADER_LIMIT
from apps.gateways.models import Template
from apps.gateways.reading import rows, table, text
from apps.gateways.wording import HEADER_MEDIA, PLACE, part, variables_of

NAME = re.compile(r"[a-z0-9_]{1,512}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
BODY = 1024
BUTTONS = 10
BUTTON_TEXT = 25
URL = 2000
HEADERS = ("", "text", "image", "video", "document")
CATEGORIES = (("marketing", "Marketing"), ("utility", "Utility"))  # codes of sign-in are written at Meta
BUTTON_KINDS = ("quick_reply", "url", "phone_number")


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts a person writes. `samples` by the names of the places; `header_sample` is the file's handle or link."""

    name: str
    language: str
    category: str
    body: str
    header_kind: str = ""
    header: str = ""
    header_sample: str = ""
    footer: str = ""
    buttons: list[dict[str, str]] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)


def checked(draft: Draft) -> list[dict[str, Any]]:
    """The components of a draft. Raises Refusal `invalid` with a text for each field that is not right."""
    wrong: dict[str, list[str]] = {}
    if not NAME.fullmatch(draft.name):
        wrong["name"] = [_("Small letters a to z, digits and _ only.")]
    if not LANGUAGE.fullmatch(draft.language):
        wrong["language"] = [_("A language like en, ar or en_US.")]
    if found := _body(draft.body):
        wrong["body"] = [found]
    if found := _header(draft):
        wrong["header"] = [found]
    if len(draft.footer) > HEADER_LIMIT or PLACE.search(draft.footer):
        wrong["footer"] = [_("At most 60 characters, without places.")]
    if found := _buttons(draft.buttons):
        wrong["buttons"] = [found]
    if wrong:
        raise Refusal("invalid", _("This template is not right yet."), errors=wrong)
    return _components(draft)


def _body(body: str) -> str:
    if not body.strip() or len(body) > BODY:
        return _("Write 1 to 1,024 characters.")
    stripped = body.strip()
    if (places := list(PLACE.finditer(stripped))) and (places[0].start() == 0 or places[-1].end() == len(stripped)):
        return _("WhatsApp wants words before the first place and after the last one.")
    if any(not stripped[one.end() : two.start()].strip() for one, two in pairwise(places)):
        return _("WhatsApp wants words between two places.")
    names = list(dict.fromkeys(place[1] for place in places))
    numbered = [name for name in names if name.isdigit()]
    if numbered and len(numbered) < len(names):
        return _("Number all places or name all of them, not both.")
    if numbered and sorted(map(int, numbered)) != list(range(1, len(numbered) + 1)):
        return _("Number the places 1, 2, 3 … without a gap.")
    return ""


def _header(draft: Draft) -> str:
    if draft.header_kind not in HEADERS:
        return _("A header is a text, an image, a video or a document.")
    if draft.header_kind != "text":
        return ""
    if not draft.header.strip() or len(draft.header) > HEADER_LIMIT:
        return _("Write 1 to 60 characters.")
    return _("A header takes one place at most.") if len(PLACE.findall(draft.header)) > 1 else ""


def _buttons(buttons: list[dict[str, str]]) -> str:
    if len(buttons) > BUTTONS:
        return _("At most 10 buttons.")
    for button in buttons:
        if button.get("kind") not in BUTTON_KINDS:
            return _("A button answers, opens an address or calls.")
        if not 0 < len(button.get("text", "").strip()) <= BUTTON_TEXT:
            return _("A button has 1 to 25 characters.")
        if button["kind"] == "url" and not _is_url(button.get("url", "")):
            return _("Begin the address with https:// and put a place only at its end.")
        if button["kind"] == "phone_number" and not re.fullmatch(r"\+[0-9]{5,15}", button.get("phone", "")):
            return _("A number like +96170123456.")
    titles = [button["text"].strip() for button in buttons]
    return _("Two buttons say the same.") if len(set(titles)) < len(titles) else ""


def _is_url(url: str) -> bool:
    places = list(PLACE.finditer(url))
    at_end = not places or (len(places) == 1 and places[0].end() == len(url))
    return url.startswith("https://") and len(url) <= URL and at_end


def _components(draft: Draft) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if draft.header_kind == "text":
        header: dict[str, Any] = {"type": "HEADER", "format": "TEXT", "text": draft.header.strip()}
        if names := PLACE.findall(draft.header):
            header["example"] = _samples("header_text", names, draft.samples, "header.")
        parts.append(header)
    elif draft.header_kind:
        header = {"type": "HEADER", "format": draft.header_kind.upper()}
        if draft.header_sample:
            header["example"] = {"header_handle": [draft.header_sample]}
        parts.append(header)
    body: dict[str, Any] = {"type": "BODY", "text": draft.body.strip()}
    if names := list(dict.fromkeys(PLACE.findall(draft.body))):
        body["example"] = _samples("body_text", names, draft.samples)
    parts.append(body)
    if draft.footer.strip():
        parts.append({"type": "FOOTER", "text": draft.footer.strip()})
    if draft.buttons:
        told = [_button(index, button, draft.samples) for index, button in enumerate(draft.buttons)]
        parts.append({"type": "BUTTONS", "buttons": told})
    return parts


def _samples(key: str, names: list[str], samples: dict[str, str], prefix: str = "") -> dict[str, Any]:
    if not all(name.isdigit() for name in names):
        named = [{"param_name": name, "example": samples.get(prefix + name, "")} for name in names]
        return {f"{key}_named_params": named}
    listed = [samples.get(prefix + name, "") for name in sorted(names, key=int)]
    return {key: [listed] if key == "body_text" else listed}


def _button(index: int, button: dict[str, str], samples: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"type": button["kind"].upper(), "text": button["text"].strip()}
    if button["kind"] == "url":
        told["url"] = button["url"]
        if names := PLACE.findall(button["url"]):
            told["example"] = [samples.get(f"button.{index}.{names[0]}", "")]
    if button["kind"] == "phone_number":
        told["phone_number"] = button["phone"]
    return told


def facts_of(template: Template) -> dict[str, Any]:
    """A template's row as the parts that a person writes."""
    header, body = part(template.components, "HEADER"), part(template.components, "BODY")
    kind = text(header.get("format")).lower() if header else ""
    samples = {each["name"]: each["sample"] for each in variables_of(template.components)}
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "body": text(body.get("text")),
        "header_kind": kind if kind in HEADERS else "",
        "header": text(header.get("text")),
        "header_sample": samples.pop(HEADER_MEDIA, ""),
        "footer": text(part(template.components, "FOOTER").get("text")),
        "buttons": [
            {
                "kind": text(button.get("type")).lower(),
                "text": text(button.get("text")),
                **({"url": text(button["url"])} if button.get("url") else {}),
                **({"phone": text(button["phone_number"])} if button.get("phone_number") else {}),
            }
            for button in map(table, rows(part(template.components, "BUTTONS").get("buttons")))
        ],
        "samples": samples,
    }
