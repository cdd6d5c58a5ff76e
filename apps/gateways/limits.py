"""What WhatsApp takes, whoever carries it there (GW-16), in characters and numbers of
choices. What is too long is refused here, before a provider sees it.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from apps.gateways.protocol import Meaning, Refused
from apps.gateways.reading import rows, table, text

BODY_LIMIT: Final = 1024
CAPTION_LIMIT: Final = 1024
HEADER_LIMIT: Final = 60
BUTTONS: Final = 3
BUTTON_TITLE: Final = 20
BUTTON_ID: Final = 256
ROWS: Final = 10
ROW_TITLE: Final = 24
ROW_DESCRIPTION: Final = 72
ROW_ID: Final = 200


def choices(given: Any, most: int, what: str) -> list[dict[str, Any]]:
    """Between one and ``most`` of them, told apart by their ids."""
    found = [table(choice) for choice in rows(given)]
    if not found:
        refuse(f"no {what}")
    if len(found) > most:
        refuse(f"more than {most} {what}", Meaning.TOO_LONG)
    if len({text(choice.get("id")) for choice in found}) < len(found):
        refuse(f"{what} with the same id")
    return found


def short(value: Any, limit: int, what: str) -> str:
    """The text, if there is any and the provider takes it."""
    found = text(value)
    if not found.strip():
        refuse(f"no {what}")
    if len(found) > limit:
        refuse(f"{what} longer than {limit} characters", Meaning.TOO_LONG)
    return found


def refuse(why: str, meaning: Meaning = Meaning.BAD_PARAMETERS) -> NoReturn:
    raise Refused(meaning, "", why)
