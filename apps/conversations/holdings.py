"""What conversations keep of a customer, and what lies below them without knowing customers: files and the ledger."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from apps.conversations import joining
from apps.conversations.events import ConversationChanged
from apps.conversations.models import ComposerDraft, Conversation, Message, MessageAttempt, Note, UsageWindow
from apps.core.events import emit
from apps.customers.archive import rows_of
from apps.customers.holdings import Holding, Moves, Part, Person
from apps.customers.models import Customer
from apps.gateways.models import DeliveryElement, SimulatorPhone
from apps.media.models import Attachment

UNSENT = (Message.Status.QUEUED, Message.Status.UNKNOWN)


def count(customer: Customer) -> Mapping[str, int]:
    """How much a merge would move."""
    conversations = Conversation.objects.filter(customer=customer)
    return {
        "conversations": conversations.count(),
        "messages": Message.objects.filter(conversation__in=conversations).exclude(direction="internal").count(),
        "notes": Note.objects.filter(customer=customer, deleted_at=None).count(),
    }


def erase(person: Person) -> Mapping[str, int]:
    """Empty every text, take unsent messages back, remove files, close what is open. Rows stay for the figures."""
    conversations = Conversation.objects.filter(customer__in=person.ids)
    messages = Message.objects.filter(conversation__in=conversations)
    messages.filter(status__in=UNSENT, direction="out").update(status=Message.Status.CANCELED, next_at=None)
    events = set(messages.filter(type="system").values_list("payload__event", flat=True))
    for event in events:
        messages.filter(type="system", payload__event=event).update(payload={"event": event})
    messages.exclude(type="system").update(payload={})
    emptied = messages.update(body="", history=[], error_text="", updated_at=timezone.now())
    messages.filter(actor_kind="customer").update(actor_label="")
    MessageAttempt.objects.filter(message__in=messages).update(detail="")
    notes = Note.objects.filter(_notes_of(person)).update(body="", mentions=[], remind_at=None)
    ComposerDraft.objects.filter(conversation__in=conversations).delete()
    raw = _raw_of(person).update(raw=None, error="")
    files = _remove(_files_of(person))
    SimulatorPhone.objects.filter(number__in=[f"+{value}" for value in person.values]).delete()
    for row in conversations:
        row.labels.clear()
        emit(ConversationChanged(conversation_id=row.pk))
    conversations.update(
        status=Conversation.Status.RESOLVED, snoozed_until=None, resolved_at=timezone.now(), hidden_at=timezone.now(),
        needs_human=False, needs_reason="", needs_since=None, waiting_since=None, stage="", csat_comment="",
    )  # fmt: skip
    return {"messages": emptied, "notes": notes, "elements": raw, "files": files}


def collect(person: Person) -> Iterator[Part]:
    """Everything said, noted, half written and received, with the files."""
    conversations = Conversation.objects.filter(customer__in=person.ids)
    messages = Message.objects.filter(conversation__in=conversations, hidden_at=None).order_by("provider_at")
    yield "conversations.json", rows_of(conversations.order_by("created_at"))
    yield "messages.json", rows_of(messages, "search")
    yield "notes.json", rows_of(Note.objects.filter(_notes_of(person), deleted_at=None))
    yield "drafts.json", rows_of(ComposerDraft.objects.filter(conversation__in=conversations))
    yield "received.json", rows_of(_raw_of(person))
    files = _files_of(person)
    yield "files.json", rows_of(files, "storage_key", "thumb_key", "variants")
    for file in files.filter(state=Attachment.State.READY):
        if file.storage_key and default_storage.exists(file.storage_key):
            with default_storage.open(file.storage_key) as content:
                yield f"files/{file.pk}-{_safe(file.name)}", content.read()


def move(kept: Customer, absorbed: Customer, moves: Moves) -> None:
    """Conversations, notes and counted days of one customer become another's. Two open conversations in one inbox
    become one thread."""
    for window in UsageWindow.objects.filter(customer=absorbed).order_by("starts_at"):
        around = UsageWindow.objects.filter(customer=kept, inbox=window.inbox_id)
        if not around.filter(starts_at__lt=window.ends_at, ends_at__gt=window.starts_at).exists():
            moves.change(window, customer_id=kept.pk)
    for note in Note.objects.filter(customer=absorbed):
        moves.change(note, customer_id=kept.pk)
    for row in Conversation.objects.select_for_update().filter(customer=absorbed).order_by("created_at"):
        open_ones = Conversation.objects.select_for_update().exclude(status=Conversation.Status.RESOLVED)
        other = open_ones.filter(customer=kept, inbox=row.inbox_id).first()
        if other is None or row.status == Conversation.Status.RESOLVED:
            moves.change(row, customer_id=kept.pk)
        else:
            joining.join(row, other, moves)
            emit(ConversationChanged(conversation_id=other.pk))
        emit(ConversationChanged(conversation_id=row.pk))


def _notes_of(person: Person) -> Q:
    return Q(customer__in=person.ids) | Q(conversation__customer__in=person.ids)


def _raw_of(person: Person) -> Any:
    """The items of the ledger that became this person's messages, or in which one of their ids is written anywhere."""
    messages = Message.objects.filter(conversation__customer__in=person.ids)
    found = Q(object_id__in=messages.values("pk")) | Q(object_id__in=person.ids)
    for value in person.values:
        found |= Q(said__contains=value)
    return DeliveryElement.objects.annotate(said=Cast("raw", TextField())).filter(found).exclude(raw=None)


def _files_of(person: Person) -> Any:
    messages = Message.objects.filter(conversation__customer__in=person.ids).values("pk")
    return Attachment.objects.filter(
        Q(owner_kind="message", owner_id__in=messages) | Q(owner_kind="customer", owner_id__in=person.ids)
    )


def _remove(files: Any) -> int:
    """Their objects go once this is certain; the rows stay and say that there was a file."""
    rows = list(files.exclude(state=Attachment.State.ERASED))
    for row in rows:
        copies = row.variants.values() if isinstance(row.variants, dict) else ()
        for key in (row.storage_key, row.thumb_key, *(copy for copy in copies if isinstance(copy, str))):
            if key:
                transaction.on_commit(partial(default_storage.delete, key))
    gone: int = Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Attachment.State.ERASED, name="", storage_key="", thumb_key="", variants={}, provider_ref="", sha256="",
        reason="", updated_at=timezone.now(),
    )  # fmt: skip
    return gone


def _safe(name: str) -> str:
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in name)[-80:] or "file"


HOLDING = Holding(count=count, erase=erase, collect=collect, move=move)
