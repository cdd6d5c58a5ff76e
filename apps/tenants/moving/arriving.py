"""Making a business of an archive: all of it or nothing.

The archive is read once from end to end before anything is made. Then its row, its schema, its rows, its addresses and
its files come into being in one transaction, which ends only after every table has been read back and hashes to what
the manifest says. What the apps still have to do follows; should that fail, the business is taken away again.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from django_tenants.utils import schema_context, tenant_context

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.tenants import hosts, keys, provisioning
from apps.tenants.actions.erasing import remove_folder
from apps.tenants.actions.founding import RESERVED, SLUG
from apps.tenants.actions.standing import note_inside
from apps.tenants.models import Business
from apps.tenants.moving import numbers, reading, tables
from apps.tenants.moving.leaving import SAID, Progress
from apps.tenants.moving.reading import Broken
from apps.tenants.moving.tables import Way, counted
from apps.tenants.postgres.context import PUBLIC

ALIAS = numbers.ALIAS
AT_ONCE, MUCH = 1000, 4 << 20  # rows, and bytes, of one statement
ARRIVING = "It is being brought from an archive."  # the reason of a business that is not there yet
GIVEN_UP = timedelta(minutes=10)  # after this long, its bringer is gone


@dataclass(frozen=True, slots=True)
class Arrived:
    """A business that was made of an archive, and what others hold of what it had."""

    business: Business
    manifest: dict[str, Any]
    held_numbers: list[str] = field(default_factory=list)
    held_hosts: list[str] = field(default_factory=list)


def bring(path: Path, *, key: str, slug: str = "", by: Actor, progress: Progress | None = None) -> Arrived:
    """Make a business of the archive at `path`, under its own address or another. Raises Broken; then there is none."""
    manifest = reading.check(path, key=key, progress=progress)
    check_version(manifest)
    row = _row(manifest, slug)
    with schema_context(PUBLIC):
        _take_address(row.slug)
    try:
        try:
            arrived = _make(row, path, key, manifest, progress)
        except BaseException:
            remove_folder(row.schema_name)
            raise
        _settle(row, by)
    except (DatabaseError, ValidationError) as error:
        raise Broken(f"The database refuses what is in this archive: {str(error).splitlines()[0]}") from error
    finally:
        hosts.forget()
    return arrived


def check_version(manifest: Mapping[str, Any]) -> None:
    """Raises Broken when the archive's tables are of another version than the code's, saying what differs."""
    there = set(manifest["migrations"])
    here = {f"{app}.{name}" for app, name in MigrationLoader(None).graph.nodes}
    if missing := sorted(here - there):
        raise Broken(
            f"This archive is older: {len(missing)} migrations came after it, such as {missing[0]}. Import it with the "
            "version that made it, then upgrade."
        )
    if strange := sorted(there - here):
        raise Broken(f"This archive is newer: this version does not know the migration {strange[0]}. Upgrade first.")
    if set(manifest["tables"]) != {each.name for each in tables.taken()}:
        raise Broken("This archive holds other tables than this version takes out.")


def _row(manifest: Mapping[str, Any], slug: str) -> Business:
    """The business's row as it will be, with a schema and a key of its own."""
    said = manifest["business"]
    facts = {name: said[name] for name in SAID if name not in ("slug", "onboarded_at")}
    schema = provisioning.opaque_schema_name()
    logo = str(said["logo_key"])
    if (logo and not reading.PLACE.match(f"{logo}/x")) or ".." in logo:
        raise Broken("The logo lies where none can lie.")
    row = Business(
        schema_name=schema, slug=slug or said["slug"], logo_key=f"{schema}{logo}" if logo else "",
        onboarded_at=parse_datetime(said["onboarded_at"]) if said["onboarded_at"] else None,
        status=Business.Status.PROVISIONING, status_reason=ARRIVING, **keys.new_key(schema), **facts,
    )  # fmt: skip
    if not SLUG.fullmatch(row.slug) or row.slug in RESERVED:
        raise Broken(f"“{row.slug}” cannot be an address: 3 to 50 small letters, digits and hyphens, and not reserved.")
    try:
        row.clean_fields()
    except ValidationError as error:
        raise Broken("; ".join(f"{name}: {' '.join(told)}" for name, told in error.message_dict.items())) from error
    return row


