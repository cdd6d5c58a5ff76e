"""Which business a host name leads to, remembered for a few seconds in each process.

The memory holds plain facts, never a live row, and a save in this process empties it at once; other processes follow
within FRESH seconds. This is the one process-wide cache of the request path (foundations 4).
"""

import time
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django_tenants.utils import schema_context

from apps.tenants.models import Domain
from apps.tenants.postgres.context import PUBLIC

FRESH = 5.0  # seconds
ROOM = 10_000  # hosts; beyond it the memory starts anew

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
    colour_primary: str

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
    with schema_context(PUBLIC):
        row: dict[str, Any] | None = (
            Domain.objects.filter(host__iexact=host, state=Domain.State.ACTIVE)
            .exclude(business__status="erased")
            .values(*[f"business__{name}" for name in Site._fields])
            .first()
        )
    return Site(**{key.removeprefix("business__"): value for key, value in row.items()}) if row else None
