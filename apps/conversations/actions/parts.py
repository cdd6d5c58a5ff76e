"""A message with files goes out as several: each file by itself, in order, none of them twice (R-024).

`payload["steps"]` says how far it is: a list of provider ids for each step, empty for what has not been sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.conversations.actions.files import OWNER
from apps.conversations.models import Message
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.gateways import protocol
from apps.gateways.files import CAPTIONED, require_taken
from apps.gateways.limits import CAPTION_LIMIT
from apps.media import actions as media
from apps.media import store
from apps.media.models import Attachment
from apps.media.queries import files_of
from apps.media.serving import handed_address

Say = Callable[..., protocol.Sent]


@dataclass(frozen=True, slots=True)
class Step:
    """What one request to the provider says."""

    type: str
    body: str = ""
    file: protocol.OutboundFile | None = None


def attach(message_id: UUID, ids: Sequence[UUID], *, by: Actor) -> list[Attachment]:
    """Give a message that is about to be queued its files. Raises Refusal `invalid` for what WhatsApp does not take,
    and for a reply's own file: the reply lends a copy each time it is used."""
    if Attachment.objects.filter(pk__in=ids, owner_kind="reply").exists():
        raise Refusal("invalid", _("This file belongs to a reply. Use the reply here, and send the files it gives."))
    files = media.attach(ids, owner_kind=OWNER, owner_id=message_id, by=by)
    for file in files:
        require_taken(file.kind, file.mime, file.bytes)
    return files


def steps_of(message: Message) -> list[Step]:
    """What is sent of a message with files, in order; nothing for one without."""
    files = files_of(OWNER, [message.pk]).get(message.pk, [])
    if not files:
        return []
    on_first = bool(message.body) and files[0].kind in CAPTIONED and len(message.body) <= CAPTION_LIMIT
    before = [Step("text", message.body)] if message.body and not on_first else []
    sent = [
        Step(file.kind, message.body if on_first and not place else "", _outbound(file))
        for place, file in enumerate(files)
    ]
    return before + sent


def say_all(message: Message, steps: list[Step], say: Say) -> protocol.Sent:
    """Say what has not been said, and note each step as soon as the provider has taken it. Raises SendTrouble.

    Returns the ids of this try alone.
    """
    done: list[list[str]] = list(message.payload.get("steps") or [[] for _step in steps])
    fresh: list[str] = []
    for place, step in enumerate(steps):
        if done[place]:
            continue
        sent = say(step, first=place == 0)
        done[place] = list(sent.external_ids)
        fresh += sent.external_ids
        message.payload = {**message.payload, "steps": done}
        message.parts = [*message.parts, *sent.external_ids]
        Message.objects.filter(pk=message.pk).update(payload=message.payload, parts=message.parts)
    return protocol.Sent(tuple(fresh or message.parts[-1:]))


def is_half_sent(message: Message) -> bool:
    """Whether some of its files have not gone out, so that news of the others does not speak for all."""
    return any(not ids for ids in message.payload.get("steps") or [])


def unsay(message: Message, external_id: str) -> None:
    """A step was taken by the provider and did not arrive: it is to be said again, the others are not."""
    steps: list[Any] = message.payload.get("steps") or []
    if any(external_id in ids for ids in steps):
        message.payload = {**message.payload, "steps": [[] if external_id in ids else ids for ids in steps]}


def _outbound(file: Attachment) -> protocol.OutboundFile:
    return protocol.OutboundFile(file.name, file.mime, partial(_read, file), partial(handed_address, file))


def _read(file: Attachment) -> bytes:
    found = store.get(file.storage_key) if file.state == Attachment.State.READY else None
    if found is None:
        raise protocol.Refused(protocol.Meaning.BAD_PARAMETERS, "file_gone", "The file is not there any more.")
    with found:
        return bytes(found.read())
