"""Reading an archive: everything in it is hashed on the way and held against its manifest, which comes last.

Whoever has the key can make an archive, so nothing in one is believed: names are looked up, never used as they are.
"""

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from apps.core import crypto
from apps.tenants import vault
from apps.tenants.moving import tables
from apps.tenants.moving.leaving import FILES, FORMAT, MANIFEST, PIECE, Progress
from apps.tenants.moving.tables import counted

LONGEST_LINE = 64 << 20  # bytes
LARGEST_MANIFEST = 16 << 20  # bytes
PLACE = re.compile(tables.FOLDERS)
Rows = Callable[[str, Iterator[bytes]], None]
Files = Callable[[str, IO[bytes]], None]


class Broken(Exception):
    """This archive cannot be used, and why."""


def check(path: Path, *, key: str, progress: Progress | None = None) -> dict[str, Any]:
    """Read an archive from its beginning to its end and give its manifest. Raises Broken for the slightest change."""
    return walk(path, key=key, rows=lambda _table, lines: _exhaust(lines), file=lambda _place, data: _exhaust(
        iter(lambda: data.read(PIECE), b"")
    ), progress=progress)  # fmt: skip


def walk(path: Path, *, key: str, rows: Rows, file: Files, progress: Progress | None = None) -> dict[str, Any]:
    """Give the lines of each table to `rows` and each file to `file`, which must read to the end. Returns the manifest.

    Raises Broken as soon as something is not as it was sealed, or at the end when it is not as the manifest says.
    """
    found: dict[str, Any] = {"tables": {}, "files": None}
    stored: dict[str, Any] = {"bytes": 0}
    size = path.stat().st_size
    try:
        with (
            path.open("rb") as source,
            vault.unlock(source, key=key) as clear,
            tarfile.open(fileobj=clear, mode="r|") as archive,
        ):
            index = _Index()
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # as on the way out
                content = archive.extractfile(member)
                if content is None:
                    raise Broken(f"{member.name} is not a file.")
                if progress:
                    progress(source.tell(), size, member.name)
                if member.name == MANIFEST:
                    found["manifest"] = json.loads(content.read(LARGEST_MANIFEST))
                elif member.name == FILES:
                    found["files"] = index.close(_lines(content))
                elif table := _table(member.name):
                    found["tables"][table] = _pass_rows(table, content, rows)
                elif member.name.startswith("files/") and PLACE.match(place := member.name[5:]):
                    stored["bytes"] += index.add(place, content, file)
                else:
                    raise Broken(f"Nobody knows what {member.name[:100]!r} is.")
            _exhaust(iter(lambda: clear.read(PIECE), b""))  # the end of the seal stands behind the end of the tar
    except crypto.Unreadable as error:
        raise Broken(str(error)) from error
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise Broken(f"This archive cannot be read: {error}") from error
    return _agreed(found, stored["bytes"])


def _agreed(found: dict[str, Any], size: int) -> dict[str, Any]:
    """The manifest, when what was found is what it says."""
    manifest = found.get("manifest")
    if not isinstance(manifest, dict) or found["files"] is None:
        raise Broken("This archive has no manifest.")
    if manifest.get("format") != FORMAT:
        raise Broken(f"This archive is of format {manifest.get('format')}; this version reads {FORMAT}.")
    if found["tables"] != manifest.get("tables"):
        raise Broken("The tables are not those of the manifest.")
    if {**found["files"], "bytes": size} != manifest.get("files"):
        raise Broken("The files are not those of the manifest.")
    return manifest


class _Index:
    """The files that came, in order, against the list that follows them."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, place: str, content: IO[bytes], file: Files) -> int:
        """Pass one file on and note what it hashes to. Its size."""
        hashing = _Counting(content)
        file(place, hashing)  # type: ignore[arg-type]
        if content.read(1):
            raise Broken(f"{place} was not read to its end.")
        said = {"place": place, "bytes": hashing.size, "sha256": hashing.digest.hexdigest()}
        self._digest.update(json.dumps(said).encode() + b"\n")
        return hashing.size

    def close(self, listed: Iterator[bytes]) -> dict[str, Any]:
        """The list's count and hash, when the files that came are those it names as there."""
        there = hashlib.sha256()

        def compare(line: bytes) -> None:
            if "sha256" in json.loads(line):
                there.update(line)

        count = counted(listed, compare)
        if there.digest() != self._digest.digest():
            raise Broken("The files are not those of the list.")
        return {"count": count.rows, "sha256": count.sha256}


class _Counting:
    """A file that is hashed and measured while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest, self.size = file, hashlib.sha256(), 0

    def read(self, size: int = PIECE) -> bytes:
        data = self._file.read(size if size and size > 0 else PIECE)
        self.digest.update(data)
        self.size += len(data)
        return data


def _table(name: str) -> str:
    """The table whose lines a member holds; empty when it holds none."""
    inner = name.removeprefix("tables/").removesuffix(".jsonl.gz")
    return inner if name == f"tables/{inner}.jsonl.gz" and inner in {each.name for each in tables.taken()} else ""


def _pass_rows(table: str, content: IO[bytes], rows: Rows) -> dict[str, Any]:
    """Pass a table's lines on, and what they count and hash to."""
    digest, count, size = hashlib.sha256(), 0, 0

    def passing() -> Iterator[bytes]:
        nonlocal count, size
        for line in _lines(content):
            digest.update(line)
            count, size = count + 1, size + len(line)
            yield line

    lines = passing()
    rows(table, lines)
    _exhaust(lines)
    return asdict(tables.Count(count, size, digest.hexdigest()))


def _lines(packed: IO[bytes]) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=packed) as clear:
        while line := clear.readline(LONGEST_LINE):
            if not line.endswith(b"\n"):
                raise Broken("A line is too long or was cut.")
            yield line


def _exhaust(source: Iterator[bytes]) -> None:
    for _each in source:
        pass
