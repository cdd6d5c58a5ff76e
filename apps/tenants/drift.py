"""What a schema consists of, told without its name, so that two schemas can be laid side by side.

The proof that a provisioned schema is a migrated one: columns, constraints, indexes, sequences, triggers, rights, the
number of rows that migrations put in, each as one line of text.
"""

from collections.abc import Sequence

from django.db import connections
from django_tenants.utils import schema_context
from psycopg import sql

from apps.tenants.postgres.context import PUBLIC

NAMELESS = "«schema»"

# Each gives lines of text; {schema} is the schema's name as a literal.
QUESTIONS: Sequence[str] = (
    # columns, whatever their order of birth
    "SELECT concat_ws(' ', 'column', table_name, column_name, ordinal_position, data_type, udt_name,"
    " character_maximum_length, numeric_precision, numeric_scale, datetime_precision, collation_name, is_nullable,"
    " column_default, is_identity, identity_generation, identity_start, identity_increment, identity_maximum,"
    " identity_minimum, identity_cycle, is_generated, generation_expression)"
    " FROM information_schema.columns WHERE table_schema = {schema}",
    # constraints, with their exact names: a later RemoveConstraint looks for them
    "SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, contype, condeferrable, condeferred,"
    " convalidated, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = {schema}::regnamespace",
    "SELECT concat_ws(' ', 'index', tablename, indexname, indexdef) FROM pg_indexes WHERE schemaname = {schema}",
    "SELECT concat_ws(' ', 'sequence', sequencename, data_type, start_value, min_value, max_value, increment_by, cycle,"
    " cache_size, last_value) FROM pg_sequences WHERE schemaname = {schema}",
    "SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname, pg_get_triggerdef(t.oid)) FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = {schema}::regnamespace AND NOT tgisinternal",
    "SELECT concat_ws(' ', 'function', oid::regprocedure, prosrc) FROM pg_proc"
    " WHERE pronamespace = {schema}::regnamespace",
    "SELECT concat_ws(' ', 'type', typname, typtype) FROM pg_type WHERE typnamespace = {schema}::regnamespace",
    # who owns and who may: the table's, the schema's, the defaults for tables to come
    "SELECT concat_ws(' ', 'relation', relname, relkind, relpersistence, relrowsecurity, pg_get_userbyid(relowner),"
    " reloptions, (SELECT string_agg(acl::text, ',' ORDER BY acl::text) FROM unnest(relacl) acl))"
    " FROM pg_class WHERE relnamespace = {schema}::regnamespace",
    "SELECT concat_ws(' ', 'schema', pg_get_userbyid(nspowner),"
    " (SELECT string_agg(acl::text, ',' ORDER BY acl::text) FROM unnest(nspacl) acl))"
    " FROM pg_namespace WHERE nspname = {schema}",
    "SELECT concat_ws(' ', 'default rights', pg_get_userbyid(defaclrole), defaclobjtype,"
    " (SELECT string_agg(acl::text, ',' ORDER BY acl::text) FROM unnest(defaclacl) acl))"
    " FROM pg_default_acl WHERE defaclnamespace = {schema}::regnamespace",
    "SELECT concat_ws(' ', 'migration', app, name) FROM {quoted}.django_migrations",
)


def describe(schema_name: str) -> list[str]:
    """Every fact about a schema's structure and rights, sorted, its name replaced."""
    lines: list[str] = []
    with schema_context(PUBLIC), connections["migrate"].cursor() as cursor:
        for question in QUESTIONS:
            statement = sql.SQL(question).format(schema=sql.Literal(schema_name), quoted=sql.Identifier(schema_name))
            cursor.execute(statement.as_string(cursor.connection))
            lines += [line.replace(schema_name, NAMELESS) for (line,) in cursor.fetchall()]
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema_name])
        for (table,) in cursor.fetchall():
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema_name, table))
            cursor.execute(count.as_string(cursor.connection))
            lines.append(f"rows {table} {cursor.fetchone()[0]}")
    return sorted(lines)


def differences(one: str, other: str) -> list[str]:
    """What only one of two schemas has: `- line` of the first, `+ line` of the second; empty when they are alike."""
    left, right = set(describe(one)), set(describe(other))
    return [f"- {line}" for line in sorted(left - right)] + [f"+ {line}" for line in sorted(right - left)]
