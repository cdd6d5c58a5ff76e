"""The nervous system on one page: every event and who hears it. Each subscriber is a task whose parameters are the
event's fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from celery import Task

from apps.assistant import tasks as assistant
from apps.audit import events as records
from apps.audit import tasks as exports
from apps.conversations import events
from apps.conversations import tasks as conversations
from apps.core.events import Event
from apps.realtime import tasks as realtime
from apps.tenants import events as businesses

SUBSCRIPTIONS: Mapping[type[Event], Sequence[Task[..., Any]]] = {
    records.ExportRequested: [exports.run_export],
    businesses.BusinessSuspended: [realtime.close_doors],
    events.MessageReceived: [conversations.show, assistant.consider],
    events.MessageQueued: [conversations.show, conversations.deliver],
    events.MessageChanged: [conversations.show],
    events.ConversationChanged: [conversations.show_conversation],
    events.ConversationRead: [conversations.mark_read_at_provider],
}
