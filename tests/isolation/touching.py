"""What the database says was read and written in this transaction, rolled-back savepoints included.

PostgreSQL counts the scans and written rows of each table (`pg_stat_get_xact_…`) from the moment they happen, so a
read that showed nothing and a write that was undone are seen as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django_tenants.utils import schema_context

WRITES = ("tuples_inserted", "tuples_updated", "tuples_deleted")
READS = ("numscans",)
TABLES = """
    SELECT c.oid::int8, n.nspname || '.' || c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY(%s) AND c.relkind = 'r'
"""
INDEXES = "SELECT indexrelid::int8, indrelid::int8 FROM pg_catalog.pg_index WHERE indrelid::int8 = ANY(%s)"


class Meter:
    """Counts what happens to the tables of some schemas, by `schema.table`."""

    def __init__(self, *schemas: str, reads: bool = False, without: frozenset[str] = frozenset()) -> None:
        self.what = (*READS, *WRITES) if reads else WRITES
        with schema_context("public"), connection.cursor() as cursor:
            cursor.execute(TABLES, [list(schemas)])
            self.names = {oid: name for oid, name in cursor.fetchall() if name.split(".")[1] not in without}
            if reads:  # a scan of an index is counted at the index
                cursor.execute(INDEXES, [list(self.names)])
                self.names |= {index: self.names[table] for index, table in cursor.fetchall()}

    def read(self) -> dict[str, int]:
        """The counts so far, of the tables that have any."""
        total = " + ".join(f"pg_stat_get_xact_{each}(o::oid)" for each in self.what)
        found: dict[str, int] = {}
        with schema_context("public"), connection.cursor() as cursor:
            cursor.execute(f"SELECT o, {total} FROM unnest(%s::int8[]) o WHERE {total} > 0", [list(self.names)])
            for oid, count in cursor.fetchall():
                found[self.names[oid]] = found.get(self.names[oid], 0) + count
        return found


class Touched:
    """The tables of some schemas that something touched, once the block is over."""

    def __init__(self) -> None:
        self.tables: set[str] = set()


@contextmanager
def touched(*schemas: str) -> Iterator[Touched]:
    """Names whatever is read or written of these schemas inside."""
    meter, seen = Meter(*schemas, reads=True), Touched()
    before = meter.read()
    yield seen
    after = meter.read()
    seen.tables = {name for name, count in after.items() if count != before.get(name, 0)}
