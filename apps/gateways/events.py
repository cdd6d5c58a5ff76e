"""What the connected numbers announce."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class InboxConnected(Event):
    """A number was connected."""

    inbox_id: UUID


@dataclass(frozen=True, slots=True)
class HealthChanged(Event):
    """A number works better or worse than before."""

    inbox_id: UUID


@dataclass(frozen=True, slots=True)
class TemplatesChanged(Event):
    """The templates of a number are not what they were."""

    inbox_id: UUID


@dataclass(frozen=True, slots=True)
class TemplatesOutdated(Event):
    """The provider spoke of a template that we do not know."""

    inbox_id: UUID
