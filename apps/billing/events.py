"""What billing announces."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class EntitlementsChanged(Event):
    """What a business may use is not what it was, or the grace after a change is over. Emitted in public."""

    business_id: UUID


@dataclass(frozen=True, slots=True)
class UsageWarned(Event):
    """This month's conversations have reached 80 or 100 percent of the plan's. Said once of each per month."""

    usage_month_id: UUID
    percent: int
