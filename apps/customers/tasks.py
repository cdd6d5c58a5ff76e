"""Celery doors of the customers' app."""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.core.tasks import job
from apps.customers import actions
from apps.customers.actions import segments
from apps.customers.models import ImportJob
from apps.tenants.queries import ready_businesses

FORGOTTEN = timedelta(minutes=1)  # queued for longer: the broker lost it
LOST = timedelta(minutes=30)  # running without a word for longer: its worker died
GOOD_FOR = timedelta(hours=24)  # an uploaded file, and that of the refused rows
State = ImportJob.State
log = logging.getLogger(__name__)


@job(queue="slow")
def run_import(job_id: UUID) -> None:
    """Read one file of customers. Whoever claims the row does the work."""
    actions.run_import(UUID(str(job_id)))


@job(queue="slow")
def count_anew(settings_id: UUID) -> None:
    """Put everybody into their segment, some hundred at a time. Twice is the same as once."""
    after = segments.count_anew()
    while after is not None:
        after = segments.count_anew(after)


@job(queue="slow")
def sweep_imports() -> None:
    """In every business: wake what was forgotten, give up what is lost, remove what is over."""
    for business in ready_businesses():
        with tenant_context(business):
            try:
                sweep()
            except Exception:  # one business's trouble must not keep the sweeper from the others
                log.exception("Sweeping imports of %s stopped half-way", business.schema_name)


def sweep() -> None:
    """One round in the current business."""
    now = timezone.now()
    ImportJob.objects.filter(state=State.RUNNING, updated_at__lte=now - LOST).update(state=State.QUEUED, updated_at=now)
    for row in ImportJob.objects.filter(state=State.QUEUED, updated_at__lte=now - FORGOTTEN)[:20]:
        run_import.delay(row.pk)
    over = ImportJob.objects.filter(updated_at__lte=now - GOOD_FOR).exclude(storage_key="", rejected_key="")
    for row in over[:100]:
        for key in filter(None, (row.storage_key, row.rejected_key)):
            transaction.on_commit(partial(default_storage.delete, key))
        ImportJob.objects.filter(pk=row.pk).update(storage_key="", rejected_key="")
