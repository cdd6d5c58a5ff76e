"""What people bring: checked, drawn anew, kept, and then attached to something; and copies of what is kept already."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.billing import limits
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.media import kinds, pictures, store
from apps.media.actions.erase import erase_rows
from apps.media.events import AttachmentReady
from apps.media.models import Attachment
from apps.media.queries import stored_bytes
from apps.tenants.postgres.context import current_tenant

State = Attachment.State
MOST = 10  # files of one message


def upload_file(upload: Any, *, by: Actor, voice: bool = False, used_for: str = Attachment.Use.MESSAGE) -> Attachment:
    """Keep a file that somebody brought. It belongs to nothing yet, and goes after a day if that stays so.

    Raises Refusal `too_large` (413), `unsupported_type` (415), `plan_limit` (409) when the storage is full.
    """
    if upload.size > kinds.LARGEST_UPLOAD:
        raise Refusal("too_large", _("A file may have 10 MB at most. Make it smaller first."))
    if not upload.size:
        raise Refusal("unsupported_type", _("This file is empty."))
    data = upload.read(kinds.LARGEST_UPLOAD + 1)
    found = kinds.uploaded(data)
    mime, ending, width, height = found.mime, found.ending, None, None
    if found.kind == "image":
        data, mime, width, height = pictures.redraw(data)
        ending = kinds.UPLOADED[mime][2]
    return _keep(
        data, ending, by, kind="voice" if voice and found.kind == "audio" else found.kind,
        name=_name(upload.name, ending), mime=mime, width=width, height=height,
        sha256=hashlib.sha256(data).hexdigest(), used_for=used_for,
    )  # fmt: skip


def copy_files(rows: Sequence[Attachment], *, by: Actor) -> list[Attachment]:
    """Copies with bytes of their own, as fresh uploads of `by`: what becomes of the one never touches the other.

    Call it outside of a transaction that may yet be refused, so that no bytes are left without a row. Raises Refusal
    `invalid` when one is gone, `plan_limit` when the storage is full; then there is none.
    """
    made: list[Attachment] = []
    try:
        for row in rows:
            made.append(_copy(row, by))
    except BaseException:
        for each in made:
            store.remove(each.storage_key)
        Attachment.objects.filter(pk__in=[each.pk for each in made]).delete()
        raise
    return made


@transaction.atomic
def attach(ids: Sequence[UUID], *, owner_kind: str, owner_id: UUID, by: Actor) -> list[Attachment]:
    """Make fresh uploads of this person belong to something, in the order given.

    Raises Refusal `invalid` when one of them is not theirs, not ready, or in use already; then none is attached.
    """
    if len(ids) > MOST:
        raise Refusal("invalid", _("A message has at most 10 files."))
    fresh = Attachment.objects.select_for_update().filter(
        pk__in=ids, owner_kind="", state=State.READY, actor_kind=by.kind, actor_id=by.id
    )
    by_id = {row.pk: row for row in fresh}
    if len(set(ids)) != len(ids) or set(ids) - set(by_id):
        raise Refusal("invalid", _("A file is not there any more. Take it out and choose it again."))
    rows = [by_id[each] for each in ids]
    for position, row in enumerate(rows):
        row.owner_kind, row.owner_id, row.position = owner_kind, owner_id, position
        row.save(update_fields=["owner_kind", "owner_id", "position", "updated_at"])
    return rows


@transaction.atomic
def settle(ids: Sequence[UUID], *, owner_kind: str, owner_id: UUID, by: Actor, used_for: str) -> list[Attachment]:
    """Make exactly these the files of something, in this order: its own stay, fresh uploads of this person join them,
    and what is not named goes for good. Raises Refusal `invalid` as `attach` does; then all stays as it was."""
    own = Attachment.objects.select_for_update().filter(owner_kind=owner_kind, owner_id=owner_id, state=State.READY)
    held = {row.pk: row for row in own}
    fresh = attach([pk for pk in ids if pk not in held], owner_kind=owner_kind, owner_id=owner_id, by=by)
    erase_rows([row for pk, row in held.items() if pk not in ids])
    by_id = held | {row.pk: row for row in fresh}
    rows = [by_id[pk] for pk in dict.fromkeys(ids)]
    for position, row in enumerate(rows):
        row.position, row.used_for = position, used_for
        row.save(update_fields=["position", "used_for", "updated_at"])
    return rows


def draw_thumbnail(row: Attachment) -> Attachment:
    """Draw the small picture of a picture. What cannot be drawn stays without."""
    if row.state != State.READY or row.thumb_key or row.kind not in (Attachment.Kind.IMAGE, Attachment.Kind.STICKER):
        return row
    file = store.get(row.storage_key)
    if file is None:
        return row
    with file:
        small = pictures.thumbnail(file)
    if small:
        key = store.put(small, ".webp")
        if not Attachment.objects.filter(pk=row.pk, state=State.READY, thumb_key="").update(thumb_key=key):
            store.remove(key)  # erased meanwhile, or drawn by another
    return row.fresh()


def _copy(row: Attachment, by: Actor) -> Attachment:
    file = store.get(row.storage_key) if row.state == State.READY else None
    if file is None:
        raise Refusal("invalid", _("A file is not there any more. Take it out and choose it again."))
    with file:
        data = file.read()
    same = {name: getattr(row, name) for name in ("kind", "name", "mime", "width", "height", "seconds", "sha256")}
    return _keep(data, PurePosixPath(row.storage_key).suffix, by, **same)


def _keep(data: bytes, ending: str, by: Actor, **facts: Any) -> Attachment:
    row = _reserve(bytes=len(data), **facts, **by.as_fields())
    try:
        row.storage_key = store.put(data, ending)
    except BaseException:
        Attachment.objects.filter(pk=row.pk).delete()  # the room is free again
        raise
    return _ready(row, by)


@transaction.atomic
def _reserve(**facts: Any) -> Attachment:
    """A row that holds the room before a byte is kept. One at a time, so that two do not share the last of it."""
    limits.hold(Attachment)
    limits.require_room(current_tenant.get(), "storage_bytes", stored_bytes(), facts["bytes"])
    return Attachment.objects.create(state=State.PENDING, **facts)


@transaction.atomic
def _ready(row: Attachment, by: Actor) -> Attachment:
    row.state = State.READY
    row.save(update_fields=["state", "storage_key", "updated_at"])
    audit.record(by, "uploaded", row, after={"kind": row.kind, "mime": row.mime, "bytes": row.bytes})
    emit(AttachmentReady(attachment_id=row.pk))
    return row


def _name(said: str | None, ending: str) -> str:
    """The name as people gave it, with the ending of what it is."""
    stem = (said or "").replace("\x00", "").replace("\\", "/").rsplit("/", 1)[-1].rpartition(".")
    kept = "".join(letter for letter in (stem[0] or stem[2]) if letter.isprintable()).strip()[:150]
    return f"{kept or get_valid_filename(_('file'))}{ending}"
