"""What a page of the inbox costs over the wire: scripts and styles have a budget, for phones that have none."""

import gzip
import json
import re

from django.template import Context

from apps.core.templatetags.assets import APART, ELEMENTS, HELPERS, STYLES, importmap
from tests.house.ground import ROOT

STATIC = ROOT / "static"
KILOBYTE = 1024


def wire(*names: str) -> int:
    """Bytes of these files as they are sent: each compressed by itself."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in names)


def test_scripts_of_the_inbox_fit_their_budget() -> None:
    vendor = [f"vendor/{path.name}" for path in (STATIC / "vendor").glob("h*.min.js")]
    ours = ["js/app.js", *(f"js/{name}.js" for name in ELEMENTS), *(f"js/lib/{name}.js" for name in HELPERS)]

    assert len(vendor) == 2
    assert wire(*vendor, *ours) <= 60 * KILOBYTE


def test_every_element_is_loaded() -> None:
    said = (STATIC / "js" / "app.js").read_text()

    assert [name for name in ELEMENTS if f'import "elements/{name}"' not in said] == []
    assert f"for (const name of {json.dumps(APART)})" in said
    assert [name for name in APART if f'import "elements/{name}"' in said] == []


def test_what_stands_apart_can_be_had_and_stands_nowhere_in_the_inbox() -> None:
    named = re.findall(r"elements/([\w-]+)", importmap(Context()))
    inbox = "".join(path.read_text() for path in (ROOT / "templates" / "conversations").rglob("*.html"))

    assert sorted(named) == sorted({path.stem for path in (STATIC / "js").glob("*.js")} - {"app"})
    assert [name for name in APART if f"<{name}" in inbox] == []


def test_styles_fit_their_budget() -> None:
    joined = "\n".join((STATIC / f"css/{name}.css").read_text() for name in STYLES)  # as JoinedStyles sends them

    assert len(gzip.compress(joined.encode(), 6)) <= 25 * KILOBYTE
