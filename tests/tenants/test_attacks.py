"""The attack table of foundations 2: through an injectable page of acme, nothing of globex or the platform comes out.

Each line has its control: the same statement, run as superuser, works. So it is the fence that refuses, not a typo.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.audit import actions as audit
from apps.core.actors import SYSTEM
from apps.tenants.models import Business
from tests import databases

SECRET = "a-secret-of-globex"  # in the name, the session, the audit row and the gateway app of globex


class Attack(NamedTuple):
    """What the visitor sends, and to which page."""

    sql: str
    page: str = "whole"
    as_superuser: str = ""  # when the control must be worded differently


INSIDE = "people"
ATTACKS = {
    # another business's rows
    "another schema": Attack("SELECT session_data FROM {globex}.django_session"),
    "another schema, by union": Attack(
        "' UNION SELECT session_data, '' FROM {globex}.django_session --", INSIDE,
        "SELECT session_data FROM {globex}.django_session",
    ),
    "another schema, by subquery": Attack(
        "' OR EXISTS (SELECT FROM {globex}.accounts_user) --", INSIDE, "SELECT FROM {globex}.accounts_user"
    ),
    "another schema, written to": Attack("UPDATE {globex}.accounts_user SET is_active = false"),
    "another schema's sequence": Attack("SELECT nextval('{globex}.django_migrations_id_seq')"),
    "sessions of the platform": Attack("SELECT session_data FROM public.django_session"),
    "users of the platform": Attack("SELECT password FROM public.accounts_user"),
    # out of the role
    "stacked search_path": Attack(
        "'; SET search_path = {globex}; SELECT email, password FROM accounts_user --", INSIDE,
        "SET search_path = {globex}; SELECT email, password FROM accounts_user",
    ),
    "stacked reset role": Attack("'; RESET ROLE --", INSIDE, "RESET ROLE"),
    "stacked set role": Attack("'; SET ROLE {globex} --", INSIDE, "SET ROLE {globex}"),
    "set_config of the role": Attack("' UNION SELECT set_config('role', '{globex}', false), '' --", INSIDE,
                                     "SELECT set_config('role', '{globex}', false)"),
    "set_config, then a query in xml": Attack(
        "' UNION SELECT set_config('role', '{globex}', false) ||"
        " query_to_xml('SELECT session_data FROM {globex}.django_session', true, true, '')::text, '' --", INSIDE,
        "SELECT set_config('role', '{globex}', false) ||"
        " query_to_xml('SELECT session_data FROM {globex}.django_session', true, true, '')::text",
    ),
    "a query in xml": Attack("SELECT query_to_xml('SELECT 1', true, true, '')"),
    "a table in xml": Attack("SELECT table_to_xml('pg_class', true, true, '')"),
    "a schema in xml": Attack("SELECT schema_to_xml('ext', true, true, '')"),
    "a query in a text search": Attack("SELECT * FROM ts_stat('SELECT to_tsvector(''a'')')"),
    "a query in a rewrite": Attack("SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, ''b''::tsquery')"),
    "update of pg_settings": Attack("UPDATE pg_settings SET setting = '{globex}' WHERE name = 'role'"),
    "a block of plpgsql": Attack("DO $$ BEGIN PERFORM 1; END $$"),
    "a block that sets the role": Attack("DO $$ BEGIN EXECUTE 'SET ROLE {globex}'; END $$"),
    "session authorization": Attack("SET SESSION AUTHORIZATION maj_migrate"),
    "becoming the owner": Attack("SET ROLE maj_owner"),
    # others' rows in shared tables
    "others' business": Attack("UPDATE public.tenants_business SET name = 'Mine'"),
    "others' domain": Attack("UPDATE public.tenants_domain SET state = 'pending'"),
    "others' route": Attack("DELETE FROM public.tenants_inboundroute"),
    "others' gateway app": Attack("UPDATE public.tenants_gatewayapp SET is_active = false"),
    "the fleet's state": Attack("SELECT error FROM public.tenants_schemastate"),
    "the quarantine": Attack("SELECT body FROM public.tenants_quarantineddelivery"),
    "the operators' record": Attack("SELECT verb FROM public.audit_operatorevent"),
    "a new permission": Attack(
        "INSERT INTO public.auth_permission (name, content_type_id, codename) VALUES ('a', 1, 'a')"
    ),
    "no row security": Attack("ALTER TABLE public.tenants_business DISABLE ROW LEVEL SECURITY"),
    # forged history
    "an audit row changed": Attack("UPDATE audit_auditevent SET verb = 'nothing'"),
    "an audit row deleted": Attack("DELETE FROM audit_auditevent"),
    "the audit emptied": Attack("TRUNCATE audit_auditevent"),
    "an operator's deed forged": Attack(
        "INSERT INTO public.audit_operatorevent (id, created_at, updated_at, at, verb, object_kind, object_label,"
        " actor_kind, actor_label, request_id, agent, operator_note)"
        " VALUES (gen_random_uuid(), now(), now(), now(), 'erased', 'business', '', 'operator', 'root', '', '', '')"
    ),
    "a migration forged": Attack("DELETE FROM django_migrations"),
    # things that last or reach out
    "a table": Attack("CREATE TABLE loot (a int)"),
    "a temporary table": Attack("CREATE TEMP TABLE loot (a int)"),
    "a table by select": Attack("SELECT 1 AS a INTO loot"),
    "a function": Attack("CREATE FUNCTION loot() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    "a schema": Attack("CREATE SCHEMA loot"),
    "a role": Attack("CREATE ROLE loot"),
    "a trigger": Attack("CREATE TRIGGER loot BEFORE UPDATE ON accounts_user FOR EACH ROW"
                        " EXECUTE FUNCTION suppress_redundant_updates_trigger()"),
    "a column": Attack("ALTER TABLE accounts_user ADD COLUMN loot int"),
    "an advisory lock": Attack("SELECT pg_advisory_lock(1)"),
    "an advisory lock of the transaction": Attack("SELECT pg_advisory_xact_lock(1)"),
    "a tried advisory lock": Attack("SELECT pg_try_advisory_lock(1)"),
    "a shout": Attack("SELECT pg_notify('channels', 'x')"),
    "a nap": Attack("SELECT pg_sleep(0)"),
    "a nap for long": Attack("SELECT pg_sleep_for('0 s')"),
    "a large object": Attack("SELECT lo_create(0)"),
    "a large object from a file": Attack("SELECT lo_from_bytea(0, 'x')"),
    "another connection ended": Attack("SELECT pg_terminate_backend(0)"),
    "another query ended": Attack("SELECT pg_cancel_backend(0)"),
    "a program": Attack("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'"),
    "a file read": Attack("SELECT pg_read_file('PG_VERSION')"),
    "a file copied": Attack("COPY (SELECT 1) TO '/tmp/loot'", as_superuser="COPY (SELECT 1) TO '/dev/null'"),
    "a folder read": Attack("SELECT pg_ls_dir('.')"),
    "passwords of the cluster": Attack("SELECT rolpassword FROM pg_authid"),
    "the server's settings": Attack("ALTER SYSTEM SET work_mem = '64MB'", as_superuser="SHOW work_mem"),
    "settings for the next log-in": Attack("ALTER ROLE maj_app SET search_path = '{globex}'"),
    "a database": Attack("ALTER DATABASE {database} SET work_mem = '64MB'"),
}  # fmt: skip


@pytest.fixture
def loaded(both: tuple[Business, Business], superuser: psycopg.Connection) -> Iterator[tuple[Business, Business]]:
    """Both businesses with a session, an audit row and a gateway app; globex's carry its secret."""
    for business, mark in zip(both, ("a-secret-of-acme", SECRET), strict=True):
        schema = business.schema_name
        superuser.execute(f"INSERT INTO {schema}.django_session VALUES (%s, %s, now() + '1 day')", [mark, mark])
        superuser.execute(
            "INSERT INTO public.tenants_gatewayapp (id, created_at, updated_at, gateway, token, account_ref, is_active,"
            " owner_id) VALUES (gen_random_uuid(), now(), now(), 'simulator', %s, %s, true, %s)",
            [mark, mark, business.pk],
        )
        superuser.execute(
            "INSERT INTO public.tenants_inboundroute (id, created_at, updated_at, gateway, kind, external_id, inbox_id,"
            " app_id, business_id) SELECT gen_random_uuid(), now(), now(), gateway, 'number', token, id, id, owner_id"
            " FROM public.tenants_gatewayapp WHERE token = %s",
            [mark],
        )
        with tenant_context(business):
            audit.record(SYSTEM, mark, User.objects.all()[0])
    superuser.commit()
    yield both
    superuser.rollback()
    for business in both:
        superuser.execute(f"DELETE FROM {business.schema_name}.django_session")
        superuser.execute(f"DELETE FROM {business.schema_name}.audit_auditevent WHERE verb LIKE 'a-secret-of-%'")
    superuser.execute("DELETE FROM public.tenants_inboundroute; DELETE FROM public.tenants_gatewayapp")
    superuser.commit()


