"""Verbs on businesses. Platform deeds: they run in public and leave an operator's record."""

import re
import secrets

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tenants.utils import schema_context, tenant_context

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.tenants import hosts, provisioning
from apps.tenants.events import BusinessSuspended
from apps.tenants.models import Business, Domain
from apps.tenants.postgres.context import PUBLIC

RESERVED = {  # requirements TEN-03
    "www", "api", "admin", "app", "public", "static", "media", "hooks", "mail", "support", "status", "docs", "help",
    "majlis",
}  # fmt: skip
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{1,48})[a-z0-9]")
SHORTEST_REASON, LONGEST_REASON = 10, 500  # characters
NOT_NOW: dict[str, str] = {
    Business.Status.SUSPENDED: gettext_noop("%(name)s is %(status)s; only a ready business can be suspended."),
    Business.Status.READY: gettext_noop("%(name)s is %(status)s; only a suspended business can be resumed."),
}


def create_business(*, slug: str, name: str, by: Actor, **facts: object) -> Business:
    """Make a business, its address and its schema. Raises Refusal when the address cannot be had."""
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        sentence = _("“%(slug)s” cannot be an address: 3 to 50 small letters, digits and hyphens, and not reserved.")
        raise Refusal("invalid", sentence % {"slug": slug})
    with schema_context(PUBLIC):
        if Business.objects.filter(slug__iexact=slug).exists():
            raise Refusal("duplicate", _("The address “%(slug)s” is taken.") % {"slug": slug})
        with transaction.atomic():
            business = provisioning.new_business(slug=slug, name=name, **facts)
            Domain.objects.create(business=business, host=f"{slug}.{settings.BASE_DOMAIN}")
            audit.record_operator(by, "created", business, business_id=business.pk)
        try:
            business = provisioning.provision(business)
        except Exception as error:
            Business.objects.filter(pk=business.pk).update(
                status=Business.Status.FAILED, status_reason=str(error)[:500]
            )
            raise
        finally:
            hosts.forget()
    return business


def suspend_business(business: Business, *, reason: str, by: Actor) -> Business:
    """Close the doors: pages and API answer 403, nothing is sent, what comes in is kept for later."""
    return _move(business, Business.Status.READY, Business.Status.SUSPENDED, reason=reason, verb="suspended", by=by)


def resume_business(business: Business, *, reason: str, by: Actor) -> Business:
    """Open the doors again; what came in meanwhile is handled by the sweeper."""
    return _move(business, Business.Status.SUSPENDED, Business.Status.READY, reason=reason, verb="resumed", by=by)


def _move(business: Business, before: str, after: str, *, reason: str, verb: str, by: Actor) -> Business:
    """Change the status and leave a record in public and, after that is committed, in the business (TEN-18).

    A business that is there already is left alone. Raises Refusal `invalid` or `illegal_transition`.
    """
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Refusal("invalid", _("Give a reason of 10 to 500 characters."))
    with schema_context(PUBLIC), transaction.atomic():
        row = Business.objects.select_for_update().get(pk=business.pk)
        if row.status == after:
            return row
        if row.status != before:
            status = {"name": row.name, "status": row.get_status_display()}
            raise Refusal("illegal_transition", _(NOT_NOW[after]) % status)
        row.status, row.status_reason = after, reason if after == Business.Status.SUSPENDED else ""
        row.save()
        audit.record_operator(by, verb, row, business_id=row.pk, after={"reason": reason})
        if after == Business.Status.SUSPENDED:
            emit(BusinessSuspended(business_id=row.pk))
    hosts.forget()
    with tenant_context(row), transaction.atomic():
        audit.record(by, verb, row, after={"reason": reason})
    return row


def new_token() -> str:
    """An unguessable webhook token: 32 random bytes, 43 URL-safe characters."""
    return secrets.token_urlsafe(32)
