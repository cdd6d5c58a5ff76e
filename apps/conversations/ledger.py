"""The inbound ledger: every element of a provider's POST is stored with an outcome, and nothing vanishes.

`accept` runs inside the webhook's request. For each business it is one transaction: the delivery, its elements, and
the messages they carry, each element in a savepoint so that a bad one never costs the others.
"""

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context, tenant_context

from apps.audit import actions as audit
from apps.conversations import facts
from apps.core import crypto
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.gateways import protocol
from apps.gateways.models import Delivery, DeliveryElement, Inbox
from apps.tenants.models import Business, GatewayApp, QuarantinedDelivery
from apps.tenants.postgres.context import PUBLIC, current_schema
from apps.tenants.queries import Route, routes

log = logging.getLogger(__name__)
Outcome = DeliveryElement.Outcome
RETRIES = [timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30),
           timedelta(hours=2), timedelta(hours=6)]  # fmt: skip
LONGEST_RANGE = timedelta(days=31)
HOLD = timedelta(hours=24)
HOLD_STEP = timedelta(seconds=30)
DEADLOCK_TRIES = 3
SETTLED = (Outcome.STORED, Outcome.DUPLICATE, Outcome.IGNORED, Outcome.DEAD_LETTER, Outcome.HELD)
KEPT_TRIES = 20  # of an element's history


@dataclass(frozen=True, slots=True)
class Post:
    """One authentic POST."""

    app: GatewayApp
    body: bytes
    headers: Mapping[str, str]
    received_at: datetime


Routed = tuple[int, protocol.Element, Route]


def accept(post: Post) -> None:
    """Store everything in an authentic body: per business its own elements, in quarantine what no business may have.

    Raises a database error only when something could not be stored; the provider then sends it again.
    """
    elements = protocol.gateway(post.app.gateway).parse(post.body)
    addresses = {(address.kind, address.external_id) for element in elements for address in element.addresses}
    found = routes(post.app, addresses)
    theirs: dict[Business, list[Routed]] = defaultdict(list)
    strays: list[Routed] = []
    for position, element in enumerate(elements):
        route = _route(element, found)
        if route.business:
            theirs[route.business].append((position, element, route))
        else:
            strays.append((position, element, route))
    for business, items in theirs.items():
        _store(post, business, items)
    if strays:
        _quarantine(post, strays)


def _route(element: protocol.Element, found: Mapping[tuple[str, str], Route]) -> Route:
    """The first candidate address that leads somewhere. A foreign number is never outvoted by an account."""
    if not element.addresses:
        return Route(None, None, "unreadable")
    candidates = [found[(address.kind, address.external_id)] for address in element.addresses]
    for route in candidates:
        if route.business or route.refusal == "foreign_number":
            return route
    return candidates[0]


def _store(post: Post, business: Business, items: list[Routed]) -> None:
    with tenant_context(business):
        for attempt in range(DEADLOCK_TRIES):
            try:
                with transaction.atomic():
                    return _store_once(post, business, items)
            except OperationalError:  # two bodies met over the same customers in opposite order
                if attempt == DEADLOCK_TRIES - 1:
                    raise


def _store_once(post: Post, business: Business, items: list[Routed]) -> None:
    delivery = Delivery(
        received_at=post.received_at, gateway=post.app.gateway, app_id=post.app.pk, bytes=len(post.body),
        body_sha256=hashlib.sha256(post.body).hexdigest(), headers=dict(post.headers), element_count=len(items),
    )  # fmt: skip
    inboxes = Inbox.objects.in_bulk({route.inbox_id for _position, _element, route in items})
    rows = [
        DeliveryElement(
            delivery=delivery, inbox=inboxes.get(route.inbox_id), position=position, kind=element.kind,
            external_id=(element.external_id or "")[:128], provider_at=element.provider_at, raw=element.raw,
        )
        for position, element, route in items
    ]  # fmt: skip
    suspended = business.status != Business.Status.READY
    for row in sorted(rows, key=_lock_order):
        if suspended:
            row.outcome, row.reason, row.next_at = Outcome.HELD, "suspended", timezone.now()
        else:
            apply(row, gateway=post.app.gateway)
    delivery.answered_ms = int((timezone.now() - post.received_at).total_seconds() * 1000)
    delivery.save(force_insert=True)
    DeliveryElement.objects.bulk_create(rows)


def _lock_order(row: DeliveryElement) -> tuple[str, int]:
    """Customers in one order everywhere, so that parallel bodies do not wait for each other in a circle."""
    return (facts.who(row.raw or {}), row.position)


def apply(row: DeliveryElement, *, gateway: str) -> None:
    """Do what an element says and put the outcome on its row, which the caller saves. Deadlocks are raised."""
    row.attempts += 1
    row.claimed_at = None
    _try(row, gateway)
    if row.attempts > 1 or row.outcome not in (Outcome.STORED, Outcome.DUPLICATE):
        tried = {"at": timezone.now().isoformat(), "outcome": row.outcome, "reason": row.reason, "error": row.error}
        row.history = [*row.history, {key: value for key, value in tried.items() if value}][-KEPT_TRIES:]


