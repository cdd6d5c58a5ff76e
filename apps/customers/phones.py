"""Phone numbers: read as people write them, one and the same in its country's variants, shown to whom they may be.

A number that is possible but not valid is kept (the provider knows better than a table), with a warning.
"""

import re
from dataclasses import dataclass
from typing import Any

import phonenumbers
from babel.core import get_global
from django.utils.translation import gettext as _

from apps.core.access import shown_phone
from apps.core.refusals import Refusal

E164 = re.compile(r"^\+[1-9][0-9]{5,14}$")


@dataclass(frozen=True, slots=True)
class Read:
    """A typed number as it is kept, and what is odd about it."""

    phone: str
    warning: str = ""


def read(text: str, *, country: str = "") -> Read:
    """E.164 of what somebody typed; `country` is meant when there is no prefix. Refuses `invalid` what is no number."""
    try:
        number = phonenumbers.parse(text, country.upper() or None)
    except phonenumbers.NumberParseException:
        raise _no_number() from None
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_possible_number(number) or not E164.match(phone):
        raise _no_number()
    odd = not phonenumbers.is_valid_number(number) and not _is_valid(canonical(phone))
    return Read(phone, _("This number looks unusual for its country. It was kept as it is.") if odd else "")


def canonical(phone: str) -> str:
    """The one form of a number that some networks write in two: Brazil's ninth digit, Mexico's 1, Argentina's 9."""
    if phone.startswith("+521") and len(phone) == 14:
        return f"+52{phone[4:]}"
    if phone.startswith("+549") and len(phone) == 14:
        return f"+54{phone[4:]}"
    if phone.startswith("+55") and len(phone) == 13 and phone[5] in "6789":
        return f"{phone[:5]}9{phone[5:]}"
    return phone


def variants(phone: str) -> list[str]:
    """Every way in which a number is written, the given one first."""
    one = canonical(phone)
    found = [phone, one]
    if one.startswith("+52") and len(one) == 13:
        found.append(f"+521{one[3:]}")
    if one.startswith("+54") and len(one) == 13:
        found.append(f"+549{one[3:]}")
    if one.startswith("+55") and len(one) == 14 and one[5] == "9":
        found.append(f"{one[:5]}{one[6:]}")
    return list(dict.fromkeys(found))


def country_of(phone: str) -> str:
    """The ISO 3166 country of an E.164 number; empty when the number belongs to none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
    except phonenumbers.NumberParseException:
        return ""


def zones_of(country: str) -> list[str]:
    """Every time zone of a country; none for no country."""
    return sorted(zone for zone, territory in get_global("zone_territories").items() if territory == country)


def spoken(phone: str | None) -> str:
    """A number as its own country groups it, to be read by people."""
    if not phone:
        return ""
    try:
        return phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return phone


def masked(phone: str | None) -> str:
    """The end of a number, for whoever it is."""
    return shown_phone((), phone)


def shown_to(user: Any, phone: str | None) -> str:
    """A number as this person may see it."""
    return shown_phone(user.employee.permissions if getattr(user, "employee", None) else (), phone)


def _is_valid(phone: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return False


def _no_number() -> Refusal:
    detail = _("This is not a phone number. Write it with its country, such as +961 70 123 456.")
    return Refusal("invalid", detail, errors={"phone": [detail]})
