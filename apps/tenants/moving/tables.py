"""The rows of a business as lines of JSON, out of its schema and back into another, byte for byte the same.

PostgreSQL writes and reads the JSON, so no row is ever an object of ours. What means something in one installation
alone is named instead: a file by its place under the business's prefix, a permission by its name, a provider's app by
a number of its own in the archive.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from django.utils.module_loading import import_string
from psycopg import sql

from apps.tenants.postgres.context import current_schema
from apps.tenants.postgres.router import is_shared

AT_ONCE = 1000  # rows fetched in one go
FOLDERS = "^/(media|avatars|logo|simulator)/[A-Za-z0-9._/-]+$"  # what a file's place may look like
NOBODY = "00000000-0000-0000-0000-000000000000"  # the app of what came through one that is gone


@dataclass(frozen=True, slots=True)
class Travels:
    """How a table goes along: `says` gives columns another value, an expression over the row's own columns; `files`
    are columns that name a file in the store, `also` is SQL that gives further ones; `app` names a provider's app."""

    says: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[str] = ()
    also: str = ""
    app: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table that goes along, and its model."""

    model: type[models.Model]
    travels: Travels

    @property
    def name(self) -> str:
        return self.model._meta.db_table


@dataclass(frozen=True, slots=True)
class Count:
    """How much a table holds, and the SHA-256 of its lines."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Way:
    """Names here and in the archive: the schema whose prefix files have, and each provider's app by its number."""

    schema: str
    apps: Mapping[str, str]


def taken() -> list[Table]:
    """Every table that goes along, by name."""
    found = import_string(settings.MOVING["taken"])
    rows = [Table(apps.get_model(label), travels) for label, travels in found.items()]
    return sorted(rows, key=lambda table: table.name)


def left() -> dict[str, str]:
    """The tables of a business that stay behind, and why."""
    found: Mapping[str, str] = import_string(settings.MOVING["left"])
    return {apps.get_model(label)._meta.db_table: reason for label, reason in found.items()}


def columns(table: Table) -> list[Any]:
    """The fields of a table that are written down; what PostgreSQL works out by itself is not."""
    return [each for each in table.model._meta.local_concrete_fields if not isinstance(each, models.GeneratedField)]


def way_here(alias: str) -> Way:
    """The names of the current business: its numbers' apps, in the order of the numbers."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT app_id::text FROM gateways_inbox GROUP BY app_id ORDER BY min(id::text)")
        return Way(current_schema(), {str(number): app for number, [app] in enumerate(cursor.fetchall(), 1)})


def lines(alias: str, table: Table, way: Way) -> Iterator[bytes]:
    """The rows of a table of the current business, one line each, in the order of their keys."""
    said = [f'{_leaving(each, table.travels, way)} AS "{_said_as(each, table.travels)}"' for each in columns(table)]
    key = table.model._meta.pk.column
    statement = (
        f'SELECT row_to_json(said)::text FROM (SELECT {", ".join(said)} FROM "{table.name}" ORDER BY "{key}") said'  # noqa: S608  names of ours
    )
    for [line] in fetched(alias, statement):
        yield line.encode() + b"\n"


def fetched(alias: str, statement: str) -> Iterator[Any]:
    """The rows of a statement, a few at a time from a cursor on the server."""
    with connections[alias].chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def places(way: Way) -> str:
    """SQL that gives the place of every file this business's rows speak of, each once, as they stand in the archive."""
    asked = []
    for table in taken():
        for column in table.travels.files:
            value = _leaving(table.model._meta.get_field(column), table.travels, way)
            one = f"SELECT each.value #>> '{{}}' AS place FROM \"{table.name}\", jsonb_each({value}) each"  # noqa: S608
            plain = f'SELECT {value} AS place FROM "{table.name}"'  # noqa: S608
            asked.append(one if _is_json(table.model._meta.get_field(column)) else plain)
        asked += [table.travels.also] if table.travels.also else []
    return f"SELECT DISTINCT place FROM ({' UNION ALL '.join(asked)}) named WHERE place ~ '{FOLDERS}' ORDER BY place"  # noqa: S608


def counted(source: Iterator[bytes], pass_on: Callable[[bytes], object]) -> Count:
    """Give each line on and say how many there were, and what they hash to."""
    digest, rows, size = hashlib.sha256(), 0, 0
    for line in source:
        digest.update(line)
        rows, size = rows + 1, size + len(line)
        pass_on(line)
    return Count(rows, size, digest.hexdigest())


