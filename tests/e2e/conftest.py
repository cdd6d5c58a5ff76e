"""A browser in front of a running tree."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.e2e.tree import Tree
from tests.gateways.conftest import loopback_server
from tests.gateways.provider import Loopback, obliging

# How fast it is, `bench nudge` measures; a test only asks that it comes, on however busy a machine.
expect.set_options(timeout=45_000)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# A page left while it was still sliding in: the browser tells so, and nothing is wrong.
SKIPPED = ("ViewTransition", "Transition was skipped")


def heard(page: Page, complaints: list[str]) -> None:
    """Write down what goes wrong in the scripts of a page."""

    def note(error: Error) -> None:
        if not any(why in str(error) for why in SKIPPED):
            complaints.append(str(error))

    page.on("pageerror", note)


@pytest.fixture(scope="session")
def provider() -> Iterator[Loopback]:
    """WhatsApp, as far as this machine is concerned."""
    with loopback_server() as server:
        server.standing = obliging
        yield server


@pytest.fixture(scope="session")
def tree(provider: Loopback) -> Iterator[Tree]:
    """The product, freshly seeded."""
    folder = Path(tempfile.mkdtemp(prefix="majlis-e2e-"))
    tree = Tree(folder / "var", {"META_GRAPH_URL": provider.url})
    try:
        tree.start()
        yield tree
    finally:
        left = tree.stop()
        shutil.rmtree(folder, ignore_errors=True)
    assert left == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(90_000)
    yield context
    context.close()


@pytest.fixture
def sign_in(context: BrowserContext, tree: Tree) -> Iterator[Callable[..., Page]]:
    """A page of somebody of the team, by role; what the page complains about fails the test."""
    complaints: list[str] = []

    def enter(role: str = "manager", slug: str = "samia-tarot") -> Page:
        person = next(entry for entry in tree.business(slug)["employees"] if entry["role"] == role)
        page = context.new_page()
        heard(page, complaints)
        page.goto(tree.url("/sign-in/", slug))
        if "/sign-in/" not in page.url:  # this browser has signed in before
            return page
        page.fill("input[name=email]", person["email"])
        page.fill("input[name=password]", person["password"])
        page.keyboard.press("Enter")
        page.wait_for_url(tree.url("/", slug))
        return page

    yield enter
    assert complaints == []
