"""A business's schema comes into being whole or not at all, once, and goes without a trace."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import Role
from apps.core.actors import SYSTEM
from apps.tenants import actions, hosts, provisioning, script
from apps.tenants.benches.stage import remove
from apps.tenants.models import Business, Domain, SchemaState


@pytest.fixture
def row(committed):
    """A business that is still to be provisioned."""
    with schema_context("public"):
        business = provisioning.new_business(slug="newcomer", name="Newcomer")
        Domain.objects.create(business=business, host="newcomer.localhost")
    yield business
    remove(business)


@pytest.fixture
def traces(superuser: psycopg.Connection) -> Callable[[str], tuple[int, int]]:
    """How many schemas and roles of a name there are."""

    def count(name: str) -> tuple[int, int]:
        superuser.rollback()
        found = superuser.execute(
            "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = %(name)s),"
            " (SELECT count(*) FROM pg_roles WHERE rolname = %(name)s)", {"name": name},
        ).fetchone()  # fmt: skip
        superuser.rollback()
        assert found is not None
        return found[0], found[1]

    return count


def status_of(business: Business) -> str:
    with schema_context("public"):
        return Business.objects.values_list("status", flat=True).get(pk=business.pk)


def test_provisioning_makes_schema_role_and_status(row, traces):
    business = provisioning.provision(row)

    assert (business.status, status_of(row)) == ("ready", "ready")
    assert traces(row.schema_name) == (1, 1)
    with tenant_context(business):
        assert Role.objects.count() == 4
    with schema_context("public"):
        state = SchemaState.objects.get(business=row)
    assert (state.state_hash, state.error) == (provisioning.state_of_code(), "")


@pytest.mark.parametrize("broken", ["SELECT 1/0;", "CREATE TABLE halfway (a int); CREATE TABLE halfway (a int);"])
def test_a_failure_leaves_neither_schema_nor_role_nor_status(row, traces, monkeypatch, broken):
    whole = script.script_for(row.schema_name)
    monkeypatch.setattr(script, "script_for", lambda schema: whole + broken)

    with pytest.raises(DatabaseError):
        provisioning.provision(row)

    assert traces(row.schema_name) == (0, 0)
    assert status_of(row) == "provisioning"
    with schema_context("public"):
        assert not SchemaState.objects.filter(business=row).exists()


def test_after_a_failure_the_next_try_succeeds(row, traces, monkeypatch):
    with monkeypatch.context() as broken, pytest.raises(DatabaseError):
        broken.setattr(script, "script_for", lambda schema: "SELECT 1/0")
        provisioning.provision(row)

    assert provisioning.provision(row).status == "ready"
    assert traces(row.schema_name) == (1, 1)


def test_a_failed_sign_up_says_so_and_can_be_retried(committed, monkeypatch, traces):
    with monkeypatch.context() as broken, pytest.raises(DatabaseError):
        broken.setattr(script, "script_for", lambda schema: "SELECT 1/0")
        actions.create_business(slug="unlucky", name="Unlucky", by=SYSTEM)

    with schema_context("public"):
        business = Business.objects.get(slug="unlucky")
    try:
        assert business.status == "failed"
        assert "division by zero" in business.status_reason
        assert traces(business.schema_name) == (0, 0)
        assert provisioning.provision(business).status == "ready"
    finally:
        remove(business)


def test_a_ready_business_is_left_alone(row, traces, monkeypatch):
    provisioning.provision(row)
    monkeypatch.setattr(script, "script_for", lambda schema: "SELECT 1/0")

    assert provisioning.provision(row).status == "ready"


def test_two_at_once_make_one_schema(row, traces):
    together = threading.Barrier(2)
    answers: list[object] = []

    def provision() -> None:
        try:
            together.wait()
            answers.append(provisioning.provision(row).status)
        except Exception as error:
            answers.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=provision) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ["ready", "ready"]
    assert traces(row.schema_name) == (1, 1)


def test_nobody_comes_in_before_it_is_ready(row):
    waiting = Client(headers={"host": "newcomer.localhost"}).get("/")
    provisioning.provision(row)
    hosts.forget()

    assert waiting.status_code == 503
    assert waiting.headers["Retry-After"] == "3"
    assert hosts.site_of("newcomer.localhost").status == "ready"


def test_the_role_may_enter_its_own_schema_only(row, superuser):
    provisioning.provision(row)

    entered = superuser.execute(
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'USAGE')"
        " AND nspname NOT LIKE 'pg_%%' AND nspname <> 'information_schema' ORDER BY 1",
        [row.schema_name],
    ).fetchall()
    created = superuser.execute(
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'CREATE')", [row.schema_name]
    ).fetchall()
    attributes = superuser.execute(
        "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = %s",
        [row.schema_name],
    ).fetchone()

    assert entered == [(row.schema_name,), ("ext",), ("public",)]
    assert created == []
    assert attributes == (False, False, False, False, False)


def test_dropping_leaves_nothing(row, traces):
    provisioning.provision(row)

    provisioning.drop(row.schema_name)

    assert traces(row.schema_name) == (0, 0)


def test_dropping_what_is_not_there_is_no_error(committed):
    provisioning.drop("b_neverexisted"[:14])


@pytest.mark.parametrize("name", ["public", "ext", "acme", "b_short", 'b_abc"; DROP x'])
def test_only_a_business_schema_can_be_dropped(committed, name):
    with pytest.raises(ValueError, match="not a business's schema"):
        provisioning.drop(name)


def test_names_are_opaque_and_never_alike():
    names = {provisioning.opaque_schema_name() for _ in range(1000)}

    assert len(names) == 1000
    assert all(provisioning.is_business_schema(name) for name in names)


@pytest.mark.parametrize("name", ["acme", "b_ABCDEFGHIJKL", "b_12345678901; x", "pg_catalog", ""])
def test_no_statement_runs_in_a_schema_of_another_name(committed, name):
    with schema_context(name), pytest.raises(ImproperlyConfigured):
        Role.objects.count()


def test_a_folded_dump_makes_keys_and_references_with_their_tables():
    dump = (
        "CREATE TABLE t.child (\n    id integer NOT NULL,\n    parent_id integer NOT NULL\n);\n"
        "CREATE SEQUENCE t.numbers\n    START WITH 1;\n"
        "CREATE TABLE t.parent (\n    id integer DEFAULT nextval('t.numbers') NOT NULL,\n    best_id integer\n);\n"
        "INSERT INTO t.child VALUES\n\t(1, 1);\n"
        "SELECT pg_catalog.setval('t.numbers', 1, true);\n"
        "ALTER TABLE ONLY t.child\n    ADD CONSTRAINT child_pkey PRIMARY KEY (id);\n"
        "ALTER TABLE ONLY t.parent\n    ADD CONSTRAINT parent_pkey PRIMARY KEY (id);\n"
        "CREATE INDEX of_parent ON t.child USING btree (parent_id);\n"
        "ALTER TABLE ONLY t.child\n    ADD CONSTRAINT child_fk FOREIGN KEY (parent_id) REFERENCES t.parent(id);\n"
        "ALTER TABLE ONLY t.parent\n    ADD CONSTRAINT best_fk FOREIGN KEY (best_id) REFERENCES t.child(id);\n"
    )

    assert script.folded(dump) == (
        "CREATE SEQUENCE t.numbers\n    START WITH 1;\n"
        "CREATE TABLE t.parent (\n    id integer DEFAULT nextval('t.numbers') NOT NULL,\n    best_id integer,\n"
        "    CONSTRAINT parent_pkey PRIMARY KEY (id)\n);\n"
        "CREATE TABLE t.child (\n    id integer NOT NULL,\n    parent_id integer NOT NULL,\n"
        "    CONSTRAINT child_pkey PRIMARY KEY (id),\n"
        "    CONSTRAINT child_fk FOREIGN KEY (parent_id) REFERENCES t.parent(id)\n);\n"
        "CREATE INDEX of_parent ON t.child USING btree (parent_id);\n"
        "ALTER TABLE ONLY t.parent\n    ADD CONSTRAINT best_fk FOREIGN KEY (best_id) REFERENCES t.child(id);\n"
        "INSERT INTO t.child VALUES\n\t(1, 1);\n"
        "SELECT pg_catalog.setval('t.numbers', 1, true);\n"
    )
