"""The thread of one conversation: messages and notes in the order they were said."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from apps.conversations.models import Conversation, Message, Note, Reaction
from apps.media.queries import files_of

PAGE = 50
FILE_KINDS = ("image", "video", "voice", "audio", "document", "sticker")


def thread(
    conversation: Conversation, *, since: int | None = None, before: UUID | None = None, after: UUID | None = None,
    limit: int = PAGE, with_notes: bool,
) -> list[Message | Note]:  # fmt: skip
    """What was said, in order of provider time.

    With `since`, everything that is new or changed after that sequence; with `before` or `after` (a message's id),
    the page of older or newer messages; else the newest page. Notes stand among the messages for those who may read
    them.
    """
    messages = _messages(conversation)
    notes = Note.objects.filter(conversation=conversation, deleted_at=None).select_related("author")
    if since is not None:
        changed = list(messages.filter(seq__gt=since).order_by("seq"))
        return _in_order(changed, list(notes.filter(seq__gt=since)) if with_notes else [])
    if after is not None:
        edge = Message.objects.filter(conversation=conversation, pk=after).first()
        if edge is None:
            return []
        page = list(messages.filter(_later_than(edge)).order_by("provider_at", "created_at")[:limit])
        notes = notes.filter(created_at__gte=edge.provider_at)
        if len(page) == limit:
            notes = notes.filter(created_at__lt=page[-1].provider_at)
        return _in_order(page, list(notes) if with_notes else [])
    if before is not None:
        edge = Message.objects.filter(conversation=conversation, pk=before).first()
        if edge is None:
            return []
        earlier = Q(provider_at__lt=edge.provider_at) | Q(provider_at=edge.provider_at, created_at__lt=edge.created_at)
        messages = messages.filter(earlier)
        notes = notes.filter(created_at__lt=edge.provider_at)
    page = list(messages.order_by("-provider_at", "-created_at")[:limit])
    if len(page) == limit:
        notes = notes.filter(created_at__gte=page[-1].provider_at)
    return _in_order(page, list(notes) if with_notes else [])


def around(conversation: Conversation, target: UUID, *, with_notes: bool) -> list[Message | Note]:
    """The page in whose middle a message stands; nothing when there is no such message here."""
    found = _messages(conversation).filter(pk=target).first()
    if found is None:
        return []
    half = PAGE // 2
    before = thread(conversation, before=target, limit=half, with_notes=with_notes)
    return [*before, found, *thread(conversation, after=target, limit=half, with_notes=with_notes)]


def has_newer(conversation: Conversation, rows: list[Message | Note]) -> bool:
    """Whether there is anything after the last message shown."""
    last = next((row for row in reversed(rows) if isinstance(row, Message)), None)
    return last is not None and Message.objects.filter(conversation=conversation).filter(_later_than(last)).exists()


def whereabouts(message: Message) -> dict[str, Any]:
    """What became of one message: each try to send it, and what the provider said of it, in order."""
    return {
        "tries": list(message.tries.order_by("number")),
        "said": list(message.status_events.order_by("provider_at", "received_at")),
    }


def has_older(conversation: Conversation, rows: list[Message | Note]) -> bool:
    """Whether there is anything before the first message shown."""
    first = next((row for row in rows if isinstance(row, Message)), None)
    if first is None:
        return False
    return Message.objects.filter(conversation=conversation, provider_at__lt=first.provider_at).exists()


def _later_than(edge: Message) -> Q:
    return Q(provider_at__gt=edge.provider_at) | Q(provider_at=edge.provider_at, created_at__gt=edge.created_at)


def _messages(conversation: Conversation) -> QuerySet[Message]:
    standing = Reaction.objects.filter(removed_at=None)
    return (
        Message.objects.filter(conversation=conversation)
        .select_related("reply_to")
        .prefetch_related(Prefetch("reactions", standing))
    )


def with_files(messages: list[Message]) -> list[Message]:
    """The same messages, each with its `files` unless it is hidden; no question where none can have any."""
    ids = [message.pk for message in messages if message.type in FILE_KINDS and not message.hidden_at]
    found = files_of("message", ids) if ids else {}
    for message in messages:
        message.files = found.get(message.pk, [])
    return messages


def _in_order(messages: list[Message], notes: list[Note]) -> list[Message | Note]:
    with_files(messages)
    rows: list[Message | Note] = [*messages, *notes]
    return sorted(rows, key=lambda row: (getattr(row, "provider_at", row.created_at), row.created_at))
