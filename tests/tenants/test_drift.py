"""A schema replayed from the prepared script is the schema that the migrations make: nothing more, nothing less."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django_tenants.utils import schema_context

from apps.tenants import drift, provisioning
from apps.tenants.benches.slow_road import make_by_migrations


@pytest.fixture
def migrated(committed: None) -> Iterator[str]:
    """A schema that every migration was run in, one by one."""
    name = provisioning.opaque_schema_name()
    try:
        make_by_migrations(name)
        yield name
    finally:
        provisioning.drop(name)


def test_a_provisioned_schema_is_a_migrated_one(migrated, fleet_of):
    (provisioned,) = fleet_of(1)

    assert drift.differences(migrated, provisioned.schema_name) == []
    assert len(drift.describe(migrated)) > 500


def test_two_provisioned_schemas_are_alike(fleet_of):
    first, second = fleet_of(2)

    assert drift.differences(first.schema_name, second.schema_name) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("ALTER TABLE customers_customer ADD COLUMN extra int", "column"),
        ("CREATE INDEX extra ON customers_customer (created_at)", "index"),
        ("ALTER TABLE customers_customer ADD CONSTRAINT extra CHECK (true)", "constraint"),
        ("GRANT UPDATE ON audit_auditevent TO CURRENT_SCHEMA_ROLE", "relation"),
        ("ALTER DEFAULT PRIVILEGES IN SCHEMA CURRENT_SCHEMA_ROLE GRANT ALL ON TABLES TO maj_tenant", "default rights"),
        ("DELETE FROM django_migrations WHERE app = 'customers'", "migration"),
    ],
)
def test_a_difference_would_be_seen(fleet_of, change, kind):
    first, second = fleet_of(2)
    with schema_context(second.schema_name), connections["migrate"].cursor() as cursor:
        cursor.execute(change.replace("CURRENT_SCHEMA_ROLE", second.schema_name))

    found = drift.differences(first.schema_name, second.schema_name)

    assert any(line.startswith((f"+ {kind}", f"- {kind}")) for line in found)