def _take_address(slug: str) -> None:
    """Raises Broken when a business has this address. One whose bringer was killed half-way is taken away."""
    present = Business.objects.filter(slug__iexact=slug).first()
    if present is None:
        return
    is_half = (present.status, present.status_reason) == (Business.Status.PROVISIONING, ARRIVING)
    if not is_half or present.updated_at > timezone.now() - GIVEN_UP:
        raise Broken(f"The address “{slug}” is taken. Choose another with --slug.")
    _take_away(present)


def _make(row: Business, path: Path, key: str, manifest: dict[str, Any], progress: Progress | None) -> Arrived:
    connection: Any = connections[ALIAS]
    text = provisioning.script_of(row.schema_name)
    with schema_context(PUBLIC):
        try:
            with transaction.atomic(using=ALIAS):
                row.save(using=ALIAS, force_insert=True)
                held_hosts = numbers.add_domains(row, [str(host) for host in manifest["domains"]])
                way = numbers.add_apps(row, manifest["apps"])
                provisioning.make(row, text)
                connection.forget()
                with tenant_context(row):
                    _empty()
                    reading.walk(path, key=key, rows=_Filling(way), file=_keep, progress=progress)
                    _number_on()
                    _read_back(way, manifest)
                    addresses = numbers.inboxes()
                held_numbers = numbers.add_routes(row, addresses)
        finally:
            connection.forget()
    return Arrived(row, manifest, held_numbers, held_hosts)


def _settle(row: Business, by: Actor) -> None:
    """What the apps do for a business that is new here; then its door opens. Should one fail, it is taken away."""
    try:
        for arrival in import_string(settings.MOVING["arrivals"]):
            with tenant_context(row):
                arrival(row, by)
        with schema_context(PUBLIC), transaction.atomic():
            Business.objects.filter(pk=row.pk).update(status=Business.Status.READY, status_reason="")
            audit.record_operator(by, "imported", row, business_id=row.pk)
        note_inside(row, "imported", by, {})
    except BaseException:
        _take_away(row)
        raise


def _take_away(row: Business) -> None:
    """Leave nothing of a business that did not arrive."""
    remove_folder(row.schema_name)
    provisioning.drop(row.schema_name)
    with schema_context(PUBLIC):
        Business.objects.using(ALIAS).filter(pk=row.pk).delete()


def _empty() -> None:
    """What a new schema is given goes: the archive has its own."""
    names = ", ".join(f'"{each.name}"' for each in tables.taken())
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {names} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class _Filling:
    """Puts the lines of each table into the current schema, many in one statement."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._tables = {each.name: each for each in tables.taken()}

    def __call__(self, name: str, lines: Iterator[bytes]) -> None:
        put = tables.insertion(self._tables[name], self._way)
        with connections[ALIAS].cursor() as cursor:
            for some in _batches(lines):
                put(cursor, some)


def _batches(lines: Iterator[bytes]) -> Iterator[list[str]]:
    some: list[str] = []
    size = 0
    for line in lines:
        some.append(line.decode())
        size += len(line)
        if len(some) >= AT_ONCE or size >= MUCH:
            yield some
            some, size = [], 0
    if some:
        yield some


def _keep(place: str, data: IO[bytes]) -> None:
    """Keep a file under the current business's prefix."""
    wanted = f"{connections[ALIAS].schema_name}{place}"  # type: ignore[attr-defined]
    if ".." in place or default_storage.save(wanted, File(_Sized(data))) != wanted:  # type: ignore[arg-type]
        raise Broken(f"{place} cannot be kept.")


class _Sized:
    """A file that can only be read on, as the store wants one."""

    def __init__(self, data: IO[bytes]) -> None:
        self.name, self.mode, self._data = "", "rb", data

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)

    def seekable(self) -> bool:
        return False


def _number_on() -> None:
    """Rows that count themselves go on after the highest number there is."""
    with connections[ALIAS].cursor() as cursor:
        for each in tables.taken():
            key = each.model._meta.pk
            if key.get_internal_type() in ("AutoField", "BigAutoField"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('\"{each.name}\"', 'id'), max(id)) FROM \"{each.name}\""  # noqa: S608
                    " HAVING max(id) IS NOT NULL"
                )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a row that leads nowhere is refused here


def _read_back(way: Way, manifest: Mapping[str, Any]) -> None:
    """Raises Broken unless each table is now what the archive says of it."""
    for each in tables.taken():
        digest = hashlib.sha256()
        count = counted(tables.lines(ALIAS, each, way), digest.update)
        said = manifest["tables"][each.name]
        if (count.rows, count.sha256) != (said["rows"], said["sha256"]):
            raise Broken(f"{each.name} did not arrive as it left: {count.rows} of {said['rows']} rows.")
