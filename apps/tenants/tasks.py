"""The clock of businesses that close: reminders on three days, erasing when the thirty are over."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

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


def _erase(row: Business) -> None:
    """One that cannot be erased now must not keep the others; the next hour tries it again."""
    try:
        actions.erase_business(row, by=SYSTEM)
    except Exception:
        logger.exception("A business could not be erased")
