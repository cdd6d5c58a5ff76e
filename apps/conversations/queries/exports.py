"""Conversations that leave the house: the table of an export."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.conversations.models import Conversation
from apps.customers.phones import shown_to

FILTERS = ("status", "mode", "inbox")
COLUMNS = (
    "id", "number", "customer__phone", "customer__name", "inbox__name", "status", "mode", "priority", "language",
    "assignee__full_name", "created_at", "last_message_at", "resolved_at",
)  # fmt: skip


def export_rows(user: Any, params: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """The conversations this person may take out, in the order of COLUMNS; nothing of what was said."""
    rows = Conversation.objects.for_user(user, "export")
    for name in ("status", "mode"):
        rows = rows.filter(**{name: params[name]}) if params.get(name) else rows
    if params.get("inbox"):
        rows = rows.filter(inbox__name=params["inbox"])
    place = COLUMNS.index("customer__phone")
    for row in rows.order_by("number").values_list(*COLUMNS).iterator(chunk_size=1000):
        yield (*row[:place], shown_to(user, row[place]), *row[place + 1 :])
