"""A schema made the usual way: every migration run in it. The baseline of provisioning, and the truth it is held to."""

from typing import Any

from django.core.management import call_command
from django.db import connections, transaction
from django_tenants.utils import schema_context

from apps.tenants import provisioning
from apps.tenants.postgres.context import PUBLIC


def make_by_migrations(schema_name: str) -> None:
    """What django-tenants' create_schema does: an empty schema, then `migrate_schemas` from zero; then our rights."""
    connection: Any = connections["migrate"]
    with schema_context(PUBLIC), transaction.atomic(using="migrate"), connection.cursor() as cursor:
        cursor.execute(provisioning.role(schema_name).as_string(cursor.connection))
    connection.forget()
    call_command("migrate_schemas", schema_name=schema_name, executor="standard", interactive=False, verbosity=0)
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute(provisioning.rights(schema_name).as_string(cursor.connection))
