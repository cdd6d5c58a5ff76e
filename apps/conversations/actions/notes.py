"""Notes: written, changed, pinned, taken away. They stand beside a conversation or a customer and never leave us."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.conversations import composing
from apps.conversations.actions import threads
from apps.conversations.actions.send import clean
from apps.conversations.models import Conversation, Note
from apps.core.actors import Actor
from apps.core.models import new_id
from apps.core.refusals import Refusal
from apps.customers.models import Customer

NOTE_LONGEST = 5_000
RECORDED = ("kind", "is_pinned", "is_important", "remind_at")


@transaction.atomic
def add_note(
    about: Conversation | Customer,
    *,
    body: str,
    author: Employee,
    by: Actor,
    id: UUID | None = None,
    mentions: Sequence[UUID] = (),
    **facts: Any,
) -> Note:
    """Leave a note for colleagues. The same id twice is one note. `facts` are its kind, marks and reminder.

    Refuses a mention of somebody who may not see it, and a reminder without a time to come.
    """
    body = _checked(body)
    conversation = threads.lock(about) if isinstance(about, Conversation) else None
    customer = about if isinstance(about, Customer) else None
    written: Note | None = Note.objects.filter(pk=id).first() if id else None
    if written:
        same = (written.conversation_id, written.customer_id) == (
            conversation and conversation.pk,
            customer and customer.pk,
        )
        if not same or written.body != body:
            raise Refusal("duplicate", _("This id belongs to another note."))
        return written
    note = Note(id=id or new_id(), conversation=conversation, customer=customer, body=body, author=author, **facts)
    note.mentions = _told(conversation, mentions)
    _check_reminder(note, note.remind_at)
    _take_place(note, conversation)
    note.save(force_insert=True)
    audit.record(by, "noted", note)
    return note


@transaction.atomic
def edit_note(note: Note, *, by: Actor, **facts: Any) -> Note:
    """Change a note. Its reminder rings anew when its time changes."""
    note, conversation = _locked(note)
    before = audit.facts(note)
    remind_at = note.remind_at
    if "body" in facts:
        facts["body"] = _checked(facts["body"])
    if "mentions" in facts:
        facts["mentions"] = _told(conversation, facts["mentions"])
    changed = [name for name, value in facts.items() if getattr(note, name) != value]
    if not changed:
        return note
    for name in changed:
        setattr(note, name, facts[name])
    if note.kind != Note.Kind.REMINDER and "kind" in changed:
        note.remind_at = None
    _check_reminder(note, None if note.remind_at == remind_at else note.remind_at)
    if note.remind_at != remind_at:
        note.reminded_at = None
    if "body" in changed:
        note.edited_at = timezone.now()
    _take_place(note, conversation)
    note.save()
    audit.record(by, "edited", note, **_recorded(note, before))
    return note


@transaction.atomic
def pin_note(note: Note, *, by: Actor, pinned: bool = True) -> Note:
    """Put it before the others, or back among them."""
    note, conversation = _locked(note)
    if note.is_pinned == pinned:
        return note
    note.is_pinned = pinned
    _take_place(note, conversation)
    note.save(update_fields=["is_pinned", "seq", "updated_at"])
    audit.record(by, "pinned" if pinned else "unpinned", note)
    return note


@transaction.atomic
def delete_note(note: Note, *, by: Actor) -> Note:
    """Take it away: its words go, that there was one stays."""
    note, conversation = _locked(note)
    if note.deleted_at:
        return note
    note.deleted_at, note.body, note.mentions, note.is_pinned = timezone.now(), "", [], False
    _take_place(note, conversation)
    note.save()
    audit.record(by, "deleted", note)
    return note


def _locked(note: Note) -> tuple[Note, Conversation | None]:
    conversation = threads.lock(note.conversation) if note.conversation else None
    fresh: Note = Note.objects.select_for_update().get(pk=note.pk)
    return fresh, conversation


def _take_place(note: Note, conversation: Conversation | None) -> None:
    """A note of a conversation takes the next place in it, so that everybody who looks there gets it."""
    if conversation is not None:
        note.seq = threads.take_seq(conversation)
        threads.store(conversation)
        threads.announce(conversation)


def _checked(body: str) -> str:
    body = clean(body)
    if not body or len(body) > NOTE_LONGEST:
        raise Refusal("invalid", _("A note has 1 to 5,000 characters."))
    return body


def _told(conversation: Conversation | None, mentions: Sequence[UUID]) -> list[UUID]:
    wanted = list(dict.fromkeys(mentions))
    if wanted and set(wanted) - {person.pk for person in composing.may_be_told(conversation)}:
        raise Refusal("invalid", _("Somebody mentioned here may not read this note. Take the mention out."))
    return wanted


def _check_reminder(note: Note, new: datetime | None) -> None:
    if note.kind == Note.Kind.REMINDER and note.remind_at is None:
        raise Refusal("invalid", _("Say when to remind you."))
    if note.kind != Note.Kind.REMINDER and note.remind_at is not None:
        raise Refusal("invalid", _("Only a reminder has a time."))
    if new is not None and new <= timezone.now():
        raise Refusal("invalid", _("This time is over. Choose one to come."))


def _recorded(note: Note, before: dict[str, Any]) -> dict[str, Any]:
    """What the record may keep of a change: never the words."""
    found: Any = audit.changed(note, before)
    return {
        side: {name: value for name, value in (values or {}).items() if name in RECORDED}
        for side, values in found.items()
    }
