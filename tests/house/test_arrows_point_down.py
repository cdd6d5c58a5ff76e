"""An app imports only what lies below it (design 3). The rule is in pyproject.toml; import-linter reads the imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.ground import APPS, ROOT, layers

LINTER = Path(sys.executable).with_name("lint-imports")


def verdict(root: Path) -> tuple[int, str]:
    """Exit code and words of the linter, with our contracts, over the tree at `root`."""
    run = subprocess.run(
        [LINTER, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=root, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return run.returncode, run.stdout + run.stderr


def test_arrows_point_down() -> None:
    code, words = verdict(ROOT)

    assert code == 0, words
    assert "0 broken" in words


def test_every_app_has_its_place() -> None:
    assert set(layers()) == {path.parent.name for path in APPS.glob("*/__init__.py")}


@pytest.mark.parametrize(
    ("module", "imports", "broken"),
    [
        ("apps/core/x.py", "apps.dashboard", "Apps depend downwards only BROKEN"),
        ("apps/customers/x.py", "apps.gateways", "Apps depend downwards only BROKEN"),
        ("apps/fridge/__init__.py", "apps.core", "not listed as layers"),
        ("apps/audit/actions.py", "apps.audit.pages", "The domain is deaf to HTTP BROKEN"),
        ("apps/audit/x.py", "config", "Only config knows every app BROKEN"),
        ("apps/dashboard/x.py", "apps.core", "0 broken"),
    ],
)
def test_it_sees_a_planted_arrow(tmp_path: Path, module: str, imports: str, broken: str) -> None:
    for name in ("apps", "config", *(f"apps/{app}" for app in layers())):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    for room in ("models", "actions", "queries", "events", "api", "pages", "webhooks", "consumers"):
        (tmp_path / f"apps/audit/{room}.py").touch()
    (tmp_path / module).parent.mkdir(exist_ok=True)
    (tmp_path / module).write_text(f"import {imports}\n")

    code, words = verdict(tmp_path)

    assert broken in words.replace("\n", " "), words
    assert (code == 0) == (broken == "0 broken")
