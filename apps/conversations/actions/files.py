"""Files of messages: expected when a message is stored, fetched from its provider afterwards, then shown."""

from tempfile import TemporaryFile
from uuid import UUID

from django.db import transaction

from apps.conversations.actions import threads
from apps.conversations.events import MessageChanged
from apps.conversations.models import Message
from apps.core.actors import Actor
from apps.core.crypto import Unreadable
from apps.core.events import emit
from apps.gateways import protocol
from apps.gateways.actions import line_of
from apps.gateways.models import Inbox
from apps.media import actions as media
from apps.media.kinds import LARGEST_INBOUND
from apps.media.models import Attachment

OWNER = "message"  # the owner kind of its files
KINDS = ("image", "video", "voice", "audio", "document", "sticker")
State = Attachment.State


def expect_files(message: Message, fact: protocol.Inbound | protocol.Echo, *, by: Actor) -> None:
    """Put the files that a message came with beside it, to be fetched once it is stored."""
    if fact.media is None:
        return
    others = [each for each in fact.payload.get("more_media") or [] if isinstance(each, dict)]
    given = [(message.type, fact.media.reference, fact.media.mime, fact.media.sha256 or "", fact.media.name or "")]
    given += [(_kind(each), str(each.get("reference", "")), str(each.get("mime", "")), "", "") for each in others[:9]]
    for position, (kind, reference, mime, sha256, name) in enumerate(given):
        media.expect_file(
            kind=kind if kind in KINDS else "document", owner_kind=OWNER, owner_id=message.pk, position=position,
            inbox_id=message.inbox_id, reference=reference, mime=mime, sha256=sha256, name=name, by=by,
        )  # fmt: skip


def fetch_file(attachment_id: UUID) -> Attachment | None:
    """Fetch a customer's file from its provider; None when somebody else does, or it is not due."""
    row = media.claim_fetch(attachment_id)
    if row is None:
        return None
    inbox = Inbox.objects.filter(pk=row.inbox_id).first() if row.inbox_id else None
    if inbox is None:
        return media.give_up(row, "gone", state=State.EXPIRED)
    with TemporaryFile() as file:
        try:
            gateway, largest = protocol.gateway(inbox.gateway), LARGEST_INBOUND[row.kind]
            told = gateway.fetch_media(line_of(inbox), row.provider_ref, file, largest)
        except protocol.NotFetched as failure:
            last = State.EXPIRED if failure.reason == "gone" else State.REJECTED
            return media.give_up(row, failure.reason, state=last if failure.is_final else State.FAILED)
        except (protocol.SendTrouble, Unreadable):
            return media.give_up(row, "unavailable")
        return media.keep_fetched(row, file, sha256=told)


@transaction.atomic
def note_file(attachment_id: UUID) -> None:
    """A file of a message is not what it was: whoever looks at the thread is to see it."""
    row = Attachment.objects.filter(pk=attachment_id, owner_kind=OWNER, owner_id__isnull=False).first()
    if row is None or row.owner_id is None:
        return
    found = Message.objects.select_related("conversation").filter(pk=row.owner_id).first()
    if found is None:
        return
    message = threads.lock_message(found)
    message.seq = threads.take_seq(message.conversation)
    message.save(update_fields=["seq", "updated_at"])
    threads.store(message.conversation)
    emit(MessageChanged(message_id=message.pk))


def _kind(media_ref: dict[str, object]) -> str:
    return str(media_ref.get("mime", "")).partition("/")[0]
