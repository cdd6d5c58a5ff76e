"""The vocabulary of permissions and the system roles' defaults (requirements 2). The only place that names roles."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop as _

ADMIN, MANAGER, AGENT, VIEWER = "admin", "manager", "agent", "viewer"

# word: the system roles that hold it, as their initials
MATRIX = {
    "conversations.view": "amgv", "conversations.takeover": "amg", "conversations.send_message": "amg",
    "conversations.assign": "am", "conversations.delete": "a", "conversations.export": "am",
    "bookings.view": "amgv", "bookings.create": "amg", "bookings.edit": "am", "bookings.delete": "a",
    "bookings.refund": "a",
    "customers.view": "amgv", "customers.edit": "am", "customers.delete": "a", "customers.export": "am",
    "services.view": "amgv", "services.create": "a", "services.edit": "am", "services.delete": "a",
    "analytics.view": "amv", "analytics.export": "am", "analytics.view_revenue": "am",
    "employees.view": "am", "employees.invite": "a", "employees.edit": "a", "employees.delete": "a",
    "settings.view": "amv", "settings.edit": "a", "settings.whatsapp": "a", "settings.billing": "a",
    "prompts.view": "am", "prompts.edit": "a", "prompts.test": "am",
    "templates.view": "amgv", "templates.create": "am", "templates.edit": "am", "templates.delete": "a",
    # the 22 additional ones
    "conversations.view_all": "amv", "customers.create": "amg",
    "roles.view": "am", "roles.create": "a", "roles.edit": "a", "roles.delete": "a",
    "workflows.view": "am", "workflows.edit": "a", "workflows.activate": "a",
    "knowledge.view": "amg", "knowledge.edit": "am",
    "media.view": "amgv", "media.upload": "amg", "media.delete": "a",
    "notes.view": "amg", "notes.create": "amg", "notes.edit_any": "am", "notes.delete_any": "a",
    "notifications.send": "am", "audit.view": "a", "webhooks.view": "a", "secrets.edit": "a",
}  # fmt: skip

PERMISSIONS = tuple(MATRIX)

SYSTEM_ROLES = (
    # name, display name, description, colour, initial
    (ADMIN, _("Business Administrator"), _("Full access"), "#6B46C1", "a"),
    (MANAGER, _("Manager"), _("Manages conversations, sees analytics"), "#0F766E", "m"),
    (AGENT, _("Support Agent"), _("Handles conversations"), "#2563EB", "g"),
    (VIEWER, _("Viewer"), _("Reads conversations and analytics"), "#64748B", "v"),
)

# Who effectively holds all of these can repair everything else; one such person always remains (ACC-06).
ADMIN_WORDS = frozenset({"employees.edit", "roles.edit", "settings.edit", "settings.billing"})

# What nobody may call a role of their own, whatever its case (ACC-09): names that elsewhere mean power.
RESERVED = frozenset({
    ADMIN, MANAGER, AGENT, VIEWER,
    "owner", "super_admin", "superuser", "operator", "staff", "root", "system", "platform",
})  # fmt: skip

MOST_ROLES = 50  # custom ones of a business
DEFAULT_COLOUR = "#6B46C1"

# object grants that a new inbox gives to the system roles
INBOX_WORDS = {ADMIN: "view reply assign", MANAGER: "view reply assign", AGENT: "view reply", VIEWER: "view"}


def words_of(initial: str) -> list[str]:
    """The permission words of a system role, in the vocabulary's order."""
    return [word for word, holders in MATRIX.items() if initial in holders]


def words_of_new_role() -> list[str]:
    """What a custom role begins with: the seven base permissions of the viewer, and media (requirements 2.2)."""
    return [word for word in words_of("v") if word != "conversations.view_all"]


def in_order(words: Iterable[str]) -> list[str]:
    """Words once each, in the vocabulary's order."""
    wanted = set(words)
    return [word for word in PERMISSIONS if word in wanted]
