"""Meta's error codes in our meanings (requirements 12.1).

Beyond that table, from Meta's error reference: 130472 (experiment), 130497 (country),
131021 (to oneself), 131030 (not on the test list), 131037 (display name), 131045 and
133010 (not registered), 131057 (maintenance), 613 (rate).
"""

from __future__ import annotations

from typing import Any, Final

from apps.gateways.protocol import Meaning, SendTrouble, meaning_of_status, trouble
from apps.gateways.reading import rows, table, text

_CODES: Final[dict[Meaning, tuple[int, ...]]] = {
    Meaning.WINDOW_CLOSED: (131047,),
    Meaning.UNDELIVERABLE: (131026, 130472, 130497, 131030),
    Meaning.BAD_PARAMETERS: (100, 131008, 131009, 131021, 131051),
    Meaning.THROUGHPUT: (4, 613, 80007, 130429),
    Meaning.PERSON_TOO_FAST: (131056,),
    Meaning.TIER_LIMIT: (131048, 131064),
    Meaning.MARKETING_REFUSED: (131049, 131050),
    Meaning.TOKEN: (0, 3, 10, 190, *range(200, 300), 131005, 131045, 133010),
    Meaning.LOCKED: (368, 131031, 131037, 131042),
    Meaning.TEMPLATE_FAULT: tuple(range(132000, 132017)),
    Meaning.MEDIA: (131052, 131053),
    Meaning.USER_ID_REFUSED: (131062,),
    Meaning.PASSING: (1, 2, 131000, 131016, 131057),
}
MEANINGS: Final = {str(code): m for m, codes in _CODES.items() for code in codes}


def meaning_of(code: str | None, status: int = 0) -> Meaning:
    """By the code; one we do not know by the HTTP status."""
    return MEANINGS.get(code or "") or meaning_of_status(status)


def first_error(holder: dict[str, Any]) -> tuple[str | None, str | None]:
    """Code and the most telling text of the first of ``errors``; titles are not to be
    relied on, so details come first."""
    error = table(next(iter(rows(holder.get("errors"))), None))
    details = text(table(error.get("error_data")).get("details"))
    told = details or text(error.get("message")) or text(error.get("title"))
    return text(error.get("code")) or None, told or None


def trouble_of(answer: Any, status: int, retry_after: float | None) -> SendTrouble:
    """The exception for an answer with an ``error``, or with a status that is one."""
    error = table(table(answer).get("error"))
    code, detail = first_error({"errors": [error]})
    meaning = meaning_of(code, status)
    return trouble(meaning, code or f"http_{status}", detail or "", retry_after)
