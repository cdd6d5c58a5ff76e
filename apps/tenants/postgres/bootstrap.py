"""Raising the fence: roles once per cluster, revokes once per database, grants after public is migrated.

Runs as the cluster's superuser, from `manage.py prepare_database` and the test set-up, never from a request.
"""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate  # not django-tenants' own of that name
from django.db import connections
from django_tenants.utils import schema_context
from psycopg import sql

from apps.tenants.postgres.context import PUBLIC

HERE = Path(__file__).parent


def statements(name: str, **parameters: sql.Composable) -> sql.Composed:
    """One of the .sql files beside this module, its {parameters} filled with quoted names or literals."""
    return sql.SQL((HERE / f"{name}.sql").read_text()).format(**parameters)


def prepare_cluster(admin_url: str, passwords: dict[str, str]) -> None:
    """Make the six roles, and set the logins' passwords (`maj_app`, `maj_migrate`, `maj_live`)."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        quoted = {f"{role.removeprefix('maj_')}_password": sql.Literal(word) for role, word in passwords.items()}
        connection.execute(statements("roles", **quoted))


def create_database(admin_url: str, name: str, template: str = "template0") -> bool:
    """Make a database if it is not there; False when it was."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return True


def raise_fence(admin_url_of_database: str, *, live: bool) -> None:
    """Extensions, revokes and schema ownership in one database; with `live`, the embedded default's schema too."""
    with psycopg.connect(admin_url_of_database, autocommit=True) as connection:
        connection.execute(statements("fence", database=sql.Identifier(connection.info.dbname)))
        if live:
            connection.execute(statements("live"))


def migrate_public(verbosity: int = 0) -> None:
    """Bring public (and the embedded default's own schema) to the code's state, then grant and fence its tables."""
    with schema_context(PUBLIC):
        call_command(Migrate(), database="migrate", interactive=False, verbosity=verbosity)
        with connections["migrate"].cursor() as cursor:
            cursor.execute((HERE / "shared.sql").read_text())
    if "live" in settings.DATABASES:
        call_command(Migrate(), "channels_postgres", database="live", interactive=False, verbosity=verbosity)


def passwords_from_settings() -> dict[str, str]:
    """The logins' passwords as the running configuration has them."""
    found: dict[str, Any] = {"maj_app": settings.DATABASES["default"], "maj_migrate": settings.DATABASES["migrate"]}
    words = {role: str(database["PASSWORD"]) for role, database in found.items()}
    words["maj_live"] = str(settings.DATABASES.get("live", settings.DATABASES["migrate"])["PASSWORD"])
    return words
