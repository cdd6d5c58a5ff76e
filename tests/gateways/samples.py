"""Bodies to read: our own small samples, always there, and the outside fixtures when the
checkout has them beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from apps.gateways.protocol import Outbound, Recipient
from apps.gateways.whatsapp_cloud.interpret import interpret
from apps.gateways.whatsapp_cloud.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

OPAQUE = UUID("0199f0a0-0000-7000-8000-000000000001")
_ROOT = Path(__file__).parents[2]
_OUTSIDE = _ROOT.parent / "shared" / "fixtures"
needs_outside = pytest.mark.skipif(not _OUTSIDE.is_dir(), reason=f"the outside fixtures are not at {_OUTSIDE}")


def outside(name: str) -> Any:
    """One outside fixture file; empty where they are absent, so that collection works."""
    path = _OUTSIDE / name
    return json.loads(path.read_text()) if path.is_file() else {}


OWN: dict[str, Any] = {
    path.stem: json.loads(path.read_text())
    for path in sorted((_ROOT / "apps/gateways/whatsapp_cloud/fixtures").glob("*.json"))
}
OUTSIDE_WEBHOOKS: dict[str, Any] = {
    **outside("meta_webhooks_official_openapi.json"),
    **outside("meta_webhooks_pywa.json"),
}


def is_storable(value: Any) -> bool:
    """What PostgreSQL's json takes: UTF-8, no NUL in any text, no NaN."""
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return not any("\x00" in text for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from _texts(child)


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def outbound(kind: Any, body: str = "", reply: str | None = None, **payload: Any) -> Outbound:
    """A message to a person known by phone."""
    return Outbound(OPAQUE, Recipient(None, "+96170000001"), kind, body, payload, reply)


def message(cards: Any = None, **item: Any) -> Any:
    """A body of Meta's with one message of +96170000001, but as told; ``...`` leaves out."""
    said = {"from": "96170000001", "id": "wamid.1", "timestamp": "1763800000", "type": "text"}
    number = {"display_phone_number": "+961 00 000 001", "phone_number_id": "10010001"}
    kept = {key: value for key, value in {**said, **item}.items() if value is not ...}
    value = {"metadata": number, "contacts": cards or [], "messages": [kept]}
    return {"entry": [{"id": "2001", "changes": [{"field": "messages", "value": value}]}]}


def facts(body: Any) -> list[Any]:
    """What everything in a body of Meta's says."""
    return [interpret(element.raw) for element in parse(encoded(body))]


def fact(body: Any) -> Any:
    """What the only element in it says."""
    (only,) = facts(body)
    return only
