"""Money is a decimal and an ISO 4217 code (CORE-10). How finely a currency is divided, CLDR knows, in Babel's data."""

import re
from decimal import Decimal

from babel import Locale
from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision

# Legal tender somewhere today.
CURRENCIES = frozenset(
    code for tenders in get_global("territory_currencies").values() for code, _from, until, legal in tenders
    if legal and until is None
)  # fmt: skip
RLM = "\u200f"
GLUED = re.compile(r"(?<=[A-Z])(?=[\d])")


def decimals(currency: str) -> int:
    """How many digits stand behind the point: 2 for USD, 0 for JPY, 3 for KWD."""
    return int(get_currency_precision(currency))


def fits(amount: Decimal, currency: str) -> bool:
    """Whether an amount can be paid in this currency: no half yen, no tenth of a cent."""
    return amount == round(amount, decimals(currency))


def plain(amount: Decimal | None, currency: str) -> str | None:
    """An amount as the API gives it: `"50.00"` for USD, `"1000"` for JPY. None stays None."""
    return None if amount is None else f"{amount:.{decimals(currency)}f}"


def spoken(amount: Decimal, currency: str, language: str) -> str:
    """An amount as a page shows it, in Latin digits: `$50`, `JP¥1,000`, `KWD 5.250`; without cents that are nought."""
    whole = amount == amount.to_integral_value()
    digits = "" if whole else "." + "0" * decimals(currency)
    pattern = Locale.parse(language).currency_formats["standard"].pattern.replace(".00", digits)
    said = format_currency(
        amount, currency, pattern, locale=language, currency_digits=False, numbering_system="latn"
    )  # fmt: skip
    said = GLUED.sub("\u00a0", said)
    # Arabic puts the symbol last; without an isolate "US$" would show as "$US" there.
    return f"\u2066{said.replace(RLM, '')}\u2069" if RLM in said else said
