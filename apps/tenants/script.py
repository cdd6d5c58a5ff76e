"""The prepared script: everything a new business's schema holds, as SQL text, made once per set of migrations.

A template schema is migrated in a scratch database (dumping one schema out of a full database takes a minute) and
dumped; provisioning replays the text under another name.
"""

import fcntl
import hashlib
import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django_tenants.utils import schema_context
from psycopg import sql

from apps.tenants.embedded import Cluster

TEMPLATE = "b_templatetmpl"
NOISE = re.compile(r"^(SET |--|\\|SELECT pg_catalog\.set_config|CREATE SCHEMA )|^\s*$")

# A dumped `status IN ('a', 'b')`, which would come back with a cast on each element: put as it was written.
LISTS = re.compile(
    r"\((\S+?)\)::text (= ANY|<> ALL) \(\(ARRAY\[((?:'[^']*'::character varying(?:, )?)+)\]\)::text\[\]\)"
)

# The parts of a dump, each from the first column of a line to a semicolon at a line's end.
TABLE = re.compile(r"^CREATE TABLE (\S+) \(\n((?:.*\n)*?)\);\n", re.MULTILINE)
CONSTRAINT = re.compile(r"^ALTER TABLE ONLY (\S+)\n    ADD (CONSTRAINT .+);\n", re.MULTILINE)
SEQUENCE = re.compile(r"^CREATE SEQUENCE (?:.*\n)*?.*;\n", re.MULTILINE)
ROWS = re.compile(r"^INSERT INTO (?:.*\n)*?.*\);\n|^SELECT pg_catalog\.setval\(.*;\n", re.MULTILINE)
REFERENCED = re.compile(r"^CONSTRAINT \S+ FOREIGN KEY .* REFERENCES (\S+)\(")


def script_for(schema: str) -> str:
    """The SQL that fills an empty schema of this name; made on first use and kept under VAR_DIR."""
    return _cached().replace(TEMPLATE, schema)


@cache
def state_of_migrations() -> str:
    """A hash of every migration file, Django's version and this file: when it changes, so may the script.

    Read once a process, which runs the code it began with.
    """
    digest = hashlib.sha256(django.__version__.encode())
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(f"{config.label}/{path.name}".encode())
            digest.update(path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:32]


def _cached() -> str:
    folder = Path(settings.VAR_DIR) / "provisioning"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{state_of_migrations()}.sql"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            draft = path.with_suffix(".draft")
            draft.write_text(_build())
            draft.rename(path)
    return path.read_text()


def _build() -> str:
    with _scratch_database() as connection:
        with _standing_in_for("migrate", connection), schema_context(TEMPLATE):
            executor = MigrationExecutor(connection)
            executor.migrate(executor.loader.graph.leaf_nodes())
        connection.close()
        dump = _dump(connection.settings_dict)
    lines = [line for line in dump.splitlines() if not NOISE.match(line)]
    return folded(LISTS.sub(_as_written, "\n".join(lines)) + "\n")


def folded(dump: str) -> str:
    """The same schema in fewer statements: keys and references are born with their table.

    A reference added later is checked against the rows and costs the server a look at each of two tables. Tables come
    after those they refer to; a reference in a circle stays a statement of its own; rows come last, since a table with
    checks still to do at the commit cannot be changed.
    """
    tables = dict(TABLE.findall(dump))
    constraints: dict[str, list[str]] = {table: [] for table in tables}
    for table, constraint in CONSTRAINT.findall(dump):
        constraints[table].append(constraint)
    made: dict[str, str] = {}
    afterwards: list[str] = []

    def make(table: str, waiting: tuple[str, ...] = ()) -> None:
        lines = [tables[table].rstrip("\n")]
        for constraint in constraints[table]:
            found = REFERENCED.match(constraint)
            other = found[1] if found else table
            if other in tables and other not in (*made, *waiting, table):
                make(other, (*waiting, table))
            if other in (*made, table) or other not in tables:
                lines.append(f"    {constraint}")
            else:
                afterwards.append(f"ALTER TABLE ONLY {table}\n    ADD {constraint};\n")
        made[table] = f"CREATE TABLE {table} (\n" + ",\n".join(lines) + "\n);\n"

    for table in tables:
        if table not in made:
            make(table)
    sequences, rows = SEQUENCE.findall(dump), ROWS.findall(dump)
    for part in (TABLE, CONSTRAINT, SEQUENCE, ROWS):
        dump = part.sub("", dump)
    return "".join([*sequences, *made.values(), dump, *afterwards, *rows])


def _as_written(dumped: re.Match[str]) -> str:
    column, comparison, elements = dumped.groups()
    return f"{column} {'IN' if comparison == '= ANY' else 'NOT IN'} ({elements.replace('::character varying', '')})"


@contextmanager
def _standing_in_for(alias: str, connection: Any) -> Iterator[None]:
    """Let migrations, which name their database by alias, write to this connection; for this thread only."""
    usual = connections[alias]
    connections[alias] = connection
    try:
        yield
    finally:
        connections[alias] = usual


@contextmanager
def _scratch_database() -> Iterator[Any]:
    """A connection to a database of its own, with an empty template schema; both go when the block ends."""
    name = f"majlis_scratch_{secrets.token_hex(4)}"
    keeper = connections["migrate"].copy()
    keeper.settings_dict = {**keeper.settings_dict, "NAME": "postgres"}
    scratch = connections["migrate"].copy()
    scratch.settings_dict = {**scratch.settings_dict, "NAME": name}
    _plain(keeper, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        _plain(
            scratch,
            sql.SQL(
                "CREATE SCHEMA ext; CREATE EXTENSION btree_gist SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext;"
                "CREATE EXTENSION unaccent SCHEMA ext; GRANT USAGE ON SCHEMA ext TO maj_owner;"
                "CREATE SCHEMA {} AUTHORIZATION maj_owner"
            ).format(sql.Identifier(TEMPLATE)),
        )
        yield scratch
    finally:
        scratch.close()
        _plain(keeper, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        keeper.close()


def _plain(connection: Any, statement: sql.Composed) -> None:
    """Run a statement as the migration login itself, not as the owner it usually becomes."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(statement)
    connection.forget()


def _dump(database: dict[str, Any]) -> str:
    tool = Cluster(Path(settings.VAR_DIR)).tool("pg_dump")
    command = [
        str(tool), "--schema", TEMPLATE, "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=500",
        "--role", "maj_owner", "--host", str(database["HOST"]), "--port", str(database["PORT"] or 5432),
        "--username", database["USER"], "--dbname", database["NAME"],
    ]  # fmt: skip
    environment = {**os.environ, "PGPASSWORD": str(database["PASSWORD"])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"pg_dump refused: {done.stderr.strip()[-500:]}")
    return done.stdout
