"""Signs of life for /readyz, written to the platform's cache by the workers; and the rounds through every business."""

import logging
import time
from collections.abc import Callable, Iterable
from uuid import UUID

from django.core.cache import caches
from django.db.models import Min
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.audit import chain, exports
from apps.core.tasks import job
from apps.dashboard import retention
from apps.dashboard.health import HEARTBEAT, PENDING
from apps.dashboard.signup import finding, opening
from apps.gateways.models import DeliveryElement
from apps.tenants import signup
from apps.tenants.models import Business
from apps.tenants.queries import ready_businesses

KEPT = 3600  # seconds
log = logging.getLogger(__name__)


@job(queue="live")
def heartbeat(queue: str) -> None:
    """Say that the worker of this queue is alive. The clock sends one to every queue: `options={"queue": …}`."""
    caches["platform"].set(HEARTBEAT.format(queue=queue), time.time(), timeout=KEPT)


@job(queue="live")
def open_business(sign_up_id: UUID) -> None:
    """Open a business that has signed up."""
    opening.open_business(sign_up_id)


@job(queue="live")
def sweep_sign_ups() -> None:
    """Take up sign-ups whose announcement or whose worker was lost, and those whose pause is over."""
    for sign_up_id in signup.due():
        open_business.delay(sign_up_id)


@job(queue="outbound")
def send_addresses(sealed: str, language: str) -> None:
    """Tell the owner of a sealed e-mail where their businesses are, if there are any."""
    finding.write_to(finding.unseal(sealed), language=language)


@job(queue="live")
def measure_pending() -> None:
    """Note when the longest overdue element should have been taken up again, over all open businesses.

    An element that failed or is held has a time of its own; only what the sweeper has not come for is overdue.
    """
    oldest = []
    for business in ready_businesses():
        with tenant_context(business):
            open_ones = DeliveryElement.objects.filter(outcome__in=DeliveryElement.OPEN, next_at__lte=timezone.now())
            found = open_ones.aggregate(oldest=Min("next_at"))["oldest"]
            oldest += [found.timestamp()] if found else []
    caches["platform"].set(PENDING, [time.time(), min(oldest, default=None)], timeout=KEPT)


@job(queue="slow")
def seal_everywhere() -> None:
    """Give the newest entries of every record their place in the chain."""
    chain.seal()
    _in_each(chain.seal, "Sealing the record of %s failed")


@job(queue="live")
def sweep_exports() -> None:
    """In every business, whatever its standing: wake exports that were forgotten, remove files whose day is over."""
    _in_each(exports.sweep, "Sweeping the exports of %s failed", retention.purged_businesses())


@job(queue="slow")
def purge_everywhere() -> None:
    """The nightly round of retention. One business after the other; one's trouble does not keep it from the rest."""
    retention.purge_platform()
    for business in retention.purged_businesses():
        try:
            retention.purge_one(business)
        except Exception:
            log.exception("Purging %s failed", business.schema_name)


def _in_each(act: Callable[[], object], trouble: str, businesses: Iterable[Business] | None = None) -> None:
    for business in ready_businesses() if businesses is None else businesses:
        with tenant_context(business):
            try:
                act()
            except Exception:  # one business's trouble must not keep the round from the others
                log.exception(trouble, business.schema_name)
