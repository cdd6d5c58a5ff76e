"""Celery doors: writing the files people asked for."""

from uuid import UUID

from apps.audit import exports
from apps.core.tasks import job


@job(queue="slow")
def run_export(job_id: UUID) -> None:
    """Write one export. Whoever claims the row does the work."""
    exports.run(UUID(str(job_id)))
