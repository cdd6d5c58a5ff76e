"""The clock of subscriptions and the copy of usage for operators. Runs in public, over every business."""

import logging
from datetime import datetime

from django.core.cache import caches
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.billing.actions import clock
from apps.core.tasks import job
from apps.tenants.postgres.context import PUBLIC
from apps.tenants.queries import ready_businesses

log = logging.getLogger(__name__)
TURN_LOCK = 600  # seconds after which a dead clock's turn is taken over


@job(queue="slow")
def close_usage_month() -> None:
    """Ends of trials, periods, patience and grace; then the months' figures. One clock at a time."""
    turn = caches["platform"]
    if not turn.add("billing-clock", 1, TURN_LOCK):
        return
    try:
        tick(timezone.now())
    finally:
        turn.delete("billing-clock")


def tick(now: datetime) -> dict[str, int]:
    """One round as of a moment. Returns how many subscriptions were looked at and how many businesses were copied."""
    with schema_context(PUBLIC):
        rows = list(clock.due(now))
    for row in rows:
        try:
            clock.turn(row, now=now)
        except Exception:  # one business's trouble must not stop the clock for the others
            log.exception("The clock of %s stopped", row.business.schema_name)
    clock.remind(now)
    businesses = ready_businesses()
    for business in businesses:
        try:
            clock.copy_usage(business)
        except Exception:  # as above
            log.exception("The usage of %s could not be copied", business.schema_name)
    return {"due": len(rows), "copied": len(businesses)}
