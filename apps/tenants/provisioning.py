"""Making and unmaking a business's schema: schema, role, rights and the row's `ready` stand or fall together."""

import hashlib
import secrets
import string
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django_tenants.utils import schema_context
from psycopg import sql

from apps.core.models import new_id
from apps.tenants import keys, script
from apps.tenants.models import Business, SchemaState
from apps.tenants.postgres import bootstrap
from apps.tenants.postgres.context import PUBLIC, is_business_schema

ALPHABET = string.ascii_lowercase + string.digits
LOGIN = "maj_app"


def opaque_schema_name() -> str:
    """A schema name that says nothing of the business it is for."""
    return "b_" + "".join(secrets.choice(ALPHABET) for _ in range(12))


def provision(business: Business, *, opens: bool = True) -> Business:
    """Give a business its schema, in one transaction with its status. A business that is ready already is left alone.

    Unless it `opens`, the status stays: whoever signs up finds the door open only when the owner is inside. A schema
    that is there already is kept.

    Raises django.db.Error when the database refuses; then there is neither schema nor role, and the row is unchanged.
    """
    text = script.script_for(business.schema_name)
    connection: Any = connections["migrate"]
    with schema_context(PUBLIC):
        try:
            with transaction.atomic(using="migrate"):
                row = Business.objects.using("migrate").select_for_update().get(pk=business.pk)
                if row.status not in (Business.Status.PROVISIONING, Business.Status.FAILED):
                    return row
                if not _has_schema(connection, row.schema_name):
                    _make(connection, row.schema_name, text)
                    note_current(row.pk, state_of_code())
                if opens:
                    row.status, row.status_reason = Business.Status.READY, ""
                    row.save(using="migrate")
        finally:
            connection.forget()
    return row


def script_of(schema_name: str) -> str:
    """The text that `make` needs; prepared beforehand, since making it takes a database of its own."""
    return script.script_for(schema_name)


def make(row: Business, text: str) -> None:
    """Give a business its schema inside the caller's transaction on the migration connection, whose status it keeps.

    Role and path of the connection are to be forgotten afterwards.
    """
    _make(connections["migrate"], row.schema_name, text)
    note_current(row.pk, state_of_code())


def _has_schema(connection: Any, schema_name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema_name])
        return cursor.fetchone() is not None


def _make(connection: Any, schema_name: str, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(role(schema_name).as_string(cursor.connection))
        cursor.execute(_rules(schema_name, "business").as_string(cursor.connection))
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute(text)
        cursor.execute("SET LOCAL search_path = public, ext")
        cursor.execute(_rules(schema_name, "append_only").as_string(cursor.connection))


def drop(schema_name: str) -> None:
    """Remove a schema with everything in it, then its role. For erasing, benchmarks and failed experiments."""
    if not is_business_schema(schema_name):
        raise ValueError(f"{schema_name!r} is not a business's schema.")
    connection: Any = connections["migrate"]
    name = sql.Identifier(schema_name)
    with schema_context(PUBLIC):
        try:
            with transaction.atomic(using="migrate"), connection.cursor() as cursor:
                cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name).as_string(cursor.connection))
                cursor.execute("RESET ROLE")
                cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name).as_string(cursor.connection))
        finally:
            connection.forget()


def role(schema_name: str) -> sql.Composed:
    """The business's own role, which the web login may become, and its empty schema owned by the owner."""
    return sql.SQL(
        "RESET ROLE; CREATE ROLE {name} NOLOGIN IN ROLE maj_tenant; GRANT {name} TO {login};"
        "SET ROLE maj_owner; CREATE SCHEMA {name}"
    ).format(name=sql.Identifier(schema_name), login=sql.Identifier(LOGIN))


def rights(schema_name: str) -> sql.Composed:
    """What a business's role may do in its schema with all its tables, as SQL; idempotent."""
    return _rules(schema_name, "business", "all_tables", "append_only")


def rights_version() -> str:
    """A hash of the rights: when it changes, they are to be given anew."""
    names = ("business", "all_tables", "append_only")
    return hashlib.sha256(b"".join((bootstrap.HERE / f"{name}.sql").read_bytes() for name in names)).hexdigest()[:16]


def _rules(schema_name: str, *names: str) -> sql.Composed:
    return sql.SQL("\n").join(bootstrap.statements(name, schema=sql.Identifier(schema_name)) for name in names)


def state_of_code() -> str:
    """What a schema's note says when it is up to date: the migrations' state and the rights' version."""
    return f"{script.state_of_migrations()}.{rights_version()}"


def note_current(business_id: UUID, state_hash: str) -> None:
    """Note that a schema is at this state of the code. Call inside the transaction that brought it there."""
    SchemaState.objects.using("migrate").bulk_create(
        [SchemaState(business_id=business_id, state_hash=state_hash)],
        update_conflicts=True,
        unique_fields=["business"],
        update_fields=["state_hash", "error", "attempts", "updated_at"],
    )


def new_business(**facts: object) -> Business:
    """The row of a business that is still to be provisioned. Call in public."""
    schema_name = opaque_schema_name()
    return Business.objects.create(id=new_id(), schema_name=schema_name, **keys.new_key(schema_name), **facts)
