"""Celery doors: small pictures, removing what was erased, and the sweeper of both."""

import logging
from uuid import UUID

from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.core.tasks import job
from apps.media import actions
from apps.media.models import Attachment
from apps.tenants.queries import ready_businesses

log = logging.getLogger(__name__)


@job(queue="slow")
def make_thumbnail(attachment_id: UUID) -> None:
    """Draw the small picture of what has just come."""
    if row := Attachment.objects.filter(pk=attachment_id).first():
        actions.draw_thumbnail(row)


@job(queue="slow")
def remove_objects(attachment_id: UUID) -> None:
    """Remove the bytes of an erased file."""
    if row := Attachment.objects.filter(pk=attachment_id).first():
        actions.remove_objects(row)


@job(queue="slow")
def sweep_files() -> None:
    """In every business: remove uploads nobody used, and bytes whose removal was lost."""
    for business in ready_businesses():
        with tenant_context(business):
            try:
                actions.purge_unused(timezone.now())
                for row in Attachment.objects.filter(state=Attachment.State.ERASED).exclude(storage_key="")[:500]:
                    actions.remove_objects(row)
            except Exception:  # one business's trouble must not keep the sweeper from the others
                log.exception("Sweeping the files of %s stopped half-way", business.schema_name)
