"""Every verb of the connected numbers, under one name: `actions.connect_inbox`, `actions.sync_templates`, …"""

from apps.gateways.actions.inboxes import (
    add_app,
    connect_inbox,
    disconnect_inbox,
    fit_inboxes,
    grant_inbox,
    grant_promised,
    handshake_tokens,
    let_into,
    line_of,
    proof_secrets,
    regrant_inbox,
)
from apps.gateways.actions.templates import (
    create_template,
    delete_template,
    edit_template,
    mark_template,
    note_template,
    submit_template,
    sync_templates,
)

__all__ = [
    "add_app",
    "connect_inbox",
    "create_template",
    "delete_template",
    "disconnect_inbox",
    "edit_template",
    "fit_inboxes",
    "grant_inbox",
    "grant_promised",
    "handshake_tokens",
    "let_into",
    "line_of",
    "mark_template",
    "note_template",
    "proof_secrets",
    "regrant_inbox",
    "submit_template",
    "sync_templates",
]
