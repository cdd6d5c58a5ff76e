"""What goes along when a business is taken out or moved, on one page: every table of a business is here or in LEFT.

What the business has written or been told goes along. What opens a door does not: credentials, sessions and links are
made anew where it arrives. Nothing is sent a second time by a copy: what was about to leave counts as unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apps.accounts.actions import list_team
from apps.billing.actions import start_trial
from apps.core.actors import Actor
from apps.gateways.actions import fit_out
from apps.tenants.moving.tables import Travels

WHOLE = Travels()

TAKEN: Mapping[str, Travels] = {
    "accounts.calendar": WHOLE,
    "accounts.calendarexception": WHOLE,
    "accounts.employee": Travels(files=("avatar_key",), says={"directory_due_at": "NULL::timestamptz"}),
    "accounts.invitation": Travels(says={  # its link is of the other place: send it again
        "token_hash": "''",
        "mail": "CASE WHEN mail IN ('queued', 'sending') THEN 'failed' ELSE mail END",
        "link_shown": "true",
    }),
    "accounts.role": WHOLE,
    "accounts.user": Travels(says={  # people choose a new password, and set up a second factor again
        "password": "'!'", "totp": "NULL::bytea", "totp_key_id": "''", "totp_confirmed_at": "NULL::timestamptz",
        "totp_last_step": "0", "backup_codes": "'{}'::varchar[]", "is_operator": "false", "operator_role": "''",
        "is_superuser": "false",
    }),
    "accounts.user_groups": WHOLE,
    "accounts.user_user_permissions": WHOLE,
    "assistant.persona": WHOLE,
    "audit.analyticsfact": WHOLE,
    "audit.auditevent": WHOLE,
    "audit.auditseal": WHOLE,
    "auth.group": WHOLE,
    "auth.group_permissions": WHOLE,
    "billing.usagemonth": WHOLE,
    "bookings.service": WHOLE,
    "bookings.serviceprice": WHOLE,
    "conversations.assignment": WHOLE,
    "conversations.cannedreply": WHOLE,
    "conversations.composerdraft": WHOLE,
    "conversations.conversation": WHOLE,
    "conversations.conversation_labels": WHOLE,
    "conversations.macro": WHOLE,
    "conversations.message": Travels(says={  # nobody can say whether it left; a person decides
        "status": "CASE WHEN status IN ('queued', 'sending') THEN 'unknown' ELSE status END",
        "claimed_at": "NULL::timestamptz",
    }),
    "conversations.messageattempt": WHOLE,
    "conversations.note": WHOLE,
    "conversations.reaction": WHOLE,
    "conversations.readmark": WHOLE,
    "conversations.savedview": WHOLE,
    "conversations.statusevent": WHOLE,
    "conversations.usagewindow": WHOLE,
    "customers.consententry": WHOLE,
    "customers.customer": WHOLE,
    "customers.customer_labels": WHOLE,
    "customers.customermerge": WHOLE,
    "customers.customersettings": WHOLE,
    "customers.identity": Travels(says={"value_hash": "''"}),  # hashed with a key of the installation
    "customers.label": WHOLE,
    "gateways.delivery": Travels(app="app_id"),
    "gateways.deliveryelement": WHOLE,
    "gateways.inbox": Travels(app="app_id", says={  # without its credentials it speaks to nobody
        "health": "CASE WHEN health = 'disabled' OR gateway = 'simulator' THEN health ELSE 'reconnect_needed' END",
        "health_detail": "'{}'::jsonb", "checks": "'[]'::jsonb", "checked_at": "NULL::timestamptz",
        "token_until": "NULL::timestamptz", "paced_until": "NULL::timestamptz",
    }),
    "gateways.inboxgrouppermission": WHOLE,
    "gateways.inboxuserpermission": WHOLE,
    "gateways.simulatorbubble": Travels(
        also="SELECT '/simulator/' || (payload ->> 'id') AS place FROM gateways_simulatorbubble WHERE payload ? 'id'"
    ),
    "gateways.simulatorphone": WHOLE,
    "gateways.template": WHOLE,
    "guardian.groupobjectpermission": WHOLE,
    "guardian.userobjectpermission": WHOLE,
    "media.attachment": Travels(files=("storage_key", "thumb_key", "variants")),
}  # fmt: skip

LEFT: Mapping[str, str] = {
    "accounts.apitoken": "keys for programs: whoever needs one makes it anew",
    "accounts.devicesession": "browsers that are signed in elsewhere",
    "accounts.idempotentrequest": "answers kept for a day, sealed by the installation",
    "accounts.secret": "credentials at providers, sealed with a key that never leaves: enter them anew",
    "accounts.signedlink": "links in mails, good for hours in one place",
    "audit.exportjob": "files that are gone within a day",
    "customers.importjob": "files that are gone within a day",
    "sessions.session": "browsers that are signed in elsewhere",
}

# What is done once a business has arrived, before its door opens; each gets the business and who brought it.
ARRIVALS: Sequence[Callable[[Any, Actor], object]] = (
    lambda business, by: start_trial(business, by=by),
    lambda business, by: fit_out(by=by),
    lambda business, by: list_team(anyway=True),
)
