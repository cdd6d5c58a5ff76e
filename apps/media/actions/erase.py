"""What goes: by a person's wish, because a customer is erased, or because nobody used it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.audit import actions as audit
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.media import store
from apps.media.events import AttachmentChanged, AttachmentErased
from apps.media.models import Attachment

State = Attachment.State
UNUSED = timedelta(hours=24)


@transaction.atomic
def erase_files(owner_kind: str, ids: Iterable[UUID]) -> int:
    """Let the files of these owners be seen no more; their bytes are removed by a task. Returns how many.

    The rows stay, without a name, so that the thread still says that something was there.
    """
    rows = Attachment.objects.filter(owner_kind=owner_kind, owner_id__in=list(ids)).exclude(state=State.ERASED)
    return erase_rows(rows.select_for_update())


def erase_rows(rows: Iterable[Attachment]) -> int:
    """The same for rows that are locked already."""
    found = list(rows)
    for row in found:
        _erase(row)
    return len(found)


@transaction.atomic
def delete_file(row: Attachment, *, by: Actor) -> Attachment:
    """Remove one file because a person wants it gone. What it hung on says "removed"."""
    row = Attachment.objects.select_for_update().get(pk=row.pk)
    if row.state != State.ERASED:
        _erase(row)
        audit.record(by, "deleted", row)
    return row


def remove_objects(row: Attachment) -> None:
    """Remove the bytes of an erased file, then forget where they were."""
    if row.state != State.ERASED:
        return
    for key in _keys(row):
        store.remove(key)
    Attachment.objects.filter(pk=row.pk).update(storage_key="", thumb_key="", variants={})


def purge_unused(now: datetime) -> int:
    """Remove uploads that belong to nothing after a day, bytes first. Returns how many."""
    unused = Attachment.objects.filter(owner_kind="", created_at__lte=now - UNUSED)
    count = 0
    for row in unused[:500]:
        with transaction.atomic():
            held = Attachment.objects.select_for_update().filter(pk=row.pk, owner_kind="").first()
            if held is None:
                continue  # used after all
            for key in _keys(held):
                store.remove(key)
            audit.record(SYSTEM, "purged", held)
            held.delete()
            count += 1
    return count


def _erase(row: Attachment) -> None:
    row.state, row.name, row.provider_ref, row.sha256, row.reason = State.ERASED, "", "", "", ""
    row.next_at, row.updated_at = None, timezone.now()
    row.save(update_fields=["state", "name", "provider_ref", "sha256", "reason", "next_at", "updated_at"])
    emit(AttachmentErased(attachment_id=row.pk))
    emit(AttachmentChanged(attachment_id=row.pk))


def _keys(row: Attachment) -> list[str]:
    return [key for key in (row.storage_key, row.thumb_key, *map(str, row.variants.values())) if key]
