"""Reads of conversations, by noun: the list and its counts, the thread, who may read along, what leaves the house."""

from apps.conversations.queries.exports import COLUMNS, FILTERS, export_rows
from apps.conversations.queries.list import (
    TABS,
    after,
    by_last_word,
    conversations_for,
    tab_counts,
    unread_only,
    with_unread,
)
from apps.conversations.queries.readers import readers_of
from apps.conversations.queries.thread import PAGE, has_older, thread
from apps.conversations.queries.usage import beyond_limit

__all__ = [
    "COLUMNS",
    "FILTERS",
    "PAGE",
    "TABS",
    "after",
    "beyond_limit",
    "by_last_word",
    "conversations_for",
    "export_rows",
    "has_older",
    "readers_of",
    "tab_counts",
    "thread",
    "unread_only",
    "with_unread",
]
