"""What colleagues tell each other beside a conversation."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.conversations.actions import threads
from apps.conversations.actions.send import clean
from apps.conversations.models import Conversation, Note
from apps.core.actors import Actor
from apps.core.models import new_id
from apps.core.refusals import Refusal

NOTE_LONGEST = 5_000


@transaction.atomic
def add_note(conversation: Conversation, *, body: str, author: Employee, by: Actor, id: UUID | None = None) -> Note:
    """Leave a note for colleagues. The same id twice is one note."""
    body = clean(body)
    if not body or len(body) > NOTE_LONGEST:
        raise Refusal("invalid", _("A note has 1 to 5,000 characters."))
    conversation = threads.lock(conversation)
    written: Note | None = Note.objects.filter(pk=id).first() if id else None
    if written:
        if written.conversation_id != conversation.pk or written.body != body:
            raise Refusal("duplicate", _("This id belongs to another note."))
        return written
    note = Note.objects.create(
        id=id or new_id(), conversation=conversation, body=body, author=author, seq=threads.take_seq(conversation)
    )
    threads.store(conversation)
    audit.record(by, "noted", note)
    threads.announce(conversation)
    return note
