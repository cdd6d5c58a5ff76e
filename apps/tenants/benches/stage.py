"""What a benchmark or a test of the fleet is played on: businesses that vanish afterwards, a migration to come."""

import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import schema_context

from apps.tenants import provisioning
from apps.tenants.models import Business, Domain
from apps.tenants.postgres.context import PUBLIC

Progress = Callable[[int, int, str], None]


def _quietly(done: int, total: int, what: str = "") -> None:
    pass


@contextmanager
def throwaway_businesses(count: int, progress: Progress = _quietly) -> Iterator[list[Business]]:
    """So many provisioned businesses under opaque addresses. All of them go, whatever happens."""
    made: list[Business] = []
    try:
        for number in range(count):
            made.append(unready_business(f"Bench {number}"))
            made[-1] = provisioning.provision(made[-1])
            progress(number + 1, count, "businesses made")
        yield made
    finally:
        for number, business in enumerate(made):
            remove(business)
            progress(number + 1, len(made), "businesses removed")


def unready_business(name: str) -> Business:
    """A throwaway business with its address, still without a schema."""
    slug = f"bench-{secrets.token_hex(6)}"
    with schema_context(PUBLIC):
        business = provisioning.new_business(slug=slug, name=name)
        Domain.objects.create(business=business, host=f"{slug}.{settings.BASE_DOMAIN}")
    return business


def remove(business: Business) -> None:
    """Take away a throwaway business: schema, role, rows."""
    provisioning.drop(business.schema_name)
    with schema_context(PUBLIC):
        Business.objects.using("migrate").filter(pk=business.pk).delete()


@contextmanager
def one_more_migration(app_label: str, body: str) -> Iterator[str]:
    """An app's migrations with one more at the end, as all that load migrations in this process see them.

    `body` is the inside of its class, such as `operations = [...]`, where `migrations` and `models` are known. Gives
    its name.
    """
    name = "9999_rehearsal"
    ((_, last),) = MigrationLoader(None).graph.leaf_nodes(app_label)
    package = f"rehearsal_{secrets.token_hex(4)}"
    usual = settings.MIGRATION_MODULES
    with TemporaryDirectory() as folder:
        copy = Path(folder, package)
        shutil.copytree(Path(apps.get_app_config(app_label).path, "migrations"), copy)
        indented = "".join(f"    {line}\n" for line in body.strip().splitlines())
        Path(copy, f"{name}.py").write_text(
            "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
            f"    dependencies = [({app_label!r}, {last!r})]\n{indented}"
        )
        sys.path.insert(0, folder)
        settings.MIGRATION_MODULES = {**usual, app_label: package}
        try:
            yield name
        finally:
            settings.MIGRATION_MODULES = usual
            sys.path.remove(folder)
