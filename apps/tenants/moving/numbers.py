"""How a business that arrives is reached: webhooks of its own, the addresses of its numbers, its names.

Nothing is taken from another: an address that leads somewhere already goes on leading there, and so does a name.
Written through the connection of whoever makes the business, in one transaction with it.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connections

from apps.tenants.models import Business, Domain, GatewayApp, InboundRoute
from apps.tenants.moving.tables import Way

ALIAS = "migrate"


def add_apps(business: Business, said: Mapping[str, Any]) -> Way:
    """A provider's app for each of the archive's: the platform's where it was the platform's and there is one, else a
    new one of the business, whose webhook is to be told to the provider. Call in public."""
    found: dict[str, str] = {}
    for number, each in sorted(said.items(), key=lambda one: int(one[0])):
        gateway = str(each["gateway"])[:20]
        shared = GatewayApp.objects.using(ALIAS).filter(owner=None, gateway=gateway, is_active=True)
        app = None if each["own"] else shared.order_by("created_at").first()
        if app is None:
            app = GatewayApp.objects.using(ALIAS).create(
                gateway=gateway, owner=business, token=secrets.token_urlsafe(32)
            )
        found[str(int(number))] = str(app.pk)
    return Way(business.schema_name, found)


def add_domains(business: Business, hosts: list[str]) -> list[str]:
    """Its address under our own domain, and its own names, each to be proven anew. Returns the names somebody holds."""
    rows = Domain.objects.using(ALIAS)
    rows.create(business=business, host=f"{business.slug}.{settings.BASE_DOMAIN}")
    held = [host for host in hosts if rows.filter(host__iexact=host).exists()]
    for host in hosts:
        if host not in held:
            rows.create(
                business=business, host=host, kind=Domain.Kind.CUSTOM, is_primary=False, state=Domain.State.PENDING,
                proof=secrets.token_hex(20),
            )  # fmt: skip
    return held


def inboxes() -> list[tuple[Any, ...]]:
    """The connected numbers of the current business: id, app, gateway, address, account."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT id, app_id, gateway, external_id, account_ref FROM gateways_inbox"
            " WHERE archived_at IS NULL AND is_active ORDER BY id"
        )
        return list(cursor.fetchall())


def add_routes(business: Business, numbers: list[tuple[Any, ...]]) -> list[str]:
    """Lead the addresses of these numbers here. Returns those that lead elsewhere already. Call in public."""
    routes, held = InboundRoute.objects.using(ALIAS), []
    for inbox, app, gateway, address, account in numbers:
        if routes.filter(gateway=gateway, kind=InboundRoute.Kind.NUMBER, external_id=address).exists():
            held.append(str(address))
            continue
        facts = {"app_id": app, "gateway": gateway, "business": business, "inbox_id": inbox}
        routes.create(external_id=address, **facts)
        if account and not routes.filter(app_id=app, kind=InboundRoute.Kind.ACCOUNT, external_id=account).exists():
            routes.create(external_id=account, kind=InboundRoute.Kind.ACCOUNT, **facts)
    return held
