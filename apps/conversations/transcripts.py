"""One conversation as a file to take out: JSON, text, CSV; without what is hidden and without notes (CONV-19)."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

from apps.audit import actions as audit
from apps.audit.sheets import neutral
from apps.conversations.models import Conversation, Message
from apps.core.actors import Actor

COLUMNS = ("at", "direction", "from", "type", "body", "status", "id", "reply_to")


def write(conversation: Conversation, kind: str, *, by: Actor) -> str:
    """The whole conversation in this form (a key of FORMS). Leaves a row in the record."""
    rows = said_in(conversation)
    audit.record(by, "exported", conversation, after={"format": kind, "messages": len(rows)})
    return FORMS[kind](conversation, rows)


def said_in(conversation: Conversation) -> list[dict[str, Any]]:
    """What was said and what changed, in order, each with the columns of COLUMNS."""
    messages = Message.objects.filter(conversation=conversation, hidden_at=None).order_by("provider_at", "created_at")
    return [
        {
            "at": message.provider_at.isoformat(), "direction": message.direction,
            "from": message.actor_label or message.actor_kind, "type": message.type,
            "body": message.line if message.type == "system" else message.body, "status": message.status,
            "id": str(message.pk), "reply_to": str(message.reply_to_id) if message.reply_to_id else "",
        }
        for message in messages
    ]  # fmt: skip


def _json(conversation: Conversation, rows: list[dict[str, Any]]) -> str:
    head = {
        "number": conversation.number, "customer": conversation.customer.display_name,
        "phone": conversation.customer.phone or "", "inbox": conversation.inbox.name, "status": conversation.status,
        "created_at": conversation.created_at.isoformat(),
    }  # fmt: skip
    return json.dumps({**head, "messages": rows}, ensure_ascii=False, indent=1)


def _text(conversation: Conversation, rows: list[dict[str, Any]]) -> str:
    head = f"#{conversation.number} · {conversation.customer.display_name} · {conversation.inbox.name}"
    lines = [f"[{row['at'][:16].replace('T', ' ')}] {row['from']}: {row['body'] or row['type']}" for row in rows]
    return "\n".join([head, "", *lines, ""])


def _csv(conversation: Conversation, rows: list[dict[str, Any]]) -> str:
    file = io.StringIO(newline="")
    sheet = csv.writer(file)
    sheet.writerow(COLUMNS)
    sheet.writerows([neutral(row[name]) for name in COLUMNS] for row in rows)
    return f"\ufeff{file.getvalue()}"


FORMS: Mapping[str, Callable[[Conversation, list[dict[str, Any]]], str]] = {"json": _json, "text": _text, "csv": _csv}
TYPES = {"json": "application/json", "text": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8"}
ENDINGS = {"json": "json", "text": "txt", "csv": "csv"}
