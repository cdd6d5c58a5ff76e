"""What customers send: expected when the message is stored, fetched afterwards, five times over a day (MED-03)."""

import base64
import binascii
import hashlib
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.media import kinds, pictures, store
from apps.media.events import AttachmentChanged, AttachmentExpected, AttachmentReady
from apps.media.models import Attachment

State = Attachment.State
PAUSES = (timedelta(seconds=15), timedelta(minutes=10), timedelta(hours=2), timedelta(hours=21))  # between five tries
LOST = timedelta(minutes=5)  # a fetch whose worker never came back
FORGOTTEN = timedelta(seconds=20)  # after which a sweeper takes up what no task came for


def expect_file(
    *, kind: str, owner_kind: str, owner_id: UUID, inbox_id: UUID, reference: str, by: Actor, name: str = "",
    mime: str = "", sha256: str = "", position: int = 0,
) -> Attachment:  # fmt: skip
    """A customer's file that its provider holds. Called where the message is stored, in the same transaction."""
    row = Attachment.objects.create(
        kind=kind, owner_kind=owner_kind, owner_id=owner_id, inbox_id=inbox_id, position=position,
        provider_ref=reference[:300], name=_clean(name), mime=mime[:100], sha256=_hex(sha256),
        next_at=timezone.now() + FORGOTTEN, **by.as_fields(),
    )  # fmt: skip
    emit(AttachmentExpected(attachment_id=row.pk))
    return row


def claim_fetch(attachment_id: UUID) -> Attachment | None:
    """Take a file that waits and is due. Whoever claims it fetches it."""
    now = timezone.now()
    waiting = Attachment.objects.filter(
        Q(attempts=0, state=State.PENDING) | Q(next_at__lte=now, state__in=(State.PENDING, State.FAILED)),
        pk=attachment_id,
    ).exclude(provider_ref="")
    if not waiting.update(state=State.FETCHING, claimed_at=now, attempts=F("attempts") + 1):
        return None
    return Attachment.objects.get(pk=attachment_id)


def keep_fetched(row: Attachment, file: IO[bytes], *, sha256: str = "") -> Attachment:
    """Keep what came from the provider, if it is what was announced; else reject it, or count the try as failed.

    `sha256` is what the provider says of it now, in either of its writings.
    """
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(kinds.MB):
        digest.update(chunk)
        size += len(chunk)
    hashed = digest.hexdigest()
    if any(said and said != hashed for said in (row.sha256, _hex(sha256))):
        return give_up(row, "wrong_hash")
    found = kinds.received(file, row.kind)
    if found is None:
        return _settle(row, State.REJECTED, "unsupported_type")
    facts: dict[str, Any] = {"sha256": hashed, "bytes": size, "mime": found.mime}
    if row.kind in (Attachment.Kind.IMAGE, Attachment.Kind.STICKER):
        measured = pictures.size_of(file)
        if measured is None:
            return _settle(row, State.REJECTED, "unreadable")
        facts |= {"width": measured[0], "height": measured[1]}
    file.seek(0)
    facts["storage_key"] = store.put(file, found.ending)
    with transaction.atomic():
        mine = Attachment.objects.filter(pk=row.pk, state=State.FETCHING)
        facts |= {"reason": "", "next_at": None, "claimed_at": None, "updated_at": timezone.now()}
        if not mine.update(state=State.READY, **facts):
            store.remove(facts["storage_key"])  # erased while it was fetched
            return row.fresh()
        emit(AttachmentReady(attachment_id=row.pk))
    return row.fresh()


def give_up(row: Attachment, reason: str, *, state: str = State.FAILED) -> Attachment:
    """This try came to nothing: the next is due after a pause, after the fifth only when a person asks.

    With `state` rejected or expired there is none.
    """
    again = state == State.FAILED and row.attempts <= len(PAUSES)
    return _settle(row, state, reason, timezone.now() + PAUSES[row.attempts - 1] if again else None)


@transaction.atomic
def fetch_again(row: Attachment, *, by: Actor) -> Attachment:
    """Try a failed file again now, because a person asks for it. Raises Refusal `illegal_transition`."""
    row = Attachment.objects.select_for_update().get(pk=row.pk)
    if row.state not in (State.FAILED, State.EXPIRED) or not row.provider_ref:
        raise Refusal("illegal_transition", _("This file does not wait to be fetched."))
    row.state, row.reason, row.attempts = State.PENDING, "", 0
    row.next_at = timezone.now() + FORGOTTEN
    row.save(update_fields=["state", "reason", "attempts", "next_at", "updated_at"])
    audit.record(by, "refetched", row)
    emit(AttachmentExpected(attachment_id=row.pk))
    emit(AttachmentChanged(attachment_id=row.pk))
    return row


def let_go_of_lost(now: datetime) -> None:
    """Files whose worker never came back wait again."""
    lost = Attachment.objects.filter(state=State.FETCHING, claimed_at__lte=now - LOST)
    lost.update(state=State.PENDING, next_at=now, claimed_at=None)


@transaction.atomic
def _settle(row: Attachment, state: str, reason: str, next_at: datetime | None = None) -> Attachment:
    mine = Attachment.objects.filter(pk=row.pk, state=State.FETCHING)
    if mine.update(state=state, reason=reason[:60], next_at=next_at, claimed_at=None, updated_at=timezone.now()):
        emit(AttachmentChanged(attachment_id=row.pk))
    return row.fresh()


def _hex(said: str) -> str:
    """A hash in either of its writings: Meta writes base64. Anything else proves nothing and is empty."""
    if len(said) == 64:
        return said.lower()
    try:
        found = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return found.hex() if len(found) == 32 else ""


def _clean(name: str) -> str:
    return "".join(letter for letter in name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable())[:200]
