"""How a customer's facts are said to people, in the reader's language: the field, the value, and who set it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core.places import country_name
from apps.core.templatetags.ui import language_word
from apps.customers import phones
from apps.customers.models import Customer


def fact(customer: Customer, name: str) -> dict[str, Any]:
    """One field of a card: its label, its value as people read it, and who set it."""
    value = getattr(customer, name)
    if name == "phone":
        value = phones.spoken(value)
    elif name == "language":
        value = language_word(value)
    elif name == "country":
        value = country_name(value)
    elif name == "birthday":
        value = date_format(value, "j F Y")
    isolated = "ltr" if name in ("phone", "email") else "auto"
    raw = customer.phone if name == "phone" else customer.email if name == "email" else ""
    return {
        "name": name,
        "label": labels()[name],
        "value": value,
        "dir": isolated,
        "copy": raw,
        **who_set(customer, name),
    }


def own_fact(customer: Customer, field: dict[str, Any]) -> dict[str, Any]:
    """The same for a field of the business's own."""
    value = customer.custom[field["key"]]
    return {"name": field["key"], "label": field["label"], "value": value, "dir": "auto", **who_set(customer, "custom")}


def who_set(customer: Customer, name: str) -> dict[str, Any]:
    """Who a value comes from, and when: the customer unless somebody wrote it."""
    kept = customer.provenance.get(name) if isinstance(customer.provenance, dict) else None
    if not isinstance(kept, dict):
        return {"by": _("the customer") if customer.source != "by_hand" else "", "by_kind": "customer", "at": None}
    kind = kept.get("kind", "")
    told = {"assistant": _("the assistant"), "automation": _("a workflow"), "customer": _("the customer")}
    try:
        at = datetime.fromisoformat(str(kept.get("at", "")))
    except ValueError:
        at = None
    return {"by": told.get(kind) or kept.get("label") or _("a colleague"), "by_kind": kind, "at": at}


def mean(customer: Customer) -> list[tuple[str, Decimal]]:
    """What a paid booking came to on average, per currency."""
    count = customer.paid_bookings
    return [(code, total / count) for code, total in customer.amounts] if count else []


def labels() -> dict[str, str]:
    """What the fields are called."""
    return {
        "name": _("Name"), "arabic_name": _("Name in Arabic"), "profile_name": _("Name on WhatsApp"),
        "phone": _("Phone"), "email": _("E-mail"), "language": _("Language"), "country": _("Country"),
        "birthday": _("Birthday"), "address": _("Address"), "remark": _("Remark"), "vip_override": _("VIP"),
        "labels": _("Labels"), "consent": _("Agreed to offers"), "source": _("Source"),
    }  # fmt: skip
