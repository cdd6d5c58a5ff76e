"""What goes wrong between us and a provider, and what must follow (requirements 12.1).

Import these from ``apps.gateways.protocol``. Codes of one provider are in its ``errors.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal


class Meaning(StrEnum):
    """Why something was not sent, whoever says so (requirements 12.1)."""

    WINDOW_CLOSED = "window_closed"
    UNDELIVERABLE = "undeliverable"
    BAD_PARAMETERS = "bad_parameters"
    THROUGHPUT = "throughput"
    PERSON_TOO_FAST = "person_too_fast"
    TIER_LIMIT = "tier_limit"
    MARKETING_REFUSED = "marketing_refused"
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    LOCKED = "locked"
    TEMPLATE_FAULT = "template_fault"
    MEDIA = "media"
    USER_ID_REFUSED = "user_id_refused"
    PASSING = "passing"
    TIMEOUT = "timeout"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Action:
    """What one meaning asks of the sender and of the inbox.

    ``outcome`` is the message's: fail for good, retry, hold in the queue until the inbox
    works again, fall_back to the phone number, unknown until a status or a person says.
    ``tries`` in all, the first included; ``first_delay`` in seconds before the second;
    ``pace`` says whose queue slows down.
    """

    outcome: Literal["fail", "retry", "hold", "fall_back", "unknown"]
    tries: int = 1
    first_delay: float = 0.0
    pace: Literal["inbox", "person"] | None = None
    inbox_health: Literal["reconnect_needed", "stopped"] | None = None
    offers_template: bool = False
    marks_template: bool = False
    withdraws_consent: bool = False
    pauses_campaigns: bool = False
    alarms_operators: bool = False
    notifies: bool = False


ACTIONS: Final[dict[Meaning, Action]] = {
    Meaning.WINDOW_CLOSED: Action("fail", offers_template=True),
    Meaning.UNDELIVERABLE: Action("fail"),
    Meaning.BAD_PARAMETERS: Action("fail", alarms_operators=True),
    Meaning.THROUGHPUT: Action("retry", tries=8, first_delay=1.0, pace="inbox"),
    Meaning.PERSON_TOO_FAST: Action("retry", tries=8, first_delay=6.0, pace="person"),
    Meaning.TIER_LIMIT: Action("fail", pauses_campaigns=True, notifies=True),
    Meaning.MARKETING_REFUSED: Action("fail", withdraws_consent=True),
    Meaning.TOKEN: Action("hold", inbox_health="reconnect_needed", notifies=True),
    Meaning.LOCKED: Action("hold", inbox_health="stopped", notifies=True),
    Meaning.TEMPLATE_FAULT: Action("fail", marks_template=True),
    Meaning.MEDIA: Action("retry", tries=2, first_delay=1.0),
    Meaning.USER_ID_REFUSED: Action("fall_back"),
    Meaning.PASSING: Action("retry", tries=8, first_delay=1.0),
    Meaning.TIMEOUT: Action("unknown"),
    Meaning.TOO_LONG: Action("fail"),
}


class Forged(Exception):
    """The body or handshake is not the provider's: 401 without proof, 403 with a wrong one."""

    def __init__(self, reason: str, status: Literal[401, 403]) -> None:
        super().__init__(reason, status)
        self.reason = reason
        self.status = status


class SendTrouble(Exception):
    """A message did not certainly leave. ``detail`` is the provider's, for people to read.

    ``sent_so_far`` are the ids of the parts that left before; they must not be sent again.
    """

    def __init__(self, meaning: Meaning, code: str = "", detail: str = "") -> None:
        super().__init__(meaning, code, detail)
        self.meaning = meaning
        self.code = code
        self.detail = detail
        self.sent_so_far: tuple[str, ...] = ()


class Temporary(SendTrouble):
    """Nothing was sent and trying again may help; ``retry_after`` in seconds if asked, else
    the action's ``first_delay`` holds."""

    retry_after: float | None = None


class Refused(SendTrouble):
    """Nothing was sent and the same again would be refused again."""


class OutcomeUnknown(SendTrouble):
    """The request left and no answer came: sent or not, only a status can tell (R-025)."""


def trouble(meaning: Meaning, code: str = "", detail: str = "", retry_after: float | None = None) -> SendTrouble:
    """The exception that fits the meaning's action; ``retry_after`` as the provider asked."""
    action = ACTIONS[meaning]
    if action.outcome == "unknown":
        return OutcomeUnknown(meaning, code, detail)
    if action.outcome != "retry":
        return Refused(meaning, code, detail)
    temporary = Temporary(meaning, code, detail)
    temporary.retry_after = retry_after
    return temporary


def meaning_of_status(status: int) -> Meaning:
    """For an HTTP status without a code we know: else our fault until looked at."""
    if status == 429:
        return Meaning.THROUGHPUT
    if status >= 500:
        return Meaning.PASSING
    return Meaning.TOKEN if status in {401, 403} else Meaning.BAD_PARAMETERS
