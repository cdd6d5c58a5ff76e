"""Migrating every business: once, apart from each other, in order, and resumable."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import CommandError
from django.db import connections
from django_tenants.utils import schema_context

from apps.tenants import fleet, provisioning
from apps.tenants.benches.stage import one_more_migration
from apps.tenants.models import Business, SchemaState
from tests import databases
from tests.tenants.migrations import A_FIELD, A_TABLE, columns, recorded, slugs, state_row, these


@pytest.fixture
def held_table(three: list[Business]) -> Iterator[Business]:
    """The second business, whose customers somebody else has locked."""
    second = three[1]
    with psycopg.connect(databases.admin_url(connections["default"].settings_dict["NAME"])) as other:
        other.execute(f"LOCK TABLE {second.schema_name}.customers_customer IN ACCESS SHARE MODE")
        yield second
        other.rollback()


def test_what_is_current_is_left_alone(three):
    outcome = fleet.migrate(these(three))

    assert outcome.unchanged == slugs(three)
    assert (outcome.migrated, outcome.failed, outcome.left) == ([], {}, [])


def test_a_new_column_reaches_every_schema_once(three):
    with one_more_migration("customers", A_FIELD):
        first = fleet.migrate(these(three))
        second = fleet.migrate(these(three))

    assert sorted(first.migrated) == sorted(slugs(three))
    assert sorted(second.unchanged) == sorted(slugs(three))
    for business in three:
        assert "shoe_size" in columns(business)
        assert recorded(business) == 1
        assert state_row(business).state_hash == provisioning.state_of_code()


def test_schemas_at_different_states_all_arrive(three):
    with one_more_migration("customers", A_FIELD):
        fleet.migrate(these(three[:1]))
        outcome = fleet.migrate(these(three))

    assert outcome.unchanged == [three[0].slug]
    assert sorted(outcome.migrated) == sorted(slugs(three[1:]))
    assert [recorded(business) for business in three] == [1, 1, 1]


def test_the_role_may_use_a_new_table_and_no_other_role_may(three):
    with one_more_migration("customers", A_TABLE):
        fleet.migrate(these(three))

    first, second, _ = three
    with schema_context(first.schema_name), connections["default"].cursor() as cursor:
        cursor.execute("INSERT INTO customers_shoe DEFAULT VALUES")
        cursor.execute("SELECT count(*) FROM customers_shoe")
        assert cursor.fetchone() == (1,)
        with pytest.raises(Exception, match="permission denied for schema"):
            cursor.execute(f"SELECT count(*) FROM {second.schema_name}.customers_shoe")


def test_one_failure_is_noted_and_the_others_go_on(three, held_table, monkeypatch):
    monkeypatch.setattr(fleet, "LOCK_TIMEOUT", "50ms")

    with one_more_migration("customers", A_FIELD):
        outcome = fleet.migrate(these(three))

    assert sorted(outcome.migrated) == sorted([three[0].slug, three[2].slug])
    assert list(outcome.failed) == [held_table.slug]
    assert "lock timeout" in outcome.failed[held_table.slug]
    assert "shoe_size" not in columns(held_table)
    assert recorded(held_table) == 0
    assert "lock timeout" in state_row(held_table).error
    assert state_row(held_table).attempts == 1


def test_a_failure_is_tried_again_unless_the_run_is_resumed(three, monkeypatch):
    monkeypatch.setattr(fleet, "LOCK_TIMEOUT", "50ms")
    name = connections["default"].settings_dict["NAME"]

    with one_more_migration("customers", A_FIELD):
        with psycopg.connect(databases.admin_url(name)) as other:
            other.execute(f"LOCK TABLE {three[1].schema_name}.customers_customer IN ACCESS SHARE MODE")
            fleet.migrate(these(three))
        resumed = fleet.migrate(these(three), resume=True)
        again = fleet.migrate(these(three))

    assert list(resumed.failed) == [three[1].slug]
    assert again.migrated == [three[1].slug]
    assert (state_row(three[1]).error, state_row(three[1]).attempts) == ("", 0)


def test_canaries_go_first(three):
    seen: list[str] = []

    with one_more_migration("customers", A_FIELD):
        fleet.migrate(these(three), canaries=[three[2].slug], progress=lambda done, total, slug: seen.append(slug))

    assert seen[0] == three[2].slug
    assert sorted(seen) == sorted(slugs(three))


def test_nothing_follows_a_canary_that_dies(three, held_table, monkeypatch):
    monkeypatch.setattr(fleet, "LOCK_TIMEOUT", "50ms")

    with one_more_migration("customers", A_FIELD):
        outcome = fleet.migrate(these(three), canaries=[held_table.slug])

    assert list(outcome.failed) == [held_table.slug]
    assert sorted(outcome.left) == sorted([three[0].slug, three[2].slug])
    assert [recorded(business) for business in three] == [0, 0, 0]


def test_a_canary_nobody_knows_is_an_error(three):
    with pytest.raises(CommandError, match="nobody"):
        fleet.migrate(these(three), canaries=["nobody"])


def test_no_schema_is_begun_when_the_time_is_up(three):
    with one_more_migration("customers", A_FIELD):
        outcome = fleet.migrate(these(three), budget=0)

    assert len(outcome.left) == 3
    assert [recorded(business) for business in three] == [0, 0, 0]


def test_only_one_runs_at_a_time(three):
    with psycopg.connect(databases.admin_url(connections["default"].settings_dict["NAME"])) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [fleet.LOCK])
        with pytest.raises(fleet.Busy):
            fleet.migrate(these(three))

    assert fleet.migrate(these(three)).unchanged == slugs(three)


def test_a_migration_that_breaks_half_way_leaves_nothing(three):
    body = A_FIELD.replace("]", ", migrations.RunSQL('SELECT 1/0')]")

    with one_more_migration("customers", body):
        outcome = fleet.migrate(these(three))

    assert len(outcome.failed) == 3
    for business in three:
        assert "shoe_size" not in columns(business)
        assert recorded(business) == 0


def test_a_non_atomic_migration_runs_outside_any_transaction(three):
    body = (
        "atomic = False\n"
        "operations = [migrations.RunSQL('CREATE INDEX CONCURRENTLY shoe ON customers_customer (created_at)')]"
    )

    with one_more_migration("customers", body):
        outcome = fleet.migrate(these(three))

    assert sorted(outcome.migrated) == sorted(slugs(three))
    assert [recorded(business) for business in three] == [1, 1, 1]


def test_rows_written_by_one_migration_do_not_stop_the_next(three):
    body = (
        "def fill(apps, editor):\n"
        "    Customer = apps.get_model('customers', 'Customer')\n"
        "    assert Customer.objects.using('migrate').count() == 0\n"
        "operations = [migrations.RunPython(fill), " + A_FIELD.removeprefix("operations = [")
    )

    with one_more_migration("customers", body):
        outcome = fleet.migrate(these(three))

    assert sorted(outcome.migrated) == sorted(slugs(three))


def test_rights_are_renewed_when_the_rules_changed(three, superuser):
    schema = three[0].schema_name
    superuser.execute(f"GRANT DELETE ON {schema}.audit_auditevent TO {schema}")
    superuser.commit()
    with schema_context("public"):
        SchemaState.objects.using("migrate").filter(business=three[0]).update(state_hash="of an older version")

    outcome = fleet.migrate(these(three))

    assert outcome.migrated == [three[0].slug]
    allowed = superuser.execute(
        "SELECT has_table_privilege(%s, %s, 'DELETE')", [schema, f"{schema}.audit_auditevent"]
    ).fetchone()
    assert allowed == (False,)
