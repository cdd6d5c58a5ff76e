"""Every verb on customers, under one name."""

from apps.customers.actions.consenting import grant_all, set_consent, withdraw_all
from apps.customers.actions.editing import add_labels, block, create_customer, edit_customer, set_labels, unblock
from apps.customers.actions.erasing import erase, names_of
from apps.customers.actions.importing import drop_import, map_import, run_import, start_import, upload_import
from apps.customers.actions.meeting import Names, customer_for, relink
from apps.customers.actions.merging import merge, preview_merge, undo_merge
from apps.customers.actions.segments import edit_settings, note_payment, own_settings
from apps.customers.phones import country_of

__all__ = [
    "Names",
    "add_labels",
    "block",
    "country_of",
    "create_customer",
    "customer_for",
    "drop_import",
    "edit_customer",
    "edit_settings",
    "erase",
    "grant_all",
    "map_import",
    "merge",
    "names_of",
    "note_payment",
    "own_settings",
    "preview_merge",
    "relink",
    "run_import",
    "set_consent",
    "set_labels",
    "start_import",
    "unblock",
    "undo_merge",
    "upload_import",
    "withdraw_all",
]
