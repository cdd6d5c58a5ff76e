"""What changed of a row, field by field, fit to be kept for ever: no secret, and of people only that it changed."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from django.db import models

MASK = "•••"
CHANGED = "changed"
SECRET_NAME = re.compile(
    r"secret|passw|token|ciphertext|api_?key|private_?key|data_?key|totp|backup_codes|credential", re.I
)
DULL = {"created_at", "updated_at", "last_login", "last_seen_at", "version", "provenance"}  # the entry says it
LONGEST = 500  # characters of a text that are kept


class Changes(TypedDict):
    """The two sides of an edit, as `audit.record` takes them."""

    before: dict[str, Any]
    after: dict[str, Any]


def facts(row: models.Model) -> dict[str, Any]:
    """The columns of a row as they are now, for `changed` to compare with later."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.generated}


def changed(row: models.Model, before: dict[str, Any]) -> Changes:
    """`before` and `after` of `audit.record`: the fields in which a row differs from its former `facts`.

    Secrets are masked by their type and name; fields a model calls `personal` appear only as "changed".
    """
    was: dict[str, Any] = {}
    now: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        name = field.attname
        if name in DULL or name not in before or before[name] == getattr(row, name):
            continue
        was[field.name], now[field.name] = _shown(row, field, before[name]), _shown(row, field, getattr(row, name))
    return {"before": was, "after": now}


def masked(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """The same values with everything masked that is called like a secret, however deep."""
    return None if values is None else {str(name): _masked(str(name), value) for name, value in values.items()}


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {str(inner): _masked(str(inner), each) for inner, each in value.items()}
    if SECRET_NAME.search(name) and isinstance(value, (str, bytes, list)) and value and value != CHANGED:
        return MASK
    if isinstance(value, list):
        return [_masked(name, each) for each in value]
    return plain(value)


def _shown(row: models.Model, field: "models.Field[Any, Any]", value: Any) -> Any:
    if isinstance(field, models.BinaryField) or SECRET_NAME.search(field.name):
        return MASK if value else None
    if field.name in getattr(row, "personal", ()):
        return CHANGED
    return plain(value)


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    return str(value)[:LONGEST]