def told(page: str, sql: str) -> str:
    """What acme's page answers, or the reason for which the server refused."""
    client = Client(headers={"host": "acme.localhost"}, raise_request_exception=True)
    try:
        return client.get(f"/{page}/", {"q": sql}).content.decode()
    except Exception as error:
        return f"refused: {type(error).__name__}: {error}"
    finally:
        connection.close()  # as at the end of each real request; the test client leaves it open


def everything(superuser: psycopg.Connection, *schemas: str) -> "list[tuple[object, ...]]":
    """Hashes of what an attack might change: the fenced rows, and all relations, functions, roles and locks."""
    tables = ["tenants_business", "tenants_domain", "tenants_gatewayapp", "tenants_inboundroute", "audit_operatorevent",
              "auth_permission"]  # fmt: skip
    sources = [f"public.{table}" for table in tables]
    for schema in schemas:
        sources += [f"{schema}.{table}" for table in ("accounts_user", "django_session", "audit_auditevent")]
    sources += [
        "(SELECT oid, relname, relacl, relrowsecurity FROM pg_class)",
        "(SELECT oid, proname, proacl FROM pg_proc)",
        "(SELECT rolname, rolconfig FROM pg_roles WHERE rolname LIKE 'maj_%' OR rolname = 'loot')",
        "(SELECT oid FROM pg_largeobject_metadata)",
        "(SELECT objid FROM pg_locks JOIN pg_database d ON d.oid = database WHERE datname = current_database()"
        " AND locktype = 'advisory')",
    ]
    union = " UNION ALL ".join(
        f"SELECT {number}, md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {one} t"
        for number, one in enumerate(sources)
    )
    found = superuser.execute(f"{union} ORDER BY 1").fetchall()
    superuser.rollback()
    return found


