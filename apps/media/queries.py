"""Reads of files: what belongs to something, how much there is, what waits."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from apps.media.models import Attachment

State = Attachment.State


def files_of(owner_kind: str, ids: Iterable[UUID]) -> dict[UUID, list[Attachment]]:
    """The files of these owners in their order, in one question. Owners without any are not in it."""
    found: dict[UUID, list[Attachment]] = {}
    for file in Attachment.objects.filter(owner_kind=owner_kind, owner_id__in=list(ids)):
        found.setdefault(file.owner_id, []).append(file)
    return found


def ready_files(owner_kind: str, owner_id: UUID) -> list[Attachment]:
    """Those of one owner that can be opened, in their order."""
    return list(Attachment.objects.filter(owner_kind=owner_kind, owner_id=owner_id, state=State.READY))


def stored_bytes() -> int:
    """How much room the files of the current business take, those on their way included."""
    there = Attachment.objects.exclude(state__in=(State.ERASED, State.REJECTED, State.EXPIRED))
    return int(there.aggregate(total=Sum("bytes"))["total"] or 0)


def due(now: datetime) -> list[UUID]:
    """Files that should be fetched by now, and have an owner who waits for them."""
    waiting = Attachment.objects.filter(Q(state=State.PENDING) | Q(state=State.FAILED), next_at__lte=now)
    return list(waiting.exclude(owner_kind="").order_by("next_at").values_list("pk", flat=True)[:200])
