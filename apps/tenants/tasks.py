"""The clock of businesses that close: reminders on three days, erasing when the thirty are over. And their archives."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.audit import exports
from apps.core.actors import SYSTEM
from apps.core.events import emit
from apps.core.tasks import job
from apps.tenants import actions
from apps.tenants.actions.standing import CLOSING
from apps.tenants.events import ClosingReminderDue
from apps.tenants.models import Business

logger = logging.getLogger(__name__)
REMINDED = (1, 23, 29)  # days of the closing; the first is the day it begins


@job(queue="slow")
def mind_closing() -> None:
    """Send the reminders that are due, erase what is over, and delete dumps kept long enough. Runs in public."""
    now = timezone.now()
    closing = Business.objects.filter(status=Business.Status.CLOSING).order_by("closing_until")
    for row, until in [(row, row.closing_until) for row in closing if row.closing_until]:
        if until <= now:
            _erase(row)
            continue
        day = (now - (until - CLOSING)) // timedelta(days=1) + 1
        due = max((each for each in REMINDED if each <= day), default=0)
        with transaction.atomic():
            if Business.objects.filter(pk=row.pk, closing_reminded__lt=due).update(closing_reminded=due):
                emit(ClosingReminderDue(business_id=row.pk, day=due))
    actions.forget_dumps(now)


@job(queue="slow")
def write_archive(business_id: UUID, job_id: UUID) -> None:
    """Write the archive that a business asked for. Runs in public: also while the business does no other work."""
    row = Business.objects.filter(pk=business_id, status__in=Business.THERE).first()
    if row is not None:
        with tenant_context(row):
            exports.run(UUID(str(job_id)))


def _erase(row: Business) -> None:
    """One that cannot be erased now must not keep the others; the next hour tries it again."""
    try:
        actions.erase_business(row, by=SYSTEM)
    except Exception:
        logger.exception("A business could not be erased")
