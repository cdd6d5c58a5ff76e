"""Every verb on businesses, under one name: `actions.suspend_business`, `actions.add_domain`, …"""

from apps.tenants.actions.domains import add_domain, record_of, remove_domain, verify_domain
from apps.tenants.actions.erasing import erase_business, forget_dumps
from apps.tenants.actions.founding import RESERVED, SLUG, create_business, new_token
from apps.tenants.actions.profile import EDITABLE, edit_business, picture_of, remove_logo, set_logo
from apps.tenants.actions.standing import (
    ASKED_BY_BUSINESS,
    LONGEST_REASON,
    SHORTEST_REASON,
    checked_reason,
    close_business,
    reopen_business,
    resume_business,
    suspend_business,
)
from apps.tenants.actions.support import break_glass, close_doors, note_visit, open_door, open_door_of
from apps.tenants.logos import LARGEST as LARGEST_LOGO

__all__ = [
    "ASKED_BY_BUSINESS",
    "EDITABLE",
    "LARGEST_LOGO",
    "LONGEST_REASON",
    "RESERVED",
    "SHORTEST_REASON",
    "SLUG",
    "add_domain",
    "break_glass",
    "checked_reason",
    "close_business",
    "close_doors",
    "create_business",
    "edit_business",
    "erase_business",
    "forget_dumps",
    "new_token",
    "note_visit",
    "open_door",
    "open_door_of",
    "picture_of",
    "record_of",
    "remove_domain",
    "remove_logo",
    "reopen_business",
    "resume_business",
    "set_logo",
    "suspend_business",
    "verify_domain",
]
