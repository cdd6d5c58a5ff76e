"""The pretend provider's templates: a few approved ones in both languages, and a reviewer who answers at once."""

from __future__ import annotations

from typing import Any, Final

from apps.gateways.protocol import KnownTemplate, Submitted, Wording
from apps.gateways.reading import text
from apps.gateways.wording import PLACE, part

OWN: Final = "sim-own-"
"""How the ids of the provider's own begin; one that was handed in is `sim-made-…`."""
MADE: Final = "sim-made-"


def _body(words: str, *samples: str) -> dict[str, Any]:
    return {"type": "BODY", "text": words, **({"example": {"body_text": [list(samples)]}} if samples else {})}


def _buttons(*titles: str) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": title} for title in titles]}


_WORDS: Final[list[tuple[str, str, str, list[dict[str, Any]]]]] = [
    ("continue_conversation", "en", "utility", [
        _body("Hello {{1}}, we have an answer to your question. Reply to this message and we will go on from here.",
              "Rana"),
        _buttons("Go on", "Not now"),
    ]),
    ("continue_conversation", "ar", "utility", [
        _body("مرحباً {{1}}، لدينا جواب على سؤالك. أجب على هذه الرسالة لنكمل من حيث توقفنا.", "رنا"),
        _buttons("لنكمل", "ليس الآن"),
    ]),
    ("appointment_reminder", "en", "utility", [
        {"type": "HEADER", "format": "TEXT", "text": "Your appointment"},
        _body("Hello {{1}}, this is a reminder of your appointment on {{2}} at {{3}}.", "Rana", "Sunday", "16:30"),
        {"type": "FOOTER", "text": "Reply to change it"},
    ]),
    ("appointment_reminder", "ar", "utility", [
        {"type": "HEADER", "format": "TEXT", "text": "موعدك"},
        _body("مرحباً {{1}}، نذكّرك بموعدك يوم {{2}} الساعة {{3}}.", "رنا", "الأحد", "16:30"),
        {"type": "FOOTER", "text": "أجب على الرسالة لتغييره"},
    ]),
    ("seasonal_offer", "en", "marketing", [
        _body("{{1}}, a small gift for you: {{2}} off until Friday.", "Rana", "15%"),
        _buttons("Tell me more"),
    ]),
]  # fmt: skip


def approved() -> list[KnownTemplate]:
    """The provider's own, all of which may be sent."""
    return [
        KnownTemplate(name, language, category, "approved", components, f"{OWN}{name}-{language}", quality="green")
        for name, language, category, components in _WORDS
    ]


def review(wording: Wording) -> Submitted:
    """As Meta's reviewers: words around every place, or it is rejected with the reason."""
    body = text(part(wording.components, "BODY").get("text")).strip()
    external_id = wording.external_id or f"{MADE}{wording.name}-{wording.language}"[:64]
    bare = PLACE.sub("\x00", body)
    if bare.startswith("\x00") or bare.endswith("\x00") or "\x00\x00" in bare.replace(" ", ""):
        return Submitted(external_id, "rejected", "INVALID_FORMAT")
    return Submitted(external_id, "approved")
