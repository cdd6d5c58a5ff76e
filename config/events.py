"""The nervous system on one page: every event and who hears it. Each subscriber is a task whose parameters are the
event's fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from celery import Task

from apps.accounts import events as people
from apps.accounts import tasks as accounts
from apps.assistant import tasks as assistant
from apps.audit import events as records
from apps.audit import tasks as exports
from apps.billing import events as billing
from apps.bookings import tasks as bookings
from apps.conversations import events
from apps.conversations import tasks as conversations
from apps.core.events import Event
from apps.customers import events as persons
from apps.customers import tasks as customers
from apps.dashboard import tasks as dashboard
from apps.gateways import events as numbers
from apps.gateways import tasks as gateways
from apps.media import events as files
from apps.media import tasks as media
from apps.realtime import tasks as realtime
from apps.tenants import events as businesses
from apps.tenants import tasks as tenants

SUBSCRIPTIONS: Mapping[type[Event], Sequence[Task[..., Any]]] = {
    records.ExportRequested: [exports.run_export],
    businesses.ArchiveRequested: [tenants.write_archive],
    businesses.BusinessSignedUp: [dashboard.open_business],
    businesses.BusinessSuspended: [realtime.close_doors],
    billing.EntitlementsChanged: [accounts.fit_team, gateways.fit_inboxes, bookings.fit_services],
    billing.UsageWarned: [accounts.tell_who_pays],
    people.LinkIssued: [accounts.send_link],
    people.AccountChanged: [accounts.send_notice],
    people.SessionsEnded: [realtime.close_sessions],
    people.TeamChanged: [accounts.list_in_directory],
    people.EmployeeDeactivated: [conversations.release],
    people.AvailabilityChanged: [realtime.show_presence],
    people.RightsChanged: [realtime.refresh_person],
    people.RoleChanged: [realtime.refresh_role],
    people.InvitationQueued: [accounts.send_invitation],
    people.InvitationAccepted: [gateways.grant_promised],
    businesses.BusinessClosing: [realtime.close_doors],
    businesses.ClosingReminderDue: [accounts.remind_of_closing],
    businesses.GlassBroken: [accounts.tell_of_broken_glass],
    numbers.InboxConnected: [gateways.sync_templates],
    numbers.HealthChanged: [gateways.show_health, conversations.wake],
    numbers.TemplatesChanged: [gateways.show_health],
    numbers.TemplatesOutdated: [gateways.sync_templates],
    events.MessageReceived: [conversations.follow_up],
    events.AnswerExpected: [assistant.consider],
    events.PersonNeeded: [conversations.deal],
    persons.ImportQueued: [customers.run_import],
    persons.ThresholdsChanged: [customers.count_anew],
    persons.CustomerBlocked: [conversations.block_at_provider],
    persons.CustomerUnblocked: [conversations.unblock_at_provider],
    events.MessageQueued: [conversations.show, conversations.deliver],
    events.MessageChanged: [conversations.show],
    events.ConversationChanged: [conversations.show_conversation],
    events.MarkMoved: [conversations.show_marks],
    events.ReactionMade: [conversations.send_reaction],
    events.ConversationRead: [conversations.mark_read_at_provider],
    files.AttachmentExpected: [conversations.fetch_file],
    files.AttachmentReady: [media.make_thumbnail, conversations.show_file],
    files.AttachmentChanged: [conversations.show_file],
    files.AttachmentErased: [media.remove_objects],
}
