"""The business's own fields on a customer's card: what they are called, and whether a value fits."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core.refusals import Refusal
from apps.customers.models import CustomerSettings

KINDS = ("text", "number", "date", "choice")
KEY = re.compile(r"^[a-z][a-z0-9_]{0,29}$")
MOST = 20
LONGEST = 300


def own_fields() -> list[dict[str, Any]]:
    """The fields of this business, each with the name to show."""
    row = CustomerSettings.objects.first()
    found = row.fields if row and isinstance(row.fields, list) else []
    first, second = ("name_ar", "name_en") if get_language() == "ar" else ("name_en", "name_ar")
    return [
        {**field, "label": field.get(first) or field.get(second) or field["key"]}
        for field in found if isinstance(field, dict) and field.get("key")
    ]  # fmt: skip


def checked_fields(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Definitions as they are kept. Refuses `invalid` what could not be shown or filled."""
    kept, keys = [], set()
    if len(fields) > MOST:
        raise Refusal("invalid", _("Twenty fields of your own are the most."))
    for field in fields:
        key, kind = str(field.get("key", "")), str(field.get("kind", "text"))
        names = {name: str(field.get(name, "")).strip()[:60] for name in ("name_en", "name_ar")}
        choices = [str(choice).strip()[:60] for choice in field.get("choices", []) if str(choice).strip()]
        if not KEY.match(key) or key in keys or kind not in KINDS or not any(names.values()):
            raise Refusal("invalid", _("A field needs a name, a kind, and a key of its own in small letters."))
        if kind == "choice" and not choices:
            raise Refusal("invalid", _("A field to choose from needs something to choose."))
        keys.add(key)
        kept.append({"key": key, "kind": kind, **names, "choices": choices if kind == "choice" else []})
    return kept


def checked_custom(values: dict[str, Any]) -> dict[str, Any]:
    """Values of own fields, as they are kept. Refuses `invalid` an unknown field or a value that does not fit."""
    known = {field["key"]: field for field in own_fields()}
    return {str(key): _checked(known.get(str(key)), str(key), value) for key, value in values.items()}


def _checked(field: dict[str, Any] | None, key: str, value: Any) -> str:
    if field is None:
        raise Refusal("invalid", _("There is no field called %(name)s.") % {"name": key})
    text = "" if value is None else str(value).strip()
    kind = field.get("kind", "text")
    fits = not text or len(text) <= LONGEST
    if text and kind == "number":
        try:
            fits = Decimal(text).is_finite()
        except InvalidOperation:
            fits = False
    elif text and kind == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            fits = False
    elif text and kind == "choice":
        fits = text in field.get("choices", [])
    if not fits:
        raise Refusal("invalid", _("“%(value)s” does not fit the field %(name)s.") % {"value": text[:60], "name": key})
    return text
