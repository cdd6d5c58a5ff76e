"""Reads of conversations, by noun: the list and its counts, the thread, who may read along, what leaves the house."""

from apps.conversations.queries.exports import COLUMNS, FILTERS, export_rows
from apps.conversations.queries.health import errors_of_hour
from apps.conversations.queries.here import here_key, who_is_here
from apps.conversations.queries.list import (
    calling,
    conversations_for,
    earlier,
    list_page,
    newest_per_inbox,
    tab_counts,
    unread_only,
    with_unread,
)
from apps.conversations.queries.narrowing import TABS, Wanted, cursor_of, wanted
from apps.conversations.queries.readers import readers_of
from apps.conversations.queries.thread import PAGE, around, has_newer, has_older, thread, whereabouts, with_files
from apps.conversations.queries.usage import beyond_limit

__all__ = [
    "COLUMNS",
    "FILTERS",
    "PAGE",
    "TABS",
    "Wanted",
    "around",
    "beyond_limit",
    "calling",
    "conversations_for",
    "cursor_of",
    "earlier",
    "errors_of_hour",
    "export_rows",
    "has_newer",
    "has_older",
    "here_key",
    "list_page",
    "newest_per_inbox",
    "readers_of",
    "tab_counts",
    "thread",
    "unread_only",
    "wanted",
    "whereabouts",
    "who_is_here",
    "with_files",
    "with_unread",
]
