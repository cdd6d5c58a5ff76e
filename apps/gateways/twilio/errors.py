"""Twilio's error codes in our meanings (requirements 12.1).

Beyond that table, from Twilio's error dictionary: the 21xxx of a malformed request, the
30xxx of a carrier, the 63xxx of WhatsApp that say the same as a code of Meta's.
"""

from __future__ import annotations

from typing import Any, Final

from apps.gateways.protocol import Meaning, SendTrouble, meaning_of_status, trouble
from apps.gateways.reading import table, text

_CODES: Final[dict[Meaning, tuple[int, ...]]] = {
    Meaning.WINDOW_CLOSED: (63016,),
    Meaning.UNDELIVERABLE: (30003, 30004, 30005, 30006, 30008, 63003, 63024, 63032),
    Meaning.BAD_PARAMETERS: (
        21211, 21212, 21214, 21217, 21219, 21401, 21421, 21601, 21602, 21603, 21604,
        21606, 21612, 21614, 21619, 21620, 21623, 63002, 63007,
    ),
    Meaning.THROUGHPUT: (429, 20429, 30001, 63018),
    Meaning.MARKETING_REFUSED: (21610, 63049),
    Meaning.TOKEN: (20003, 63001),
    Meaning.LOCKED: (20005, 30002, 63020),
    Meaning.TEMPLATE_FAULT: (21654, 21655, 21656, 63027, 63028, 63040, 63041, 63042),
    Meaning.MEDIA: (63019,),
    Meaning.PASSING: (20500, 20503, 63010, 63012),
    Meaning.TOO_LONG: (21617,),
}  # fmt: skip
MEANINGS: Final = {str(code): m for m, codes in _CODES.items() for code in codes}


def meaning_of(code: str | None, status: int = 0) -> Meaning:
    """By the code; one we do not know by the HTTP status."""
    return MEANINGS.get(code or "") or meaning_of_status(status)


def trouble_of(answer: Any, status: int, retry_after: float | None) -> SendTrouble:
    """The exception for an answer whose status is an error."""
    error = table(answer)
    code = text(error.get("code")) or None
    meaning = meaning_of(code, status)
    return trouble(meaning, code or f"http_{status}", text(error.get("message")), retry_after)
