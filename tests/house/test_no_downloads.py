"""Lock files name packages by version and hash, never by address: the one who installs says where from."""

import json
import re
from typing import Any

from tests.house.ground import ROOT

OPTIONS = r"(?:^|\s)(?:-i|--\S*index-url|--find-links|-e|-f)[ =]"
ADDRESS = re.compile(rf"\b(?:https?|git|ssh|file|ftp)(?:\+\w+)?://|{OPTIONS}", re.M)


def addresses(text: str) -> list[str]:
    """The lines of a pip list that lead somewhere, comments apart."""
    return [line.strip() for line in text.splitlines() if ADDRESS.search(line.split("#")[0])]


def unpinned(text: str) -> list[str]:
    """Packages of a pip list without an exact version or without a hash."""
    wholes = re.sub(r"\\\n\s*", " ", text).splitlines()
    packages = [line for line in wholes if line and not line.lstrip().startswith(("#", "-r"))]
    return [line.split()[0] for line in packages if "==" not in line.split("--hash")[0] or "--hash=sha256:" not in line]


def resolved(lock: dict[str, Any]) -> list[str]:
    """Packages of an npm lock that come from a named place, or without a digest."""
    return [
        name for name, each in lock["packages"].items()
        if name and ("resolved" in each or not each.get("integrity"))
    ]  # fmt: skip


def test_no_downloads_by_pip() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))

    assert [path.name for path in locks] == ["base.txt", "dev.txt"]
    for path in locks:
        assert addresses(path.read_text()) == []
        assert unpinned(path.read_text()) == []


def test_no_downloads_by_npm() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert len(lock["packages"]) > 2
    assert resolved(lock) == []


def test_it_sees_planted_addresses() -> None:
    assert len(addresses("--index-url https://x\nthing @ git+https://x\nfine==1  # https://x\n")) == 2
    assert unpinned("a==1 \\\n    --hash=sha256:ff\nb>=2 --hash=sha256:ff\nc==3\n") == ["b>=2", "c==3"]
    planted = {"": {}, "a": {"integrity": "sha"}, "b": {"resolved": "https://x", "integrity": "sha"}, "c": {}}
    assert resolved({"packages": planted}) == ["b", "c"]
