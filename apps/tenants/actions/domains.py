"""A business's own host names (requirements TEN-07): asked for, proven by a DNS record, in use, freed.

A name leads nowhere until whoever keeps its DNS has published what we asked for.
"""

import re
import secrets
from typing import Any

import dns.exception
import dns.resolver
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.tenants import hosts
from apps.tenants.models import Domain
from apps.tenants.postgres.context import PUBLIC

LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
HOST = re.compile(rf"(?=.{{4,253}}$)(?:{LABEL}\.)+(?!\d+$){LABEL}")
ASKED_AT = "_majlis"  # the label in front of the name, under which the proof is published
PATIENCE = 5.0  # seconds for the resolver
AT_MOST = 5  # names a business may ask for


FEATURE = "custom_domain"


def add_domain(business_id: Any, *, host: str, by: Actor) -> Domain:
    """Ask for a name. It leads nowhere until `verify_domain`. Call it in the business."""
    _ask_plan(business_id)
    host = host.strip().lower().rstrip(".")
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not HOST.fullmatch(host) or host == settings.BASE_DOMAIN or host.endswith(f".{settings.BASE_DOMAIN}"):
        raise Refusal("invalid", _("Write a whole name of yours, such as chat.example.com."))
    with schema_context(PUBLIC):
        if Domain.objects.filter(business=business_id, kind=Domain.Kind.CUSTOM).count() >= AT_MOST:
            raise Refusal("conflict", _("Five names are the most. Remove one first."))
        try:
            with transaction.atomic():
                row = Domain.objects.create(
                    business_id=business_id, host=host, kind=Domain.Kind.CUSTOM, is_primary=False,
                    state=Domain.State.PENDING, proof=secrets.token_hex(20),
                )  # fmt: skip
        except IntegrityError:
            raise Refusal("duplicate", _("“%(host)s” is asked for already.") % {"host": host}) from None
    audit.record(by, "added", row, after={"host": host})
    return row


def verify_domain(domain: Domain, *, by: Actor) -> Domain:
    """Look for the proof; when it is there, the name leads to the business and is its main one.

    Raises Refusal `conflict` when the record is not there, `unavailable` when DNS does not answer.
    """
    if domain.kind != Domain.Kind.CUSTOM or domain.state == Domain.State.ACTIVE:
        return domain
    _ask_plan(domain.business_id)
    if domain.proof not in _published(f"{ASKED_AT}.{domain.host}"):
        raise Refusal("conflict", _("The record is not there yet. DNS can take an hour; then look again."))
    with schema_context(PUBLIC), transaction.atomic():
        row: Domain = Domain.objects.select_for_update().get(pk=domain.pk)
        row.state, row.verified_at = Domain.State.VERIFIED, timezone.now()
        row.save()
        Domain.objects.filter(business=row.business_id, is_primary=True).update(is_primary=False)
        row.state, row.is_primary = Domain.State.ACTIVE, True
        row.save()
    hosts.forget()
    audit.record(by, "verified", row, after={"host": row.host})
    return row


def remove_domain(domain: Domain, *, by: Actor) -> None:
    """Free a name. The address under our own domain leads to the business again, and cannot be removed."""
    if domain.kind != Domain.Kind.CUSTOM:
        raise Refusal("conflict", _("The address under our own domain stays."))
    with schema_context(PUBLIC), transaction.atomic():
        Domain.objects.filter(pk=domain.pk).delete()
        if domain.is_primary:
            own = Domain.objects.filter(business=domain.business_id, kind=Domain.Kind.SUBDOMAIN)
            own.update(is_primary=True)
    hosts.forget()
    audit.record(by, "removed", domain, before={"host": domain.host})


def record_of(domain: Domain) -> dict[str, str]:
    """The DNS record that proves a name; empty for the address under our own domain, which needs none."""
    if domain.kind != Domain.Kind.CUSTOM:
        return {}
    return {"type": "TXT", "name": f"{ASKED_AT}.{domain.host}", "value": domain.proof}


def _ask_plan(business_id: Any) -> None:
    """Raises Refusal `plan_feature`. By name: what a plan has is known above this app."""
    import_string(settings.FEATURE_GATE)(business_id, FEATURE)


def _published(name: str) -> set[str]:
    """The TXT records of a name."""
    resolver = dns.resolver.Resolver(configure=not settings.DNS_RESOLVER)
    if settings.DNS_RESOLVER:
        address, _colon, port = settings.DNS_RESOLVER.rpartition(":")
        resolver.nameservers, resolver.port = [address], int(port)
    try:
        answer = resolver.resolve(name, "TXT", lifetime=PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return set()
    except dns.exception.DNSException:
        raise Refusal("unavailable", _("DNS does not answer right now. Look again in a minute.")) from None
    return {b"".join(record.strings).decode(errors="replace") for record in answer}
