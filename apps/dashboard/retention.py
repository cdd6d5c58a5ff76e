"""How long things are kept, on one page (data-model 16), and the nightly round that removes what is over.

What a person decides to remove is another matter, and so is what belongs to erasing a customer or a business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.idempotency import KEPT as ANSWERS
from apps.accounts.models import DeviceSession, IdempotentRequest, SignedLink
from apps.audit import chain
from apps.audit.models import AnalyticsFact, ExportJob
from apps.conversations.models import ComposerDraft
from apps.gateways.models import Delivery, DeliveryElement
from apps.tenants.models import Business, QuarantinedDelivery
from apps.tenants.postgres.context import PUBLIC

BATCH = 1000
MONTH = timedelta(days=30.5)
RAW = timedelta(days=30)
LEDGER = 13 * MONTH
QUARANTINE = timedelta(days=7)
RECORD = 24 * MONTH
OPERATORS_RECORD = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one table that are over."""

    name: str
    model: type[models.Model]
    over: Callable[[datetime], Q]


IN_A_BUSINESS = (
    Rule("sessions", Session, lambda now: Q(expire_date__lt=now)),
    Rule("answers", IdempotentRequest, lambda now: Q(created_at__lt=now - ANSWERS)),
    Rule("links", SignedLink, lambda now: Q(expires_at__lt=now - timedelta(days=7))),
    Rule("devices", DeviceSession, lambda now: Q(expires_at__lt=now - timedelta(days=90))),
    Rule("deliveries", Delivery, lambda now: Q(received_at__lt=now - LEDGER)),
    Rule("exports", ExportJob, lambda now: Q(created_at__lt=now - 12 * MONTH)),
    Rule("drafts", ComposerDraft, lambda now: Q(updated_at__lt=now - timedelta(days=30))),
    Rule("facts", AnalyticsFact, lambda now: Q(at__lt=now - 36 * MONTH)),
)
IN_PUBLIC = (
    Rule("sessions", Session, lambda now: Q(expire_date__lt=now)),
    Rule("quarantine", QuarantinedDelivery, lambda now: Q(received_at__lt=now - QUARANTINE)),
)


def purge_business(now: datetime | None = None) -> dict[str, int]:
    """Remove what is over in the current business. Returns how many rows of what, without the zeros."""
    now = now or timezone.now()
    removed = {rule.name: _remove(rule, now) for rule in IN_A_BUSINESS}
    removed["raw"] = _empty_raw(now - RAW)
    removed["record"] = chain.purge(now - RECORD)
    return {name: count for name, count in removed.items() if count}


def purge_platform(now: datetime | None = None) -> dict[str, int]:
    """The same for what belongs to no business."""
    now = now or timezone.now()
    with schema_context(PUBLIC):
        removed = {rule.name: _remove(rule, now) for rule in IN_PUBLIC}
        removed["record"] = chain.purge(now - OPERATORS_RECORD)
    return {name: count for name, count in removed.items() if count}


def purged_businesses(slugs: list[str] | None = None) -> list[Business]:
    """The businesses whose schema is there, or those of them that are named."""
    with schema_context(PUBLIC):
        rows = Business.objects.filter(status__in=Business.THERE).order_by("pk")
        return list(rows.filter(slug__in=slugs) if slugs else rows)


def purge_one(business: Business) -> dict[str, int]:
    """Remove what is over in one business."""
    with tenant_context(business):
        return purge_business()


def _remove(rule: Rule, now: datetime) -> int:
    rows: Any = rule.model._base_manager.filter(rule.over(now))
    total = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rule.model._base_manager.filter(pk__in=keys).delete()
        total += len(keys)
    return total


def _empty_raw(before: datetime) -> int:
    """What a provider said word for word goes; that it came and what became of it stays. Open work keeps its words."""
    rows = DeliveryElement.objects.filter(delivery__received_at__lt=before, raw__isnull=False)
    rows = rows.exclude(outcome__in=DeliveryElement.OPEN)
    total = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        total += DeliveryElement.objects.filter(pk__in=keys).update(raw=None)
    return total
