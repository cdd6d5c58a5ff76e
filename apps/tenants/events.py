"""What the platform announces of businesses. Emitted in public."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class BusinessSignedUp(Event):
    """A business's row, its address and the job that opens it are there."""

    sign_up_id: UUID


@dataclass(frozen=True, slots=True)
class BusinessSuspended(Event):
    """A business was closed to its own people."""

    business_id: UUID


@dataclass(frozen=True, slots=True)
class BusinessClosing(Event):
    """A business will be erased when its 30 days are over."""

    business_id: UUID


@dataclass(frozen=True, slots=True)
class GlassBroken(Event):
    """An operator looks into a business that did not ask for it. Its administrators are told at once."""

    door_id: UUID


@dataclass(frozen=True, slots=True)
class ClosingReminderDue(Event):
    """On this day of its closing, a business's administrators are to be reminded."""

    business_id: UUID
    day: int


@dataclass(frozen=True, slots=True)
class ArchiveRequested(Event):
    """A business asked for everything that is its own."""

    business_id: UUID
    job_id: UUID
