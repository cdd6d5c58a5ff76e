"""A file is read in one go: ask at 300 lines, refuse at 400; templates 120, elements 150, styles 120 (design 7)."""

from pathlib import Path

import pytest

from tests.house.ground import ROOT, at, python_files

MOST = {"**/*.py": 300, "templates/**/*.html": 120, "static/js/**/*.js": 150, "static/css/**/*.css": 120}
NEVER = 400

# Longer than asked for, by consent: the reason why nothing in it is a second noun.
CONSENTED: dict[str, str] = {
    "config/settings.py": "every setting stands in one file (design 7)",
}


def too_long(path: Path, most: int) -> str:
    """What is wrong with the length of a file; empty when nothing is."""
    lines = len(path.read_text().splitlines())
    if lines > NEVER or (lines > most and at(path) not in CONSENTED):
        return f"{at(path)} has {lines} lines, {most} are allowed: split it by noun."
    return ""


def sized() -> list[tuple[Path, int]]:
    """Every file that has a size to keep, and that size. Migrations are made, not written."""
    found = [(path, MOST["**/*.py"]) for path in python_files("apps", "config", "tests", "requirements")]
    for pattern, most in MOST.items():
        if not pattern.startswith("**"):
            found += [(path, most) for path in sorted(ROOT.glob(pattern))]
    return found


def test_files_stay_small() -> None:
    found = sized()

    assert {path.suffix for path, _most in found} == {".py", ".html", ".js", ".css"}
    assert [words for path, most in found if (words := too_long(path, most))] == []


def test_consent_is_given_back_when_it_is_not_needed() -> None:
    lengths = {at(path): len(path.read_text().splitlines()) for path, _most in sized()}

    assert [name for name in CONSENTED if lengths.get(name, 0) <= MOST["**/*.py"]] == []


@pytest.mark.parametrize(("lines", "wrong"), [(120, False), (121, True), (401, True)])
def test_it_sees_a_planted_long_file(lines: int, wrong: bool) -> None:
    planted = ROOT / "var" / f"planted-{lines}.html"
    planted.parent.mkdir(exist_ok=True)
    planted.write_text("<p>\n" * lines)

    try:
        assert bool(too_long(planted, MOST["templates/**/*.html"])) == wrong
    finally:
        planted.unlink()
