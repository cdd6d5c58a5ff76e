"""Which business a host name leads to, remembered for a few seconds in each process.

The memory holds plain facts, never a live row, and a save in this process empties it at once; other processes follow
within FRESH seconds. This is the one process-wide cache of the request path (foundations 4).
"""

import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.audit.models import OperatorEvent
from apps.tenants import logos
from apps.tenants.colours import Brand, brand
from apps.tenants.models import Domain, SupportDoor
from apps.tenants.postgres.context import PUBLIC

VISIT = timedelta(minutes=60)  # how long an operator may look in at a time
FRESH = 5.0  # seconds
ROOM = 10_000  # hosts; beyond it the memory starts anew

COMPUTED = ("primary_host", "brand", "has_visitor")

_remembered: dict[str, tuple[float, "Site | None"]] = {}


class Site(NamedTuple):
    """What a request needs to know of its business before the schema is opened. Also names the schema."""

    id: UUID
    schema_name: str
    slug: str
    name: str
    status: str
    status_reason: str
    primary_language: str
    timezone: str
    digits: str
    colour_primary: str
    logo_key: str
    version: int
    closing_until: datetime | None
    primary_host: str  # where its pages live: its own domain once that is proven
    brand: Brand  # its colour, as it can be read
    has_visitor: bool  # somebody of the platform is looking in

    @property
    def logo_url(self) -> str:
        """Where its logo is shown; empty without one."""
        return logos.address_of(self.logo_key)

    def get_tenant_type(self) -> str:
        return "business"


def site_of(host: str) -> Site | None:
    """The business of a host name, or None when the host leads nowhere."""
    host = host.lower().rstrip(".")
    now = time.monotonic()
    known = _remembered.get(host)
    if known and known[0] > now:
        return known[1]
    site = _look_up(host)
    if len(_remembered) >= ROOM:
        _remembered.clear()
    _remembered[host] = (now + FRESH, site)
    return site


def is_platform(host: str) -> bool:
    """Whether a host is the platform's own: sign-up, operators, webhooks."""
    return host.lower() in (settings.BASE_DOMAIN, "127.0.0.1", "localhost", "testserver")


def forget() -> None:
    """Empty the memory, after a business or a domain changed."""
    _remembered.clear()


def _look_up(host: str) -> Site | None:
    active = Domain.objects.filter(state=Domain.State.ACTIVE)
    primary = active.filter(business=OuterRef("business"), is_primary=True).values("host")[:1]
    with schema_context(PUBLIC):
        row: dict[str, Any] | None = (
            active.filter(host__iexact=host)
            .exclude(business__status="erased")
            .annotate(primary_host=Subquery(primary), has_visitor=_visited())
            .values(
                "primary_host", "has_visitor", *[f"business__{name}" for name in Site._fields if name not in COMPUTED]
            )
            .first()
        )
    if row is None:
        return None
    facts = {key.removeprefix("business__"): value for key, value in row.items()}
    return Site(**{**facts, "primary_host": facts["primary_host"] or host, "brand": brand(facts["colour_primary"])})


def _visited() -> Exists:
    """Whether an operator has gone in within the hour that a visit lasts, through a door that still stands open."""
    now = timezone.now()
    doors = SupportDoor.objects.filter(business=OuterRef("business"), closed_at=None, until__gt=now)
    entered = OperatorEvent.objects.filter(
        verb="entered", business_id=OuterRef(OuterRef("business")), at__gt=now - VISIT
    )
    return Exists(doors.filter(Exists(entered)))
