"""What the database says was read and written in this transaction, rolled-back savepoints included.

PostgreSQL counts the scans and written rows of each table (`pg_stat_xact_all_tables`) from the moment they happen, so
a read that showed nothing and a write that was undone are seen as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django_tenants.utils import schema_context

from apps.tenants.models import Business

WRITES = "n_tup_ins + n_tup_upd + n_tup_del"
READS = "coalesce(seq_scan, 0) + coalesce(idx_scan, 0)"


class Touched:
    """The tables of some schemas that something touched, once the block is over."""

    def __init__(self) -> None:
        self.tables: set[str] = set()


@contextmanager
def touched(*schemas: str, what: str = f"{READS} + {WRITES}") -> Iterator[Touched]:
    """Names, as `schema.table`, whatever is read or written of these schemas inside."""
    seen, before = Touched(), _counts(schemas, what)
    yield seen
    after = _counts(schemas, what)
    seen.tables = {name for name, count in after.items() if count != before.get(name, 0)}


def written(*schemas: str, without: frozenset[str] = frozenset()) -> "dict[str, int]":
    """How many rows were written so far in each table of these schemas. Two of these that are equal: nothing was."""
    return {name: n for name, n in _counts(schemas, WRITES).items() if name.split(".")[1] not in without}


def schemas_of(*businesses: Business) -> tuple[str, ...]:
    """Theirs and the shared one."""
    return (*(business.schema_name for business in businesses), "public")


def _counts(schemas: tuple[str, ...], what: str) -> dict[str, int]:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT schemaname || '.' || relname, {what} FROM pg_catalog.pg_stat_xact_all_tables "
            f"WHERE schemaname = ANY(%s) AND {what} > 0",
            [list(schemas)],
        )
        return dict(cursor.fetchall())
