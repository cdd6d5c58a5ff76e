"""What the record's app announces."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class ExportRequested(Event):
    """Somebody asked for a table as a file."""

    job_id: UUID
