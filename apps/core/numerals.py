"""Which digits a page is written with: 123, or ١٢٣ where the business or the person wishes so (DASH-05).

Only what people read follows it: times, counts, amounts, written by the filters of `templatetags/ui.py`. Phones, codes,
addresses and whatever stands in a field stay latin, because they are copied and typed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.template import defaultfilters
from django.utils.safestring import SafeString, mark_safe

MACHINES = ("c", "U", "Y-m-d")  # forms of a date that no person reads
LATIN, ARABIC = "latin", "arabic"
DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
READ = re.compile(r"<[^>]*>|&#?\w+;|[0-9]+(?:\.(?=[0-9]))?")  # what stands in tags and entities is no text

current: ContextVar[str] = ContextVar("numerals", default=LATIN)


@contextmanager
def using(digits: str) -> Iterator[None]:
    """Write with these digits inside."""
    before = current.set(digits)
    try:
        yield
    finally:
        current.reset(before)


def chosen(own: str, house: str, *, language: str) -> str:
    """The digits of a page: the person's own choice, else the business's where the page speaks Arabic."""
    return own or (house if language.startswith("ar") else LATIN)


def written(text: str) -> str:
    """A text with today's digits; in HTML only what is read."""
    return READ.sub(_arabic, text) if current.get() == ARABIC else text


def _arabic(found: re.Match[str]) -> str:
    said = found[0]
    return said.translate(DIGITS).replace(".", "٫") if said[0].isdigit() else said


def digits(value: object) -> str:
    """The filter `digits`: a number, or a text with numbers in it, as this page writes it."""
    said = written("" if value is None else str(value))
    return mark_safe(said) if isinstance(value, SafeString) else said  # noqa: S308  only digits were changed


def date(value: Any, form: str | None = None) -> str:
    """The filter `date`: Django's own with the digits of this page; a form for machines stays as it is."""
    said = str(defaultfilters.date(value, form))
    return said if form in MACHINES else written(said)


def filesizeformat(value: Any) -> str:
    """The filter `filesizeformat`: Django's own with the digits of this page."""
    return written(str(defaultfilters.filesizeformat(value)))
