"""Which schema each model's table belongs to: public, every business's, or both.

One table of placement, read by migrations, the provisioning script and the isolation checks.
"""

from typing import Any

from django.db import connections
from django.db.models import Model

from apps.tenants.postgres.context import PUBLIC

MIGRATING = ("default", "migrate")
LIVE_APPS = ("channels_postgres", "django_cache")  # the embedded default's own schema, reached by its own login

BOTH = {
    "accounts.user", "accounts.user_groups", "accounts.user_user_permissions",
    "auth.group", "auth.group_permissions", "sessions.session",
    "guardian.userobjectpermission", "guardian.groupobjectpermission",
}  # fmt: skip
SHARED = {
    "contenttypes.contenttype", "auth.permission", "admin.logentry",
    "tenants.business", "tenants.domain", "tenants.gatewayapp", "tenants.inboundroute",
    "tenants.quarantineddelivery", "tenants.schemastate", "audit.operatorevent",
    "audit.operatorseal",
    "tenants.directoryentry",
    "tenants.signup",
    "billing.plan", "billing.subscription", "billing.invoice", "billing.usageperiod", "billing.platformpaymentevent",
    "tenants.supportdoor", "tenants.erasurecertificate",
}  # fmt: skip


def is_shared(label: str) -> bool:
    """Whether a model ("app.model") has one table for the whole platform."""
    return label in SHARED


def belongs(label: str, schema: str) -> bool:
    """Whether a model's table is made in this schema."""
    if label in BOTH:
        return True
    return (schema == PUBLIC) == (label in SHARED)


class PlacementRouter:
    """Django's question "may this model be migrated here?", answered by the table above."""

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        if app_label in LIVE_APPS:
            return db == "live"
        if db not in MIGRATING:
            return False
        if model_name is None:
            return None
        schema = connections[db].schema_name  # type: ignore[attr-defined]
        return belongs(f"{app_label}.{model_name}", schema)

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return "live" if model._meta.app_label in LIVE_APPS else None

    db_for_write = db_for_read

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
