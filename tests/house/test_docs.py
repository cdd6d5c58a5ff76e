"""The documents speak of what is there: a link leads to a file, a function named in a link is defined close by."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.ground import ROOT, at

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")
NEAR = 30  # lines a definition may have moved from where a link points: it is still on the screen that opens


def links(document: Path) -> Iterator[tuple[str, Path, str]]:
    """The words, the file and the anchor of each link that stays in the repository."""
    for words, target, anchor in LINK.findall(document.read_text()):
        yield words, (document.parent / target).resolve() if target else document, anchor


def fault(words: str, target: Path, anchor: str) -> str:
    """What is wrong with a link; empty when nothing is."""
    if not target.exists():
        return f"[{words}]: there is no {target}"
    if not re.fullmatch(r"L\d+", anchor):
        return ""
    name = words.strip("`").split(".")[-1]
    defined = re.compile(rf"\s*(?:async def|def|class) {name}\b|{name}\b.*=")
    lines = [number for number, line in enumerate(target.read_text().splitlines(), 1) if defined.match(line)]
    if not lines:
        return f"[{words}]: {at(target)} does not define {name}"
    nearest = min(lines, key=lambda line: abs(line - int(anchor[1:])))
    return "" if abs(nearest - int(anchor[1:])) <= NEAR else f"[{words}]: it is at {at(target)}#L{nearest} now"


@pytest.mark.parametrize("document", DOCUMENTS, ids=at)
def test_links_lead_somewhere(document: Path) -> None:
    assert [words for link in links(document) if (words := fault(*link))] == []


def test_the_tour_names_functions() -> None:
    assert sum(anchor.startswith("L") for _words, _target, anchor in links(ROOT / "docs" / "tour.md")) > 30


def test_it_sees_a_planted_stale_link() -> None:
    webhooks = ROOT / "apps" / "conversations" / "webhooks.py"

    assert "there is no" in fault("`webhook`", ROOT / "apps" / "nowhere.py", "")
    assert "does not define" in fault("`nowhere`", webhooks, "L1")
    assert "now" in fault("`webhook`", webhooks, "L999")
