"""What each permission is called and what it lets a person do, for the matrix and for programs.

The words themselves, and who holds them, are in `roles`. Texts are translated when they are shown.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.roles import PERMISSIONS

GROUPS: dict[str, Promise] = {
    "conversations": _("Conversations"), "bookings": _("Bookings"), "customers": _("Customers"),
    "services": _("Services"), "analytics": _("Reports"), "employees": _("Team"), "settings": _("Settings"),
    "prompts": _("Assistant"), "templates": _("Replies"), "roles": _("Roles"), "workflows": _("Workflows"),
    "knowledge": _("Knowledge"), "media": _("Media"), "notes": _("Notes"), "notifications": _("Announcements"),
    "audit": _("Record"), "webhooks": _("Deliveries"), "secrets": _("Secrets"),
}  # fmt: skip
WORDS: dict[str, Promise] = {
    "view": _("See"), "view_all": _("See all of them"), "view_revenue": _("See money"), "create": _("Add"),
    "edit": _("Change"), "edit_any": _("Change others'"), "delete": _("Remove"), "delete_any": _("Remove others'"),
    "export": _("Export"), "takeover": _("Take over"), "send_message": _("Answer customers"), "assign": _("Assign"),
    "refund": _("Refund"), "invite": _("Invite"), "whatsapp": _("Connect numbers"), "billing": _("Subscription"),
    "test": _("Try out"), "activate": _("Activate"), "upload": _("Upload"), "send": _("Send"),
}  # fmt: skip
MEANINGS: dict[str, Promise] = {
    "conversations.view": _("Open the inbox: what is assigned to them, and what nobody has in their inboxes"),
    "conversations.takeover": _("Step in for the assistant and answer as a person"),
    "conversations.send_message": _("Write to customers"),
    "conversations.assign": _("Hand a conversation to a colleague, or back"),
    "conversations.delete": _("Remove a conversation for good"),
    "conversations.export": _("Download conversations as a file"),
    "conversations.view_all": _("Every conversation of every inbox, whoever has it"),
    "bookings.view": _("The calendar and every booking in it"),
    "bookings.create": _("Book for a customer"),
    "bookings.edit": _("Move, change and confirm bookings"),
    "bookings.delete": _("Remove a booking for good"),
    "bookings.refund": _("Give money back to a customer"),
    "customers.view": _("Who the customers are and what is known of them"),
    "customers.create": _("Add a customer by hand or from a file"),
    "customers.edit": _("Correct names, tags and consent"),
    "customers.delete": _("Erase a customer and what they wrote"),
    "customers.export": _("Download customers as a file"),
    "services.view": _("What the business offers and at which price"),
    "services.create": _("Add something to the offer"),
    "services.edit": _("Change descriptions, prices and times"),
    "services.delete": _("Take something off the offer"),
    "analytics.view": _("Charts of conversations, answers and bookings"),
    "analytics.export": _("Download the figures behind the charts"),
    "analytics.view_revenue": _("Amounts of money in reports"),
    "employees.view": _("Who belongs to the team and what they do"),
    "employees.invite": _("Ask somebody to join the team"),
    "employees.edit": _("Change names, roles, exceptions and inboxes of colleagues"),
    "employees.delete": _("Deactivate, bring back or erase a colleague"),
    "settings.view": _("How the business is set up"),
    "settings.edit": _("Change how the business is set up"),
    "settings.whatsapp": _("Connect, change and disconnect numbers"),
    "settings.billing": _("The plan, invoices and means of payment"),
    "prompts.view": _("How the assistant is instructed"),
    "prompts.edit": _("Change what the assistant is told"),
    "prompts.test": _("Talk with the assistant on a pretend phone"),
    "templates.view": _("Use canned replies and templates"),
    "templates.create": _("Write a new reply or template"),
    "templates.edit": _("Change replies and templates"),
    "templates.delete": _("Remove replies and templates"),
    "roles.view": _("Roles and this table"),
    "roles.create": _("Make a role of the business's own"),
    "roles.edit": _("Change a role of the business's own"),
    "roles.delete": _("Remove a role that nobody has"),
    "workflows.view": _("Workflows, their runs, and a rehearsal"),
    "workflows.edit": _("Write workflows as drafts"),
    "workflows.activate": _("Switch workflows on and off"),
    "knowledge.view": _("Read what the assistant knows"),
    "knowledge.edit": _("Teach the assistant and correct what it knows"),
    "media.view": _("The gallery of all files"),
    "media.upload": _("Attach pictures and files"),
    "media.delete": _("Remove a file for good"),
    "notes.view": _("Read what colleagues noted beside a conversation"),
    "notes.create": _("Write notes, change and remove one's own"),
    "notes.edit_any": _("Change and pin what others noted"),
    "notes.delete_any": _("Remove what others noted"),
    "notifications.send": _("Write an announcement to colleagues"),
    "audit.view": _("Who did what and when"),
    "webhooks.view": _("Everything the providers sent, as it came"),
    "secrets.edit": _("Set, clear and test the keys of providers"),
}


class Word(NamedTuple):
    """One permission as it is shown."""

    code: str
    group: str
    label: Promise
    meaning: Promise


def vocabulary() -> list[Word]:
    """All words, in the order of requirements 2."""
    return [Word(code, *_parts(code)) for code in PERMISSIONS]


def by_group() -> list[tuple[str, Promise, list[Word]]]:
    """All words under their resource: `(group, label, words)`, each group once, in the matrix's order."""
    words = vocabulary()
    return [(group, label, [word for word in words if word.group == group]) for group, label in GROUPS.items()]


def _parts(code: str) -> tuple[str, Promise, Promise]:
    group, _dot, verb = code.partition(".")
    return group, WORDS[verb], MEANINGS[code]
