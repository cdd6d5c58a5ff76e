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