def insertion(table: Table, way: Way) -> Callable[[Any, list[str]], None]:
    """What puts lines into a table of the current schema: a function of a cursor and of lines."""
    arriving = partial(_arriving, travels=table.travels, way=way)
    names = ", ".join(f'"{each.column}"' for each in columns(table))
    values = ", ".join(arriving(each) for each in columns(table))
    statement = (
        f'INSERT INTO "{table.name}" ({names}) SELECT {values} FROM unnest(%s::text[]) WITH ORDINALITY said(said_line, '  # noqa: S608
        f'said_place), LATERAL json_populate_record(NULL::"{table.name}", said_line::json) ORDER BY said_place'
    )
    return lambda cursor, said: cursor.execute(statement, [said])


def _leaving(column: Any, travels: Travels, way: Way) -> str:
    """SQL of a column as it stands in the archive."""
    name = f'"{column.column}"'
    if column.name in travels.says:
        return f"({travels.says[column.name]})"
    if column.name in travels.files:
        text = "(each.value #>> '{}')" if _is_json(column) else name
        own = f"CASE WHEN starts_with({text}, '{way.schema}/') THEN substr({text}, {len(way.schema) + 1}) ELSE '' END"
        return _each_value(name, own) if _is_json(column) else own
    if column.name == travels.app:
        known = " ".join(f"WHEN '{app}' THEN '{number}'" for number, app in way.apps.items())
        return f"(CASE {name}::text {known or 'WHEN NULL THEN NULL'} ELSE '' END)"
    if _is_named(column):
        return f"({_name_of(column)} WHERE one.id = {name})"
    return name


def _arriving(column: Any, travels: Travels, way: Way) -> str:
    """SQL of a column as it is stored, from the row that PostgreSQL has read. What says another value does so again,
    so that nothing else can come in by an archive somebody made."""
    name = f'"{column.column}"'
    if column.name in travels.says:
        return f"({travels.says[column.name]})"
    if column.name in travels.files:
        text = "(each.value #>> '{}')" if _is_json(column) else name
        own = (
            f"CASE WHEN {text} = '' THEN '' WHEN {text} ~ '{FOLDERS}' AND strpos({text}, '..') = 0"
            f" THEN '{way.schema}' || {text} END"
        )
        return _each_value(name, own) if _is_json(column) else own
    if column.name == travels.app:
        known = " ".join(f"WHEN '{number}' THEN '{app}'" for number, app in way.apps.items())
        return f"(CASE said_line::json ->> 'app' {known or 'WHEN NULL THEN NULL'} ELSE '{NOBODY}' END)::uuid"
    if _is_named(column):
        said = sql.Literal(column.name).as_string(None)
        return f"({_name_of(column, key=True)} = said_line::json ->> {said})"
    if _is_json(column) and not column.null:
        return f"COALESCE({name}, 'null')"  # JSON's own null, which a line cannot tell from none
    return name


def _said_as(column: Any, travels: Travels) -> str:
    """What a column is called in the archive: otherwise where its value is of another kind there."""
    if column.name == travels.app:
        return "app"
    return str(column.name if _is_named(column) else column.column)


def _is_json(column: Any) -> bool:
    return isinstance(column, models.JSONField)


def _is_named(column: Any) -> bool:
    """Whether it is a key into a shared table, which counts otherwise in each installation."""
    return bool(column.remote_field) and is_shared(column.related_model._meta.label_lower)


def _name_of(column: Any, *, key: bool = False) -> str:
    """A sub-query for the name of a permission or a kind of row, still without its last word."""
    label = column.related_model._meta.label_lower
    if label == "contenttypes.contenttype":
        name, source = "one.app_label || '.' || one.model", "public.django_content_type one"
    elif label == "auth.permission":
        name = "kind.app_label || '.' || kind.model || '.' || one.codename"
        source = "public.auth_permission one JOIN public.django_content_type kind ON kind.id = one.content_type_id"
    else:
        raise TypeError(f"Nobody has said how {column} is named in an archive.")
    return f"SELECT one.id FROM {source} WHERE {name}" if key else f"SELECT {name} FROM {source}"  # noqa: S608


def _each_value(name: str, own: str) -> str:
    return f"(SELECT COALESCE(jsonb_object_agg(each.key, {own}), '{{}}') FROM jsonb_each({name}) each)"  # noqa: S608
