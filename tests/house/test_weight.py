"""What a page of the inbox costs over the wire: scripts and styles have a budget, for phones that have none."""

import gzip

from apps.core.templatetags.assets import ELEMENTS, HELPERS, STYLES
from tests.house.ground import ROOT

STATIC = ROOT / "static"
KILOBYTE = 1024


def wire(*names: str) -> int:
    """Bytes of these files as they are sent: each compressed by itself."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in names)


def test_scripts_fit_their_budget() -> None:
    vendor = [f"vendor/{path.name}" for path in (STATIC / "vendor").glob("h*.min.js")]
    ours = ["js/app.js", *(f"js/{name}.js" for name in ELEMENTS), *(f"js/lib/{name}.js" for name in HELPERS)]

    assert len(vendor) == 2
    assert wire(*vendor, *ours) <= 60 * KILOBYTE


def test_every_element_is_loaded() -> None:
    said = (STATIC / "js" / "app.js").read_text()

    assert [name for name in ELEMENTS if f'import "elements/{name}"' not in said] == []


def test_styles_fit_their_budget() -> None:
    joined = "\n".join((STATIC / f"css/{name}.css").read_text() for name in STYLES)  # as JoinedStyles sends them

    assert len(gzip.compress(joined.encode(), 6)) <= 25 * KILOBYTE