@pytest.mark.urls("tests.tenants.injectable")
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_the_server_refuses(attack, loaded, superuser):
    schemas = [business.schema_name for business in loaded]
    names = {"globex": schemas[1], "database": connection.settings_dict["NAME"]}
    before = everything(superuser, *schemas)

    answer = told(attack.page, attack.sql.format(**names))

    assert answer.startswith("refused: ProgrammingError"), answer
    assert any(why in answer for why in (
        "permission denied", "must be owner", "multiple commands", "insert multiple", "must be superuser",
        "Only roles with", "to execute the COPY command", "Only the backend",
    )), answer  # fmt: skip
    assert SECRET not in answer
    assert everything(superuser, *schemas) == before


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_superuser_can(attack, loaded, superuser):
    acme, globex = loaded
    names = {"globex": globex.schema_name, "database": connection.settings_dict["NAME"]}
    superuser.execute(f"SET LOCAL search_path = {acme.schema_name}, ext")

    with suppress(psycopg.errors.FeatureNotSupported):  # the bundled server is built without XML: it got that far
        superuser.execute((attack.as_superuser or attack.sql).format(**names))


SHARED_READS = {
    "businesses": "SELECT slug, name FROM public.tenants_business",
    "domains": "SELECT host, id FROM public.tenants_domain",
    "gateway apps": "SELECT token, account_ref FROM public.tenants_gatewayapp",
    "routes": "SELECT external_id, inbox_id FROM public.tenants_inboundroute",
}


@pytest.mark.urls("tests.tenants.injectable")
@pytest.mark.parametrize("statement", SHARED_READS.values(), ids=SHARED_READS)
def test_of_shared_tables_a_business_sees_its_own_rows(statement, loaded, superuser):
    answer = told("whole", statement)

    assert len(json.loads(answer)["rows"]) == 1
    assert "globex" not in answer
    assert SECRET not in answer
    assert len(superuser.execute(statement).fetchall()) == 2


@pytest.mark.urls("tests.tenants.injectable")
def test_the_injection_itself_works(loaded):
    """Else the table above would prove nothing."""
    answer = told("people", "' OR true --")

    assert len(json.loads(answer)["rows"]) == 5


@pytest.mark.urls("tests.tenants.injectable")
def test_other_sessions_statements_are_hidden(loaded):
    with psycopg.connect(databases.admin_url(connection.settings_dict["NAME"])) as other:
        other.execute(f"SELECT '{SECRET}'")
        answer = told("whole", "SELECT coalesce(query, ''), '' FROM pg_stat_activity")

    assert "insufficient privilege" in answer
    assert SECRET not in answer


@pytest.mark.urls("tests.tenants.injectable")
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE {globex}",
        "RESET ROLE",
        "SET search_path = {globex}",
        "RESET ALL",
        "DISCARD ALL",
        "SET LOCAL ROLE {globex}",
    ],
)
def test_a_whole_statement_that_changes_the_session_costs_the_connection(statement, loaded):
    acme, globex = loaded
    who = "SELECT current_user, current_setting('search_path')"

    page_that_goes_on = told("twice", statement.format(globex=globex.schema_name))
    next_request = told("whole", who)

    assert page_that_goes_on == "refused: OperationalError: the connection is closed"
    assert json.loads(next_request)["rows"] == [[acme.schema_name, f"{acme.schema_name}, ext"]]


@pytest.mark.urls("tests.tenants.injectable")
def test_no_statement_runs_for_ever(loaded):
    rows = json.loads(told("whole", "SELECT current_setting('statement_timeout'), "
                                    "current_setting('idle_in_transaction_session_timeout')"))["rows"]  # fmt: skip

    assert rows == [["30s", "1min"]]
