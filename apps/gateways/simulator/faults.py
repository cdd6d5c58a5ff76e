"""What a pretend phone's network can be told to do wrong (GW-42): a closed list, each with what it takes.

A phone's `faults` maps names of this list to values. They hold until they are taken away, but `error` may count down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_DELAY: Final = 3 * 24 * 3600  # seconds
NOBODYS_NUMBER: Final = "999999999999999"  # an address that no inbox has


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch: its words on the page, its value when simply switched on, and the values it takes."""

    label: Any
    value: Any
    takes: Callable[[Any], bool]


def _between(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _is_true(value: Any) -> bool:
    return value is True


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64


def _is_error(value: Any) -> bool:
    """`{code, times?, retry_after?}`: one of Meta's codes, or an HTTP status from 500; for ever unless `times`."""
    if not isinstance(value, dict) or set(value) - {"code", "times", "retry_after"}:
        return False
    return all(type(number) is int and 0 <= number <= 999_999 for number in value.values()) and "code" in value


FAULTS: Final[dict[str, Fault]] = {
    # of what the phone writes
    "duplicate": Fault(gettext_lazy("Everything arrives twice"), 2, _between(2, 10)),
    "reorder": Fault(gettext_lazy("Three messages arrive in another order"), 3, _between(2, 20)),
    "batch": Fault(gettext_lazy("Three messages arrive at once"), 3, _between(2, 100)),
    "delay": Fault(gettext_lazy("Messages arrive two hours late"), 7200, _between(1, LONGEST_DELAY)),
    "malformed": Fault(gettext_lazy("A broken element comes along"), True, _is_true),
    "foreign": Fault(gettext_lazy("A message for a stranger's number comes along"), NOBODYS_NUMBER, _is_text),
    "files_late": Fault(gettext_lazy("A file can be fetched only at the second try"), 1, _between(1, 20)),
    # of what it is sent
    "statuses_late": Fault(gettext_lazy("Ticks come 15 seconds late"), 15, _between(1, LONGEST_DELAY)),
    "statuses_lost": Fault(gettext_lazy("Ticks get lost"), True, _is_true),
    "statuses_reversed": Fault(gettext_lazy("Ticks come in the wrong order"), True, _is_true),
    "statuses_first": Fault(gettext_lazy("Ticks come before the answer"), True, _is_true),
    "failed": Fault(gettext_lazy("Accepted, then not delivered"), 131026, _between(0, 999_999)),
    "timeout": Fault(gettext_lazy("Sent, but the answer is lost"), True, _is_true),
    "timeout_lost": Fault(gettext_lazy("Not sent, and no answer"), True, _is_true),
    "unreachable": Fault(gettext_lazy("WhatsApp cannot be reached"), True, _is_true),
    "error": Fault(gettext_lazy("WhatsApp refuses"), {"code": 131000}, _is_error),
}

ERRORS: Final[dict[int, Any]] = {
    131047: gettext_lazy("WhatsApp says: the window is closed"),
    131026: gettext_lazy("WhatsApp says: undeliverable"),
    130429: gettext_lazy("WhatsApp says: too many messages"),
    131056: gettext_lazy("WhatsApp says: too fast for one person"),
    190: gettext_lazy("WhatsApp says: the access token has ended"),
    131031: gettext_lazy("WhatsApp says: the account is locked"),
    503: gettext_lazy("WhatsApp says: out of order"),
}
"""The refusals a page offers; an API caller may ask for any code."""


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same faults, if all of them are known and take these values. Raises Refusal `invalid`."""
    for name, value in given.items():
        if name not in FAULTS or not FAULTS[name].takes(value):
            raise Refusal("invalid", _("There is no fault “%(name)s” with this value.") % {"name": name})
    return dict(given)


def switched_on(keys: list[str]) -> dict[str, Any]:
    """From the switches of the page: names with their usual values, and `error:131047` for a refusal."""
    found: dict[str, Any] = {}
    for key in keys:
        name, _colon, code = key.partition(":")
        if name in FAULTS:
            found[name] = {"code": int(code)} if code.isdigit() else FAULTS[name].value
    return checked(found)


def switches(on: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The page's switches: `{key, label, on}`."""
    refused = on.get("error", {}).get("code")
    plain = [{"key": name, "label": fault.label, "on": name in on} for name, fault in FAULTS.items() if name != "error"]
    errors = [{"key": f"error:{code}", "label": label, "on": code == refused} for code, label in ERRORS.items()]
    return plain + errors
