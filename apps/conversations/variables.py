"""What stands between {{ and }} in a text kept ready: which names there are, and what they become (requirements 17.4).

No code and no other filter than date, time, money and default. A name without a value is marked in the text, so that
whoever sends it sees what is missing; a text with a mark is never sent.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import money

GROUPS = {
    gettext_lazy("Customer"): {
        "customer.name": gettext_lazy("customer's name"), "customer.first_name": gettext_lazy("first name"),
        "customer.arabic_name": gettext_lazy("Arabic name"), "customer.email": gettext_lazy("customer's e-mail"),
        "customer.language": gettext_lazy("customer's language"), "customer.is_vip": gettext_lazy("VIP or not"),
    },
    gettext_lazy("Business"): {
        "business.name": gettext_lazy("business name"), "business.industry": gettext_lazy("trade"),
        "business.hours_today": gettext_lazy("today's hours"), "business.call_hours": gettext_lazy("call hours"),
        "business.address": gettext_lazy("address"), "business.phone": gettext_lazy("business phone"),
        "business.email": gettext_lazy("business e-mail"), "business.cutoff": gettext_lazy("cut-off time"),
    },
    gettext_lazy("Service"): {
        "service.name": gettext_lazy("service"), "service.price": gettext_lazy("price"),
        "service.duration": gettext_lazy("duration"), "service.short_description": gettext_lazy("short description"),
        "service.delivery_days": gettext_lazy("days until delivery"), "menu": gettext_lazy("menu of services"),
    },
    gettext_lazy("Booking"): {
        "booking.reference": gettext_lazy("booking number"), "booking.amount": gettext_lazy("amount"),
        "booking.slot_time": gettext_lazy("time of the booking"),
        "booking.delivery_date": gettext_lazy("delivery date"), "booking.meeting_link": gettext_lazy("meeting link"),
        "booking.status": gettext_lazy("booking status"), "slots": gettext_lazy("free times"),
        "policy.cancellation": gettext_lazy("cancellation policy"),
    },
    gettext_lazy("Payment"): {
        "payment.link": gettext_lazy("payment link"), "payment.methods": gettext_lazy("ways to pay"),
        "payment.instructions": gettext_lazy("how to pay"), "payment.expires": gettext_lazy("payment deadline"),
    },
    gettext_lazy("Other"): {
        "agent.name": gettext_lazy("your name"), "date.today": gettext_lazy("today's date"),
        "time.now": gettext_lazy("the time now"),
    },
}  # fmt: skip
LABELS = {name: label for names in GROUPS.values() for name, label in names.items()}
ALIASES = {
    "customer_name": "customer.name", "service_name": "service.name", "booking_ref": "booking.reference",
    "amount": "booking.amount", "slot_time": "booking.slot_time", "business_name": "business.name",
}  # fmt: skip
FILTERS = ("date", "time", "money")
HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.]*)\s*(\??)\s*")
STEP = re.compile(r"\|\s*(?:default\s*:\s*[\"“”]([^\"“”]*)[\"“”]|([a-z]+))\s*")
MARK = re.compile(r"⟦[^⟦⟧\n]{1,80}⟧")
TWO_SPACES = re.compile(r"(?<=\S) {2,}")
BEFORE_STOP = re.compile(r" +(?=[,.;:!?،؛؟\n]|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Hole:
    """One place to fill: the name, whether it may stay empty, how it is written, what stands in for it."""

    name: str
    optional: bool = False
    filter: str = ""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its places filled, and the names for which there was no value."""

    body: str
    missing: tuple[str, ...]


def check(text: str) -> None:
    """Raise ValidationError when a place cannot be read or its name does not exist; says the nearest name."""
    for inside in HOLE.findall(text):
        _hole(inside)
    rest = HOLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise ValidationError(_("A variable begins with {{ and ends with }}. One of the two is missing."))
    if MARK.search(text):
        raise ValidationError(_("⟦ and ⟧ mark what is missing, so a kept text cannot contain them."))


def fill(text: str, values: Mapping[str, Any], language: str, *, currency: str = "USD") -> Filled:
    """The text with each place filled from `values`, written in `language`. What is missing is marked."""
    missing: list[str] = []
    emptied = False

    def put(found: re.Match[str]) -> str:
        nonlocal emptied
        hole = _hole(found[1])
        value = values.get(hole.name)
        if value not in (None, ""):
            return _written(value, hole.filter, language, currency)
        if hole.default is not None:
            return hole.default
        if hole.optional:
            emptied = True
            return ""
        missing.append(hole.name)
        return mark(hole.name)

    body = HOLE.sub(put, text)
    if emptied:
        body = BEFORE_STOP.sub("", TWO_SPACES.sub(" ", body)).strip()
    return Filled(body, tuple(dict.fromkeys(missing)))


def mark(name: str) -> str:
    """What stands in a text where a value is missing, in the reader's language."""
    return f"⟦{LABELS.get(name, name)}⟧"


def marks(body: str) -> list[str]:
    """The marks left in a text, without their brackets."""
    return [found.strip("⟦⟧") for found in MARK.findall(body)]


def _hole(inside: str) -> Hole:
    named = NAME.match(inside)
    if named is None:
        raise ValidationError(_("“%(text)s” is not a variable.") % {"text": inside.strip()[:40]})
    name = ALIASES.get(named[1], named[1])
    if name not in LABELS:
        raise ValidationError(_unknown(named[1], (*LABELS, *ALIASES)))
    at, found, default = named.end(), "", None
    while at < len(inside):
        step = STEP.match(inside, at)
        if step is None:
            raise ValidationError(_("“%(text)s” is not a variable.") % {"text": inside.strip()[:40]})
        if step[2] and step[2] not in FILTERS:
            raise ValidationError(_("A variable can be written as date, time or money, or have a default."))
        found, default, at = step[2] or found, default if step[2] else step[1], step.end()
    return Hole(name, optional=bool(named[2]), filter=found, default=default)


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.4)
    if near:
        return _("There is no variable %(name)s. Did you mean %(near)s?") % {"name": name, "near": near[0]}
    return _("There is no variable %(name)s.") % {"name": name}


def _written(value: Any, how: str, language: str, currency: str) -> str:
    with translation.override(language):
        if isinstance(value, datetime):
            local = timezone.localtime(value)
            return f"{local:%H:%M}" if how == "time" else date_format(local, "j F Y")
        if isinstance(value, date):
            return date_format(value, "j F Y")
        if isinstance(value, Decimal):
            return money.spoken(value, currency, language)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
    return str(value)
