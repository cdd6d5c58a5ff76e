"""What the house tests walk over: our files, their syntax trees, the layers of pyproject.toml."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "apps"
TEMPLATES = ROOT / "templates"


def python_files(*folders: str, migrations: bool = False) -> list[Path]:
    """Our modules under these folders of the root ("apps", "config", "tests")."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if migrations or "migrations" not in path.parts]


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Each module's path from the root, and what it says."""
    for path in python_files(*folders):
        yield at(path), ast.parse(path.read_text())


def at(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is a name or an attribute of one; else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def layers() -> dict[str, int]:
    """Each app's height, the lowest 0, as import-linter is told."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (downwards,) = [contract for contract in contracts if contract["type"] == "layers"]
    heights: dict[str, int] = {}
    for height, siblings in enumerate(reversed(downwards["layers"])):
        heights.update(dict.fromkeys((name.strip() for name in siblings.split("|")), height))
    return heights
