"""What was tampered with, cut, forged or is of another version makes no business, and leaves no trace (TEN-22)."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from apps.tenants import vault
from apps.tenants.moving import reading
from tests.tenants.archives import a_slug, little, rewritten, said, traces, unpacked

__all__ = ["little", "said"]


def _cut(data: bytes) -> bytes:
    return data[:-20]


def _without_the_last_block(data: bytes) -> bytes:
    return data[: -_last(data)]


def _changed(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def _longer(data: bytes) -> bytes:
    return data + b"\0"


def _swapped(data: bytes) -> bytes:
    head = len(vault.GIVEN) + vault.SALT + vault.CHECK
    size = 4 + vault.BLOCK + vault.TAG
    return data[:head] + data[head + size : head + 2 * size] + data[head : head + size] + data[head + 2 * size :]


def _last(data: bytes) -> int:
    head = len(vault.GIVEN) + vault.SALT + vault.CHECK
    return (len(data) - head) % (4 + vault.BLOCK + vault.TAG)


def _nothing(data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("hurt", [_cut, _without_the_last_block, _changed, _longer, _swapped, _nothing])
def test_what_was_tampered_with_makes_nothing(little, said, folder, hurt: Callable[[bytes], bytes]) -> None:
    path = folder / "little.majlis"
    left = said("export_business", little.slug, "--output", path)
    path.write_bytes(hurt(path.read_bytes()))
    before = traces()

    with pytest.raises(CommandError, match=r"(changed, cut|not an archive).*Nothing was imported"):
        said("import_business", path, "--slug", a_slug(), key=left["key"])

    assert traces() == before


@pytest.mark.parametrize(
    ("key", "told"), [("wrong", "This is not a key"), ("", "This is not a key"), (None, "not the key of this archive")]
)
def test_another_key_opens_nothing(little, said, folder, key: str | None, told: str) -> None:
    path = folder / "little.majlis"
    said("export_business", little.slug, "--output", path)
    before = traces()

    with pytest.raises(CommandError, match=told):
        said("import_business", path, "--slug", a_slug(), key=vault.new_key() if key is None else key)

    assert traces() == before


def test_a_key_may_be_typed_as_it_is_read(little, said, folder) -> None:
    path = folder / "little.majlis"
    left = said("export_business", little.slug, "--output", path)

    assert reading.check(path, key=f"  {left['key'].upper().replace('-', ' ')} \n")["format"] == 1


def forged(path: Path, key: str, folder: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """An archive that somebody who has a key has made of another."""
    inside = unpacked(path, key)
    manifest = json.loads(inside["manifest.json"])
    change(manifest, inside)
    inside["manifest.json"] = json.dumps(manifest).encode()
    made = folder / "forged.majlis"
    with made.open("wb") as target:
        sealing = vault.lock(target, key=key)
        with tarfile.open(fileobj=sealing, mode="w|") as archive:
            for name, data in inside.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        sealing.finish()
    return made


def _older(manifest: dict[str, Any], inside: dict[str, bytes]) -> None:
    manifest["migrations"].pop()


def _newer(manifest: dict[str, Any], inside: dict[str, bytes]) -> None:
    manifest["migrations"].append("conversations.9999_of_tomorrow")


def _another_format(manifest: dict[str, Any], inside: dict[str, bytes]) -> None:
    manifest["format"] = 2


def _fewer_rows(manifest: dict[str, Any], inside: dict[str, bytes]) -> None:
    manifest["tables"]["customers_customer"]["rows"] -= 1


def _a_file_gone(manifest: dict[str, Any], inside: dict[str, bytes]) -> None:
    inside.pop(next(name for name in inside if name.startswith("files/media")))


def _a_file_outside(manifest: dict[str, Any], inside: dict[str, bytes]) -> None:
    inside["files/../../elsewhere"] = b"x"


def _a_strange_table(manifest: dict[str, Any], inside: dict[str, bytes]) -> None:
    inside["tables/pg_authid.jsonl.gz"] = inside["tables/accounts_role.jsonl.gz"]


FORGERIES = {
    "older": (_older, "This archive is older"),
    "newer": (_newer, "does not know the migration conversations.9999_of_tomorrow"),
    "format": (_another_format, "format 2"),
    "fewer rows": (_fewer_rows, "not those of the manifest"),
    "a file gone": (_a_file_gone, "not those of the list"),
    "a file outside": (_a_file_outside, "Nobody knows what"),
    "a strange table": (_a_strange_table, "Nobody knows what"),
    "an operator": (rewritten("accounts_user", lambda row: row.update(is_operator=True)), "did not arrive as it left"),
    "a password": (rewritten("accounts_user", lambda row: row.update(password="md5$x$y")), "did not arrive"),
    "another's file": (
        rewritten("media_attachment", lambda row: row.update(storage_key="/media/../../b_x/media/a")), "refuses",
    ),
    "leads nowhere": (rewritten("accounts_employee", lambda row: row.update(role_id=row["id"])), "refuses"),
    "no address": (lambda manifest, inside: manifest["business"].update(slug="admin"), "cannot be an address"),
    "a wrong fact": (lambda manifest, inside: manifest["business"].update(colour_primary="red"), "colour_primary"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_archive_makes_nothing(little, said, folder, name: str) -> None:
    path = folder / "little.majlis"
    left = said("export_business", little.slug, "--output", path)
    change, told = FORGERIES[name]
    made = forged(path, left["key"], folder, change)
    before = traces()

    with pytest.raises(CommandError, match=told):
        said("import_business", made, *(() if name == "no address" else ("--slug", a_slug())), key=left["key"])

    assert traces() == before


def test_an_address_that_is_taken_is_not_taken_over(little, said, folder) -> None:
    path = folder / "little.majlis"
    left = said("export_business", little.slug, "--output", path)
    before = traces()

    with pytest.raises(CommandError, match=r"is taken\. Choose another with --slug"):
        said("import_business", path, key=left["key"])

    assert traces() == before
