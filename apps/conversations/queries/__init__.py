"""Reads of conversations, by noun: the list and its counts, the thread, who may read along, what leaves the house."""

from apps.conversations.queries.exports import COLUMNS, FILTERS, export_rows
from apps.conversations.queries.list import TABS, conversations_for, tab_counts, with_unread
from apps.conversations.queries.readers import readers_of
from apps.conversations.queries.thread import PAGE, has_older, thread
from apps.conversations.queries.usage import beyond_limit

__all__ = [
    "COLUMNS",
    "FILTERS",
    "PAGE",
    "TABS",
    "beyond_limit",
    "conversations_for",
    "export_rows",
    "has_older",
    "readers_of",
    "tab_counts",
    "thread",
    "with_unread",
]
