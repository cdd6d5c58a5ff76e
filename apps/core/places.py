"""Countries, currencies and time zones by their names in the reader's language, and what a country usually has."""

import re
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from babel.numbers import get_territory_currencies
from django.utils import translation

# Codes of CLDR that ISO 3166 does not have: groups, pseudo places, reserved ones.
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
# Where one zone of several is where most people live; elsewhere the first by name.
CAPITALS = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid", "GB": "Europe/London",
    "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PG": "Pacific/Port_Moresby", "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip
PRICED_IN = {"LB": "USD", "PS": "ILS"}  # what shops write on their price lists, where that is not the first legal one
CITY = re.compile(r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+")
Choice = tuple[str, str]


def countries() -> list[Choice]:
    """Every country by its name, sorted as the language sorts."""
    names = _locale().territories
    found = [(code, str(name)) for code, name in names.items() if _is_country(code)]
    return sorted(found, key=lambda each: _sorts_as(each[1]))


def country_name(code: str) -> str:
    """A country by its name in the reader's language; what is no country stays as it is."""
    return str(_locale().territories.get(code, code))


def currencies() -> list[Choice]:
    """Currencies in use today, by name and code."""
    names = _locale().currencies
    current = {code for country, _name in countries() for code in get_territory_currencies(country)}
    return sorted(((code, f"{names.get(code, code)} ({code})") for code in current), key=lambda each: each[1])


def timezones() -> list[Choice]:
    """Time zones by the name of their city."""
    locale = _locale()
    found = [
        (zone, str(get_timezone_location(zone, locale=locale, return_city=True)))
        for zone in available_timezones() if CITY.fullmatch(zone)
    ]  # fmt: skip
    return sorted([*found, ("UTC", "UTC")], key=lambda each: _sorts_as(each[1]))


def is_country(code: str) -> bool:
    """Whether ISO 3166 has it."""
    return _is_country(code) and code in _locale().territories


def timezone_of(country: str) -> str:
    """The zone most people of a country live in."""
    if country in CAPITALS:
        return CAPITALS[country]
    zones: list[str] = [zone for zone, where in get_global("zone_territories").items() if where == country]
    known = sorted(set(zones) & available_timezones())
    return known[0] if known else "UTC"


def currency_of(country: str) -> str:
    """What prices are usually written in there."""
    legal = get_territory_currencies(country) if _is_country(country) else []
    return PRICED_IN.get(country) or (legal[0] if legal else "USD")


def country_of_browser(accepted: str) -> str:
    """The country an Accept-Language header names first ("ar-LB"), or nothing."""
    found = re.search(r"\b[a-z]{2,3}-([A-Z]{2})\b", accepted)
    return found[1] if found and is_country(found[1]) else ""


def _is_country(code: str) -> bool:
    return re.fullmatch("[A-Z]{2}", code) is not None and code not in NOT_COUNTRIES


def _sorts_as(name: str) -> str:
    """Arabic names sort without their article."""
    return name.removeprefix("ال").casefold()


def _locale() -> Locale:
    return Locale.parse((translation.get_language() or "en").replace("-", "_"))
