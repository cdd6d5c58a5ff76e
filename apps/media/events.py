"""What files announce."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class AttachmentExpected(Event):
    """A customer's file waits at its provider to be fetched."""

    attachment_id: UUID


@dataclass(frozen=True, slots=True)
class AttachmentReady(Event):
    """A file is here and can be opened."""

    attachment_id: UUID


@dataclass(frozen=True, slots=True)
class AttachmentChanged(Event):
    """A file's state is not what it was: failed, rejected, expired."""

    attachment_id: UUID


@dataclass(frozen=True, slots=True)
class AttachmentErased(Event):
    """A file is to be seen no more; its bytes are to be removed."""

    attachment_id: UUID
