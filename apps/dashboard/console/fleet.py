"""How the whole fleet does, on one look: what failed, what waits, what nobody may have (requirements TEN-24)."""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.dashboard.health import HEARTBEAT, PATIENCE, PENDING, queues
from apps.tenants.models import Business, QuarantinedDelivery, SchemaState

SHOWN = 5  # names beside a number


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, which ones they are, and where to look; `is_well` while nobody need do anything."""

    label: str
    count: int
    which: list[str]
    url: str
    is_well: bool


def figures() -> list[Figure]:
    """All of them. Call in public."""
    businesses, schemas = reverse("admin:tenants_business_changelist"), reverse("admin:tenants_schemastate_changelist")
    quarantine = reverse("admin:tenants_quarantineddelivery_changelist")
    failed = Business.objects.filter(status=Business.Status.FAILED)
    closing = Business.objects.filter(status=Business.Status.CLOSING)
    wrong = SchemaState.objects.exclude(error="").select_related("business")
    kept = QuarantinedDelivery.objects.filter(received_at__gt=timezone.now() - timedelta(days=7))
    waiting, silent = _oldest_waiting(), _silent()
    return [
        Figure(
            _("Businesses that could not be opened"), failed.count(),
            [f"{row.slug}: {row.status_reason}" for row in failed[:SHOWN]], f"{businesses}?status__exact=failed",
            not failed.exists(),
        ),
        Figure(
            _("Schemas whose migration failed"), wrong.count(),
            [f"{row.business.slug}: {row.error[:200]}" for row in wrong[:SHOWN]], schemas, not wrong.exists(),
        ),
        Figure(_("Oldest element that waits, in seconds"), waiting, [], businesses, waiting < PATIENCE),
        Figure(_("Workers that have not been heard for a minute"), len(silent), silent, businesses, not silent),
        Figure(_("In quarantine"), kept.count(), [], quarantine, not kept.exists()),
        Figure(
            _("Businesses that are closing"), closing.count(), [row.slug for row in closing[:SHOWN]],
            f"{businesses}?status__exact=closing", True,
        ),
    ]  # fmt: skip


def _oldest_waiting() -> int:
    """Seconds the longest overdue element has waited, as the clock last measured; 0 when none does."""
    measured = caches["platform"].get(PENDING) or [0, None]
    return round(time.time() - measured[1]) if measured[1] else 0


def _silent() -> list[str]:
    """The queues whose worker has not been heard."""
    now, cache = time.time(), caches["platform"]
    return [name for name in queues() if now - (cache.get(HEARTBEAT.format(queue=name)) or 0) > PATIENCE]
