"""What the customers' app announces."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class CustomerBlocked(Event):
    """Somebody was blocked; their provider may be told so."""

    customer_id: UUID


@dataclass(frozen=True, slots=True)
class CustomerUnblocked(Event):
    """Somebody may write again."""

    customer_id: UUID


@dataclass(frozen=True, slots=True)
class ThresholdsChanged(Event):
    """Segments are counted anew for everybody."""

    settings_id: UUID


@dataclass(frozen=True, slots=True)
class ImportQueued(Event):
    """A file of customers waits to be read."""

    job_id: UUID
