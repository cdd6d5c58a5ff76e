"""What somebody has begun to write. It belongs to one person in one conversation (R-033) and is nobody else's news."""

from django.db import transaction

from apps.accounts.models import Employee
from apps.conversations.actions.send import LONGEST, clean
from apps.conversations.models import ComposerDraft, Conversation


@transaction.atomic
def keep_draft(
    conversation: Conversation, *, employee: Employee, body: str = "", note: bool = False
) -> ComposerDraft | None:
    """Keep what this person has written so far, or forget it when nothing is left."""
    body = body.replace("\x00", "")[:LONGEST]
    rows = ComposerDraft.objects.filter(conversation=conversation, employee=employee)
    if not clean(body):
        rows.delete()
        return None
    draft, _made = ComposerDraft.objects.update_or_create(
        conversation=conversation, employee=employee, defaults={"body": body, "note": note}
    )
    return draft
