"""A business begins. Platform deeds: they run in public and leave an operator's record."""

import re
import secrets

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.tenants import hosts, provisioning
from apps.tenants.models import Business, Domain
from apps.tenants.postgres.context import PUBLIC

RESERVED = {  # requirements TEN-03
    "www", "api", "admin", "app", "public", "static", "media", "hooks", "mail", "support", "status", "docs", "help",
    "majlis",
}  # fmt: skip
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{1,48})[a-z0-9]")


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


def new_token() -> str:
    """An unguessable webhook token: 32 random bytes, 43 URL-safe characters."""
    return secrets.token_urlsafe(32)
