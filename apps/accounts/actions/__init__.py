"""Every verb on people, under one name: `actions.invite`, `actions.deactivate_employee`, …"""

from apps.accounts.actions.calendars import add_exception, edit_calendar, edit_exception, remove_exception
from apps.accounts.actions.directory import list_team
from apps.accounts.actions.emails import ask_for_email, confirm_email, send_confirmation
from apps.accounts.actions.employees import (
    deactivate_employee,
    edit_employee,
    erase_employee,
    reactivate_employee,
)
from apps.accounts.actions.invitations import (
    accept_invitation,
    expire_invitations,
    invite,
    link_of,
    open_invitation,
    resend_invitation,
    revoke_invitation,
    send_invitation,
    show_link,
)
from apps.accounts.actions.people import (
    OWN_FIELDS,
    add_employee,
    add_operator,
    edit_profile,
    hash_token,
    issue_token,
    revoke_token,
    set_availability,
)
from apps.accounts.actions.roles import create_role, delete_role, duplicate_role, edit_role

__all__ = [
    "OWN_FIELDS",
    "accept_invitation",
    "add_employee",
    "add_exception",
    "add_operator",
    "ask_for_email",
    "confirm_email",
    "create_role",
    "deactivate_employee",
    "delete_role",
    "duplicate_role",
    "edit_calendar",
    "edit_employee",
    "edit_exception",
    "edit_profile",
    "edit_role",
    "erase_employee",
    "expire_invitations",
    "hash_token",
    "invite",
    "issue_token",
    "link_of",
    "list_team",
    "open_invitation",
    "reactivate_employee",
    "remove_exception",
    "resend_invitation",
    "revoke_invitation",
    "revoke_token",
    "send_confirmation",
    "send_invitation",
    "set_availability",
    "show_link",
]
