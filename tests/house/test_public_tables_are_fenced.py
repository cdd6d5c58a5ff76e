"""What the database itself promises, asked of the database: shared rows are fenced, keys stay inside, records stay.

One public table is of one of three kinds: fenced row by row for its owner too; a word list that businesses may read;
or out of their reach altogether.
"""

from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from django_tenants.utils import schema_context

from apps.tenants.models import Business
from apps.tenants.postgres.router import BOTH, LIVE_APPS, SHARED

pytestmark = pytest.mark.django_db(databases=["default", "migrate"])

# Django's own vocabulary, equal for all: foreign keys of a business's rows point at it.
WORD_LISTS = {"django_content_type", "auth_permission"}

TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
    (SELECT coalesce(array_agg(polname::text ORDER BY polname), '{}') FROM pg_policy WHERE polrelid = c.oid),
    has_any_column_privilege('maj_tenant', c.oid, 'SELECT'),
    has_any_column_privilege('maj_tenant', c.oid, 'INSERT') OR has_any_column_privilege('maj_tenant', c.oid, 'UPDATE')
        OR has_table_privilege('maj_tenant', c.oid, 'DELETE') OR has_table_privilege('maj_tenant', c.oid, 'TRUNCATE')
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
CROSSING = """
SELECT conname::text FROM pg_constraint JOIN pg_class a ON a.oid = conrelid JOIN pg_class b ON b.oid = confrelid
WHERE contype = 'f' AND a.relnamespace <> b.relnamespace
"""
MAY = "SELECT has_table_privilege(%s, %s, 'INSERT'), has_any_column_privilege(%s, %s, 'UPDATE'),"
MAY += " has_table_privilege(%s, %s, 'DELETE'), has_table_privilege(%s, %s, 'TRUNCATE')"


def asked(question: str, *values: Any) -> list[tuple[Any, ...]]:
    """An answer of the database, asked as the owner of everything."""
    with schema_context("public"), connections["migrate"].cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())


def unfenced() -> list[str]:
    """Public tables that a business's role could reach beyond what is said above."""
    found = []
    for table, forced, policies, reads, writes in asked(TABLES):
        fenced = forced and {"own_row", "platform"} <= set(policies)
        if writes or (reads and not fenced and table not in WORD_LISTS):
            found.append(table)
    return sorted(found)


def test_public_tables_are_fenced() -> None:
    assert unfenced() == []


def test_every_shared_model_of_ours_is_fenced_row_by_row() -> None:
    fenced = {table for table, forced, policies, _reads, _writes in asked(TABLES) if forced and policies}
    ours = {
        model._meta.db_table.rpartition('"')[2]
        for model in apps.get_models()
        if model._meta.label_lower in SHARED and model.__module__.startswith("apps.")
    }

    assert len(ours) >= 7
    assert ours - fenced == set()


def test_every_table_of_public_is_known() -> None:
    known = {
        model._meta.db_table.rpartition('"')[2]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label_lower in SHARED | BOTH or model._meta.app_label in LIVE_APPS
    }

    assert {table for table, *_rest in asked(TABLES)} - known == {"django_migrations"}


def test_no_key_leaves_its_schema(acme: Business) -> None:
    assert asked(CROSSING) == []


@pytest.mark.parametrize(
    ("role", "table", "may_add"),
    [
        ("business", "{schema}.audit_auditevent", True),
        ("business", "{schema}.django_migrations", False),
        ("business", "public.audit_operatorevent", False),
        ("maj_public", "public.audit_operatorevent", True),
    ],
)
def test_records_are_append_only(acme: Business, role: str, table: str, may_add: bool) -> None:
    where = (acme.schema_name if role == "business" else role, table.format(schema=acme.schema_name))

    assert asked(MAY, *where * 4) == [(may_add, False, False, False)]


def test_it_sees_planted_holes(acme: Business) -> None:
    with schema_context("public"), connections["migrate"].cursor() as cursor:
        cursor.execute("CREATE TABLE public.planted_open (id int); GRANT SELECT ON public.planted_open TO maj_tenant")
        cursor.execute("CREATE TABLE public.planted_shut (id int)")
        cursor.execute("ALTER TABLE public.tenants_domain NO FORCE ROW LEVEL SECURITY")
        cursor.execute("GRANT UPDATE (status) ON public.tenants_business TO maj_tenant")
        cursor.execute("CREATE TABLE public.planted_target (id int PRIMARY KEY)")
        cursor.execute(
            f"ALTER TABLE {acme.schema_name}.customers_customer ADD stray int"
            " CONSTRAINT planted_key REFERENCES public.planted_target"
        )

    assert unfenced() == ["planted_open", "tenants_business", "tenants_domain"]
    assert asked(CROSSING) == [("planted_key",)]
