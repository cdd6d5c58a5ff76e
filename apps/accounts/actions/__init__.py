"""Every verb on people, under one name: `actions.add_employee`, `actions.send_confirmation`, …"""

from apps.accounts.actions.calendars import add_exception, edit_calendar, edit_exception, remove_exception
from apps.accounts.actions.emails import ask_for_email, confirm_email, send_confirmation
from apps.accounts.actions.people import (
    OWN_FIELDS,
    add_employee,
    add_operator,
    edit_profile,
    hash_token,
    issue_token,
    revoke_token,
)

__all__ = [
    "OWN_FIELDS",
    "add_employee",
    "add_exception",
    "add_operator",
    "ask_for_email",
    "confirm_email",
    "edit_calendar",
    "edit_exception",
    "edit_profile",
    "hash_token",
    "issue_token",
    "remove_exception",
    "revoke_token",
    "send_confirmation",
]
