"""Reads about businesses: which app a webhook token names, where an address leads, and where a business lives."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.core.querysets import one_of
from apps.tenants.models import Business, Domain, GatewayApp, InboundRoute
from apps.tenants.postgres.context import PUBLIC, current_schema


@dataclass(frozen=True, slots=True)
class Route:
    """Where an address leads, or why it leads nowhere for this app."""

    business: Business | None
    inbox_id: UUID | None
    refusal: str = ""


def app_of_token(gateway: str, token: str) -> GatewayApp | None:
    """The app a webhook address names, with its owner; None for a token nobody has. An old token is good for a day."""
    named = Q(token=token) | Q(previous_token=token, previous_until__gt=timezone.now())
    with schema_context(PUBLIC):
        apps = GatewayApp.objects.select_related("owner").filter(named, gateway=gateway, is_active=True)
        return one_of(apps) if token else None


def routes(app: GatewayApp, addresses: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Route]:
    """For each (kind, external id): the business it leads to, if this app owns it (requirements GW-11, R-007).

    A number that another app holds is `foreign_number`; one that nobody holds is `unknown_number`.
    """
    wanted = set(addresses)
    condition = Q(pk=None)
    for kind, external_id in wanted:
        condition |= Q(kind=kind, external_id=external_id)
    with schema_context(PUBLIC):
        rows = list(InboundRoute.objects.filter(condition, gateway=app.gateway).select_related("business"))
    found: dict[tuple[str, str], Route] = {}
    for row in rows:
        key = (row.kind, row.external_id)
        if row.app_id != app.pk:
            found.setdefault(key, Route(None, None, "foreign_number"))
        elif row.business.status == Business.Status.ERASED:
            found[key] = Route(None, None, "business_erased")
        else:
            found[key] = Route(row.business, row.inbox_id)
    return {key: found.get(key, Route(None, None, "unknown_number")) for key in wanted}


def ready_businesses() -> list[Business]:
    """The businesses whose work goes on."""
    with schema_context(PUBLIC):
        return list(Business.objects.filter(status=Business.Status.READY).order_by("pk"))


def is_open(schema: str) -> bool:
    """Whether work may be done in a schema: public always, a business only while it is ready (TEN-09)."""
    if schema == PUBLIC:
        return True
    with schema_context(PUBLIC):
        return Business.objects.filter(schema_name=schema, status=Business.Status.READY).exists()


def address_here(path: str) -> str:
    """A whole address on the current business's own host: what a mail links to."""
    scheme, _colon, rest = settings.PUBLIC_BASE_URL.partition("://")
    port = rest.partition("/")[0].partition(":")[2]
    host = Domain.objects.values_list("host", flat=True).get(business__schema_name=current_schema(), is_primary=True)
    return f"{scheme}://{host}{':' + port if port else ''}{path}"


def logo_here() -> bytes:
    """The current business's logo, 192 pixels wide; nothing without one."""
    key: str = Business.objects.values_list("logo_key", flat=True).get(schema_name=current_schema())
    if not key:
        return b""
    try:
        with default_storage.open(f"{key}/192.png") as kept:
            return bytes(kept.read())
    except OSError:  # a letter goes out without it
        return b""


def name_here() -> str:
    """What the current business is called, for what it writes."""
    return Business.objects.values_list("name", flat=True).get(schema_name=current_schema())
