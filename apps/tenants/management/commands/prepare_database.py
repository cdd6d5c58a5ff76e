"""`manage.py prepare_database`: roles, database, revokes, extensions, public's tables and their fence."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from apps.tenants.embedded import Cluster
from apps.tenants.postgres import bootstrap


class Command(BaseCommand):
    """Idempotent; run it before the first start and at each upgrade."""

    help = "Prepare the database: roles, revokes, extensions, shared tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--admin-url", help="a superuser's postgres:// URL; not needed with the bundled server")
        parser.add_argument("--skip-cluster", action="store_true", help="roles and database are there already")

    def handle(self, *args: Any, **options: Any) -> None:
        name = str(settings.DATABASES["default"]["NAME"])
        if not options["skip_cluster"]:
            admin_url, of_database = self._admin_urls(options["admin_url"], name)
            bootstrap.prepare_cluster(admin_url, bootstrap.passwords_from_settings())
            bootstrap.create_database(admin_url, name)
            bootstrap.raise_fence(of_database, live=settings.EMBEDDED)
        bootstrap.migrate_public(verbosity=options["verbosity"])
        call_command("sync_plans", verbosity=options["verbosity"])

    def _admin_urls(self, given: str | None, name: str) -> tuple[str, str]:
        if settings.EMBEDDED and not given:
            cluster = Cluster(settings.VAR_DIR)
            return cluster.admin_dsn(), cluster.admin_dsn(name)
        if not given:
            raise CommandError("Give --admin-url: a superuser's URL, used once to make roles and revokes.")
        return given, urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