def _try(row: DeliveryElement, gateway: str) -> None:
    try:
        outcome = facts.apply(row.inbox, protocol.gateway(gateway).interpret(row.raw or {}))
    except OperationalError:
        raise
    except Exception as error:
        log.exception("An element of kind %s could not be applied", row.kind)
        _put_off(row, f"{type(error).__name__}: {error}"[:500])
        return
    row.outcome, row.reason, row.object_kind, row.object_id = outcome
    row.error, row.next_at = "", None
    if row.outcome == Outcome.HELD:
        row.next_at = timezone.now() + HOLD_STEP
        if row.created_at < timezone.now() - HOLD:
            row.outcome, row.reason, row.next_at = Outcome.IGNORED, "unknown_message", None


def _put_off(row: DeliveryElement, error: str) -> None:
    row.error, row.reason = error, "error"
    if row.attempts > len(RETRIES):
        row.outcome, row.next_at = Outcome.DEAD_LETTER, None
        log.error("An element of kind %s is a dead letter after %s tries", row.kind, row.attempts)
    else:
        row.outcome, row.next_at = Outcome.FAILED, timezone.now() + RETRIES[row.attempts - 1]


def retry_due(limit: int = 200) -> int:
    """Take up again, in the current business, elements whose time has come. Returns how many were taken."""
    now = timezone.now()
    due = DeliveryElement.objects.filter(outcome__in=DeliveryElement.OPEN, next_at__lte=now)
    return _again(due.order_by("provider_at", "position"), limit)


def replay(delivery: Delivery, *, element: UUID | None = None) -> int:
    """Apply one delivery's elements (or one of them) once more. Safe by the uniqueness of what they make. Returns how
    many were taken."""
    rows = _unfinished().filter(delivery=delivery)
    return _again(rows.filter(pk=element) if element else rows)


def replay_range(since: datetime, until: datetime, *, by: Actor) -> tuple[int, int]:
    """The same for everything received in a stretch of time: how many deliveries lie in it, how many elements were
    applied. Only what is unfinished is opened, so a long stretch costs what its trouble costs. Refuses `invalid`."""
    if not since < until <= since + LONGEST_RANGE:
        raise Refusal("invalid", _("At most 31 days at once, from the earlier time to the later."))
    received = Delivery.objects.filter(received_at__gte=since, received_at__lt=until)
    taken = _again(_unfinished().filter(delivery__in=received).order_by("provider_at", "position"))
    count = received.count()
    told = {"deliveries": count, "elements": taken, "since": since.isoformat(), "until": until.isoformat()}
    schema = current_schema()
    with schema_context(PUBLIC):
        business = Business.objects.get(schema_name=schema)
    audit.record(by, "replayed", business, after=told)
    return count, taken


def _unfinished() -> QuerySet[DeliveryElement]:
    done = (Outcome.STORED, Outcome.DUPLICATE)
    return DeliveryElement.objects.exclude(outcome__in=done).exclude(raw=None)


def balance() -> dict[str, int]:
    """Conservation (R-010): what was received, counted on the deliveries, beside what became of it, counted on the
    elements. The two must agree at every moment."""
    received = Delivery.objects.aggregate(sum=Sum("element_count"))["sum"] or 0
    counts = dict(DeliveryElement.objects.order_by().values_list("outcome").annotate(count=Count("pk")))
    waiting = sum(counts.get(each, 0) for each in (Outcome.PENDING, Outcome.PROCESSING, Outcome.FAILED))
    settled = {str(each): counts.get(each, 0) for each in SETTLED}
    return {"received": received, **settled, "pending": waiting, "missing": received - sum(counts.values())}


def _again(wanted: QuerySet[DeliveryElement], limit: int | None = None) -> int:
    taken = 0
    for pk in list(wanted.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = (
                wanted.select_for_update(skip_locked=True, of=("self",))  # asked again: another sweeper may be done
                .select_related("delivery", "inbox").filter(pk=pk).first()
            )  # fmt: skip
            if row is not None:
                apply(row, gateway=row.delivery.gateway)
                row.save()
                taken += 1
    return taken


def _quarantine(post: Post, strays: list[Routed]) -> None:
    """Keep what no business may have, sealed with the platform's key; operators see only its metadata."""
    key_id = crypto.current_key_id()
    rows = []
    for _position, element, route in strays:
        body = json.dumps(element.raw, ensure_ascii=False)
        address = element.addresses[0].external_id if element.addresses else ""
        rows.append(
            QuarantinedDelivery(
                received_at=post.received_at, gateway=post.app.gateway, app=post.app, reason=route.refusal,
                address_hash=crypto.keyed_hash(address) if address else "", address_last4=address[-4:],
                kind=element.kind[:30], key_id=key_id, body_sha256=hashlib.sha256(body.encode()).hexdigest(),
                body=crypto.encrypt(body, owner=PUBLIC, place="quarantine", key_id=key_id),
            )
        )  # fmt: skip
        if route.refusal == "foreign_number":
            log.error("An app posted for a number it does not own (…%s)", address[-4:])
    with schema_context(PUBLIC):
        QuarantinedDelivery.objects.bulk_create(rows)
