"""Writing a business down: its rows as they are at one moment, the files they speak of, and what all of it hashes to.

A tar of `tables/<table>.jsonl.gz`, `files/…`, `files.jsonl.gz` and `manifest.json`, sealed with a key of its own. Rows
go from the server's cursor to a file first, so that the snapshot is held no longer than that takes; in memory there are
never more than a few rows and a block.
"""

import gzip
import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import psycopg
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from apps.tenants import vault
from apps.tenants.actions.profile import EDITABLE
from apps.tenants.logos import SIZES
from apps.tenants.models import Business, Domain, GatewayApp
from apps.tenants.moving import tables
from apps.tenants.moving.tables import Table, Way, counted

FORMAT = 1
MANIFEST, FILES = "manifest.json", "files.jsonl.gz"
PIECE = 1 << 20  # bytes of a file at a time
SAID = (*EDITABLE, "slug", "onboarding_step", "onboarding_skipped", "onboarded_at")  # of the business's own row
Progress = Callable[[int, int, str], None]


def pack(target: IO[bytes], *, key: str, progress: Progress | None = None) -> dict[str, Any]:
    """Write the current business to `target`, sealed with `key`. Returns the manifest.

    `progress` is told how many rows and files are written, of how many, and what comes next.
    """
    with TemporaryDirectory(prefix="majlis-archive-") as name:
        folder = Path(name)
        with _snapshot():
            manifest, way = _head()
            steps = _Steps(progress, _total(way))
            manifest["tables"] = {each.name: _spool(folder, each, way, steps) for each in tables.taken()}
            _list_files(folder, manifest["business"]["logo_key"], way)
        sealing = vault.lock(target, key=key)
        with tarfile.open(fileobj=sealing, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for each in manifest["tables"]:
                _add_spooled(archive, folder / each, f"tables/{each}.jsonl.gz")
            manifest["files"] = _add_files(archive, folder, way, steps)
            said = json.dumps(manifest, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()
            _add(archive, MANIFEST, len(said), BytesIO(said))
        sealing.finish()
    return manifest


class _Steps:
    """How far it is, told at each file and at some rows."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self, what: str) -> None:
        self._done += 1
        if self._progress and (self._done % tables.AT_ONCE == 0 or what.startswith("/")):
            self._progress(self._done, self._total, what)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One moment for every table. Inside somebody's transaction, that one's."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        with transaction.atomic():
            yield
    finally:
        if not raw.closed:
            raw.isolation_level = None


def _head() -> tuple[dict[str, Any], Way]:
    """What is known of the business before its rows."""
    row = Business.objects.get(schema_name=connection.schema_name)  # type: ignore[attr-defined]
    way = tables.way_here("default")
    own = {str(pk) for pk in GatewayApp.objects.filter(owner_id=row.pk).values_list("pk", flat=True)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_id::text, min(gateway) FROM gateways_inbox GROUP BY app_id")
        gateways = dict(cursor.fetchall())
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
    custom = Domain.objects.filter(business=row, kind=Domain.Kind.CUSTOM).order_by("host")
    manifest = {
        "format": FORMAT,
        "made_at": timezone.now(),
        "business": {
            **{name: getattr(row, name) for name in SAID}, "logo_key": row.logo_key.removeprefix(way.schema),
        },
        "domains": list(custom.values_list("host", flat=True)),
        "apps": {number: {"gateway": gateways[app], "own": app in own} for number, app in way.apps.items()},
        "migrations": migrations,
        "left_out": tables.left(),
    }  # fmt: skip
    return manifest, way


def _total(way: Way) -> int:
    asked = [f'(SELECT count(*) FROM "{each.name}")' for each in tables.taken()]  # noqa: S608
    asked.append(f"(SELECT count(*) FROM ({tables.places(way)}) named)")  # noqa: S608  SQL of ours
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' + '.join(asked)}")
        return int(cursor.fetchone()[0])


def _spool(folder: Path, table: Table, way: Way, steps: _Steps) -> dict[str, Any]:
    """Write a table's lines into a file of the folder, packed."""
    with gzip.GzipFile(folder / table.name, "wb", mtime=0) as spool:

        def keep(line: bytes) -> None:
            spool.write(line)
            steps(table.name)

        return asdict(counted(tables.lines("default", table, way), keep))


def _list_files(folder: Path, logo: str, way: Way) -> None:
    """Write down the place of each file that goes along."""
    with (folder / "places").open("w") as places:
        for [place] in tables.fetched("default", tables.places(way)):
            places.write(f"{place}\n")
        places.writelines(f"{logo}/{name}\n" for name in SIZES if logo)


def _add_files(archive: tarfile.TarFile, folder: Path, way: Way, steps: _Steps) -> dict[str, Any]:
    """Add every file there is, then the list of them. One that is gone is named in the list, with nothing beside it."""
    size = 0

    def listed() -> Iterator[bytes]:
        nonlocal size
        with (folder / "places").open() as places:
            for line in places:
                place = line.rstrip("\n")
                found = _add_stored(archive, f"{way.schema}{place}", f"files{place}")
                size += found.get("bytes", 0)
                steps(place)
                yield json.dumps({"place": place, **found}).encode() + b"\n"

    with gzip.GzipFile(folder / FILES, "wb", mtime=0) as index:
        count = counted(listed(), index.write)
    _add_spooled(archive, folder / FILES, FILES)
    return {"count": count.rows, "bytes": size, "sha256": count.sha256}


def _add_stored(archive: tarfile.TarFile, stored: str, name: str) -> dict[str, Any]:
    """Add one file of the store; its size and hash, or nothing when it is gone."""
    try:
        file = default_storage.open(stored)
    except FileNotFoundError:
        return {}
    with file:
        hashing = _Hashing(file)
        _add(archive, name, file.size, hashing)
    return {"bytes": file.size, "sha256": hashing.digest.hexdigest()}


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: Any) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data: bytes = self._file.read(size)
        self.digest.update(data)
        return data


def _add_spooled(archive: tarfile.TarFile, path: Path, name: str) -> None:
    with path.open("rb") as file:
        _add(archive, name, path.stat().st_size, file)
    path.unlink()  # half the room, since it is in the archive now


def _add(archive: tarfile.TarFile, name: str, size: int, file: Any) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    archive.addfile(info, file)
    archive.members.clear()  # type: ignore[attr-defined]  # tarfile remembers every one, which nobody asks here
