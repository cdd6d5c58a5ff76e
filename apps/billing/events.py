"""What billing announces."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class EntitlementsChanged(Event):
    """What a business may use is not what it was, or the grace after a change is over. Emitted in public."""

    business_id: UUID
