"""A connection that becomes the current business's database role before each statement, or refuses to run it.

Differs from the stock django-tenants backend in four ways: the tenant comes from a context variable, the role is
switched together with the search path, a switch that fails closes the connection, and statements go out in the
extended protocol so that the server refuses stacked ones.
"""

import threading
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base as postgresql
from django.utils.asyncio import async_unsafe
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper
from django_tenants.postgresql_backend.introspection import DatabaseSchemaIntrospection
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from apps.tenants.postgres.context import PUBLIC, Schema, Tenant, current_tenant, is_business_schema
from apps.tenants.postgres.schema import SchemaEditor

SESSION_COMMANDS = frozenset((b"SET", b"RESET", b"DISCARD", b"DISCARD ALL"))


class OneStatementCursor(postgresql.Cursor):
    """Sends every query in the extended protocol, which carries exactly one statement.

    A statement that was itself a SET or RESET costs the connection: the role may be another business's now.
    """

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        super()._execute_send(query, force_extended=True, binary=binary)

    def _check_results(self, results: list[PGresult]) -> None:
        super()._check_results(results)
        if any(result.command_status in SESSION_COMMANDS for result in results):
            self._conn.close()
            raise psycopg.errors.InsufficientPrivilege("Only the backend may change role, path or settings.")


def forget_role(connection: "psycopg.Connection[Any]") -> None:
    """Take a business's role off a connection before it goes back to the pool; close one that keeps it."""
    try:
        if connection.info.transaction_status != TransactionStatus.IDLE:
            connection.rollback()  # else the RESET below would be undone with the transaction
        switch(connection, b"RESET ROLE; RESET search_path; RESET app.tenant")
    except psycopg.Error:
        connection.close()


def switch(connection: "psycopg.Connection[Any]", statements: bytes) -> None:
    """Run session settings as one simple-protocol message, outside Django's transaction bookkeeping.

    Raises psycopg.OperationalError when the server does not accept every one of them.
    """
    result = connection.pgconn.exec_(statements)
    if result.status != ExecStatus.COMMAND_OK:
        raise psycopg.OperationalError(result.error_message.decode(errors="replace").strip())


class Lent:
    """A connection of the pool in the hands of one thread, which gives it back by ending if in no other way.

    The pool counts what it has lent and never asks for it. Without this, twenty threads that end without closing their
    connection would leave a process without any (docs/performance.md). `held` is emptied by who gives it back first.
    """

    __slots__ = ("held",)

    def __init__(self, held: "list[psycopg.Connection[Any]]") -> None:
        self.held = held

    def __del__(self) -> None:
        while self.held:
            connection = self.held.pop()
            forget_role(connection)
            if (pool := connection._pool) is not None:  # by which the pool marks what it lends
                pool.putconn(connection)


class DatabaseWrapper(TenantsWrapper):
    """One database connection; its role and search path follow the current tenant."""

    SchemaEditorClass = SchemaEditor
    include_public_schema = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._applied: bytes | None = None
        self._opening = False
        self._held: list[psycopg.Connection[Any]] = []
        self._hands = threading.local()
        # Not TenantsWrapper's own: it would reset the current tenant to public.
        postgresql.DatabaseWrapper.__init__(self, *args, **kwargs)
        self.introspection = DatabaseSchemaIntrospection(self)

    @property
    def tenant(self) -> Tenant:
        return current_tenant.get()

    @property
    def schema_name(self) -> str:
        return current_tenant.get().schema_name

    def set_tenant(self, tenant: Tenant, include_public: bool = False) -> None:
        """Make a business current for this context. The connection follows at its next statement."""
        current_tenant.set(tenant)

    def set_schema(self, schema_name: str, include_public: bool = False, tenant_type: str | None = None) -> None:
        current_tenant.set(Schema(schema_name, tenant_type))

    def set_schema_to_public(self) -> None:
        current_tenant.set(Schema(PUBLIC))

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.pop("runs_as", None)
        if self._is_app_lane:
            params["cursor_factory"] = OneStatementCursor
        return params

    @property
    def _is_app_lane(self) -> bool:
        """Whether this alias serves requests and tasks; the migration alias runs as the owner instead."""
        return self.settings_dict["OPTIONS"].get("runs_as") != "maj_owner"

    def _wanted(self) -> bytes:
        """The settings the current tenant needs, as SQL made only of checked names."""
        schema = self.schema_name
        if schema == PUBLIC:
            role = "maj_public"
        elif is_business_schema(schema):
            role = schema
        else:
            raise ImproperlyConfigured(f"{schema!r} is not the name of a schema of ours.")
        if not self._is_app_lane:
            role = "maj_owner"
        return f"SET ROLE {role}; SET search_path = {schema}, ext; SET app.tenant = '{schema}'".encode()

    def _cursor(self, name: str | None = None) -> Any:
        cursor = postgresql.DatabaseWrapper._cursor(self, name)
        if not self._opening:
            self._become(self._wanted())
        return cursor

    def _become(self, wanted: bytes) -> None:
        """Switch role and path if they differ from what is applied; on failure no statement may run."""
        if wanted == self._applied:
            return
        connection = self.connection
        if connection.info.transaction_status == TransactionStatus.INERROR:
            return  # only a rollback is accepted now, and it needs no role; the next cursor switches again
        try:
            switch(connection, wanted)
        except psycopg.Error:
            self._applied = None
            with self.wrap_database_errors:
                connection.close()
                raise
        self._applied = wanted

    def forget(self) -> None:
        """Say that role or path were changed by hand, so that the next statement sets them again."""
        self._applied = None

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if self.pool:
            self._held = [connection]
            self._hands.lent = Lent(self._held)
        return connection

    def _get_cursor_search_paths(self) -> list[str]:
        return [self.schema_name, "ext"]

    @async_unsafe
    def connect(self) -> None:
        self._applied = None
        self._opening = True  # Django opens a cursor while it looks at the server's version
        try:
            postgresql.DatabaseWrapper.connect(self)
        finally:
            self._opening = False

    def close(self) -> None:
        self._applied = None
        postgresql.DatabaseWrapper.close(self)

    def _close(self) -> None:
        # Not as the pool's own `reset`: that runs in a thread, costs 30 µs instead of 10 and leaves the pool empty
        # meanwhile, so that one worker keeps five connections (docs/performance.md).
        if self.connection is not None and self.pool:
            self._held.clear()
            forget_role(self.connection)
        postgresql.DatabaseWrapper._close(self)

    @async_unsafe
    def rollback(self) -> None:
        self._applied = None
        postgresql.DatabaseWrapper.rollback(self)

    @async_unsafe
    def savepoint_rollback(self, sid: str) -> None:
        try:
            postgresql.DatabaseWrapper.savepoint_rollback(self, sid)
        finally:
            self._applied = None
