"""Every screen as people see it: axe finds nothing wrong with it, nothing is wider than the window, and `make screens`
keeps its picture under docs/screens/.

Without SCREENS=all two of the eight ways of looking are walked, which differ in everything.
"""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.screens import EMPTY, PLATFORM, SCREENS, Screen
from tests.e2e.tree import ROOT, Tree, manage

pytestmark = pytest.mark.e2e

ALL = os.environ.get("SCREENS") == "all"
WIDTHS = {390: 844, 1440: 900}
WAYS = [(language, theme, width) for language in ("en", "ar") for theme in ("light", "dark") for width in WIDTHS]
PICTURES = ROOT / "docs" / "screens"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK = """async rules => {
  const found = await axe.run(document, { runOnly: rules })
  const places = each => each.nodes.slice(0, 4).map(node => node.target.join(" ")).join(" | ")
  return found.violations.map(each => each.id + ": " + places(each))
}"""
WIDER = """() => [document.documentElement, document.querySelector(".main")]
  .some(each => each && each.scrollWidth > each.clientWidth)"""
CHOOSE = """async language => {
  const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content }
  const body = new URLSearchParams({ language, next: "/" })
  return (await fetch("/language/", { method: "POST", body, headers, redirect: "manual" })).status
}"""
STILL = "*, ::before, ::after { animation: none !important; transition: none !important; caret-color: transparent }"
PASSWORD = "a quiet corner by the sea"


@pytest.fixture(scope="module")
def empty(tree: Tree) -> Tree:
    """The tree with a business in it that has only just begun."""
    owner = ("--owner-email", f"owner@{EMPTY}.example", "--owner-name", "Hala Nasser", "--password-stdin")
    manage(tree, "create_business", EMPTY, "--name", "Quiet Corner", *owner, given=f"{PASSWORD}\n")
    return tree


Look = Callable[[str, str], BrowserContext]


@pytest.fixture
def looking(browser: Browser, empty: Tree, request: pytest.FixtureRequest) -> Iterator[Look]:
    """A browser of one way of looking, signed in as a role of a business, kept while it lasts."""
    language, theme, width = request.param
    known: dict[tuple[str, str], BrowserContext] = {}
    spoken: dict[tuple[str, str], str] = {}  # other tests come after, and expect what they know

    def context(slug: str, who: str) -> BrowserContext:
        if (slug, who) not in known:
            made = browser.new_context(
                viewport={"width": width, "height": WIDTHS[width]}, locale=language, color_scheme=theme,
                bypass_csp=True, service_workers="block", reduced_motion="reduce",
            )  # fmt: skip
            known[slug, who] = made
            if who:
                _enter(made, empty, slug, who)
            spoken[slug, who] = _speak(made, empty, slug, language)
        return known[slug, who]

    yield context
    for (slug, who), made in known.items():
        _speak(made, empty, slug, spoken[slug, who])
        made.close()


def _enter(context: BrowserContext, tree: Tree, slug: str, who: str) -> None:
    page = context.new_page()
    page.goto(tree.url("/sign-in/", slug))
    if slug == EMPTY:
        email, password = f"owner@{EMPTY}.example", PASSWORD
    else:
        person = next(entry for entry in tree.business(slug)["employees"] if entry["role"] == who)
        email, password = person["email"], person["password"]
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(tree.url("/", slug))
    page.close()


def _speak(context: BrowserContext, tree: Tree, slug: str, language: str) -> str:
    """Choose the language, as the menu does. Returns the one before."""
    page = context.new_page()
    page.goto(_address(tree, slug, "/find/" if slug == PLATFORM else "/offline/"))
    before = page.locator("html").get_attribute("lang") or language
    assert page.evaluate(CHOOSE, language) < 400
    page.close()
    return before


def _address(tree: Tree, slug: str, path: str) -> str:
    return tree.url(path, slug) if slug else f"http://localhost:{tree.port}{path}"


def _opened(context: BrowserContext, tree: Tree, screen: Screen) -> Page:
    page = context.new_page()
    page.goto(_address(tree, screen.slug, screen.path))
    if screen.then:
        screen.then(page)
    page.add_style_tag(content=STILL)
    page.evaluate("document.fonts.ready")
    if screen.who and screen.state != "error":
        page.wait_for_selector("html[data-live=live]")
    return page


def _keep(picture: bytes, screen: Screen, way: str) -> None:
    place: Path = PICTURES / f"{screen.file}-{way}.webp"
    place.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(picture)).convert("RGB").save(place, "WEBP", quality=60, method=6)


@pytest.mark.parametrize(
    "looking", WAYS if ALL else [("en", "light", 1440), ("ar", "dark", 390)], indirect=True, ids=str
)
def test_screens(looking: Look, empty: Tree, request: pytest.FixtureRequest) -> None:
    language, theme, width = request.node.callspec.params["looking"]
    faults: dict[str, Any] = {}
    for screen in SCREENS:
        page = _opened(looking(screen.slug, screen.who), empty, screen)
        if ALL:
            _keep(page.screenshot(), screen, f"{language}-{theme}-{width}")
        page.add_script_tag(path=AXE)
        found = page.evaluate(ASK, RULES)
        if page.evaluate(WIDER):
            found.append("it is wider than the window")
        if page.locator("html").get_attribute("lang") != language:
            found.append("it speaks another language")
        if found:
            faults[screen.file] = found
        page.close()

    assert faults == {}
