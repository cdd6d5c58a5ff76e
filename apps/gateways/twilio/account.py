"""The state of an account at Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from apps.gateways.protocol import Condition, Meaning, trouble
from apps.gateways.reading import text
from apps.gateways.twilio.client import client

if TYPE_CHECKING:
    from apps.gateways.protocol import Line

SENDS: Final = {"active": "yes", "suspended": "no", "closed": "no"}


def examine(line: Line) -> Condition:
    """What Twilio says of the account. Raises SendTrouble."""
    try:
        account = client(line).api.accounts(line.account_ref).fetch()
        status, name = text(account.status), text(account.friendly_name)
    except (ValueError, AttributeError) as unread:
        raise trouble(Meaning.TIMEOUT, "", "the answer is no account") from unread
    return Condition(sends=SENDS.get(status, "yes"), detail="" if status == "active" else f"{name}: {status}")
