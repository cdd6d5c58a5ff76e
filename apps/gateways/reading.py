"""Values off the wire, read without trusting their shape. Every function is total but
``load``: whatever comes in, a usable value or nothing comes out.
"""

from __future__ import annotations

import base64
import json
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_ID: Final = 128
_LARGEST: Final = 10**40
_DEEPEST: Final = 60
_USER_ID: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_PHONE: Final = re.compile(r"\+?([0-9]{5,15})")
_SECONDS: Final = re.compile(r"[0-9]{1,10}")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def load(body: bytes | str) -> Any:
    """The JSON in ``body``, as any database can store it. Raises ValueError if it is none."""
    try:
        found = json.loads(body, parse_constant=str, parse_float=_finite, parse_int=_whole)
    except RecursionError as deep:
        raise ValueError("nested too deeply") from deep
    return storable(found)


def _finite(digits: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else digits


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def storable(value: Any, depth: int = 0) -> Any:
    """The same without what PostgreSQL refuses: NUL, half surrogates, bottomless nesting."""
    if depth > _DEEPEST:
        return "(nested too deeply)"
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [storable(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item, depth + 1) for key, item in value.items()}
    return value


def unreadable(body: bytes) -> dict[str, Any]:
    """The whole body kept as one value, for an element that is nothing else."""
    try:
        text_ = body.decode()
    except UnicodeDecodeError:
        text_ = "\x00"
    if "\x00" in text_:
        return {"unreadable": base64.b64encode(body).decode(), "encoding": "base64"}
    return {"unreadable": text_, "encoding": "text"}


def table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """A string, or a whole number written out; anything else is nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        return ""
    return str(value)


def identifier(value: Any) -> str | None:
    """A provider's id; longer than any real one is none, so that it is never cut."""
    found = text(value).strip()
    return found if 0 < len(found) <= _LONGEST_ID else None


def number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(value: Any) -> datetime | None:
    """Seconds since 1970, UTC, written as text or number; nonsense is no time at all."""
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    digits = text(value).strip()
    if not _SECONDS.fullmatch(digits) or int(digits) == 0:
        return None
    return datetime.fromtimestamp(int(digits), UTC)


def phone(value: Any) -> str | None:
    """E.164 with its plus. A user id is never a phone number, whichever field it is in."""
    found = _PHONE.fullmatch(text(value).strip())
    return f"+{found[1]}" if found else None


def user_id(value: Any) -> str | None:
    """A business-scoped user id by its form, for fields that may hold a number instead."""
    found = text(value).strip()
    return found if _USER_ID.fullmatch(found) else None


def opaque(value: Any) -> UUID | None:
    """Our own id come back from a provider; anything else was not ours."""
    try:
        return UUID(text(value))
    except ValueError:
        return None


def header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever the case of its name; absent is empty."""
    return next((v for k, v in headers.items() if k.lower() == name.lower()), "")
