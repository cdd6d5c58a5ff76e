"""RT-05: whatever happens to the line, the screen ends as if nothing had happened to it.

One browser keeps its socket; the other's is dropped, held back and shuffled by sixty seeded patterns. After each
batch of messages both must show the same list and the same thread.
"""

import random

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.e2e.tree import Tree

pytestmark = pytest.mark.e2e

PATTERNS, BATCHES = 60, 12  # five patterns of the line in each batch of messages
SEED = 20261128
PHONES = [f"9617100000{number}" for number in range(3)]

# What both screens must agree on: order, texts, states, unread. Not what only one hand on one screen makes.
SCREEN = """() => ({
  list: [...document.querySelectorAll('.conversation-row')].map(row => [
    row.dataset.id, row.querySelector('.conversation-name').textContent.trim(),
    row.querySelector('.conversation-last').textContent.trim(), row.hasAttribute('data-needs'),
  ]),
  tabs: [...document.querySelectorAll('.tab')].map(tab => tab.textContent.trim()),
  thread: [...document.querySelectorAll('#thread > li')].map(row => [
    row.id, row.dataset.status ?? '', row.querySelector('[data-slot=body]')?.textContent.trim() ?? '',
    row.hasAttribute('data-continues'), [...row.querySelectorAll('.reactions span')].map(each => each.textContent),
  ]),
})"""


class Line:
    """A browser's socket with somebody's hand on it: frames pass, wait, come in another order, or the line is cut."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.held: list[str | bytes] = []
        self.mode = "pass"
        self.browser: WebSocketRoute | None = None
        self.dropped = 0

    def lay(self, page: Page) -> None:
        page.route_web_socket(lambda url: url.endswith("/ws/"), self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        self.browser = browser
        server.on_message(lambda frame: self._frame(browser, frame))

    def _frame(self, browser: WebSocketRoute, frame: str | bytes) -> None:
        if self.mode == "pass":
            browser.send(frame)
        elif self.mode == "lose":
            self.dropped += 1
        else:
            self.held.append(frame)

    def disturb(self) -> None:
        """Begin one pattern: hold frames back, or cut the line, with or without losing what was on its way."""
        self.settle()
        self.mode = self.chance.choice(["hold", "shuffle", "cut", "cut and lose"])
        if self.mode.startswith("cut"):
            if self.browser:
                self.browser.close(code=self.chance.choice([1001, 1011, 4408]))
            self.mode = "lose" if self.mode.endswith("lose") else "pass"

    def settle(self) -> None:
        """End it: what was held arrives, perhaps in another order; what was lost is made good by a new line."""
        if self.mode == "shuffle":
            self.chance.shuffle(self.held)
        lost = self.mode == "lose"
        self.mode = "pass"
        for frame in self.held:
            if self.browser:
                self.browser.send(frame)
        self.held.clear()
        if lost and self.browser:  # a line that loses frames is a broken one: it ends, and the page syncs
            self.browser.close(code=1011)


def opened(page: Page, tree: Tree, name: str) -> Page:
    page.goto(tree.url("/inbox/"))
    page.wait_for_selector("html[data-live=live]")
    page.locator(".conversation-row", has_text=name).first.click()
    page.wait_for_selector("html[data-live=live]")
    page.wait_for_selector("#thread")
    return page


def test_sixty_patterns_of_the_line_end_in_one_screen(context: BrowserContext, sign_in, tree: Tree) -> None:
    chance = random.Random(SEED)
    for number, phone in enumerate(PHONES):
        tree.write("The beginning", phone=phone, name=f"Patient {number}")
    steady = opened(sign_in("manager"), tree, "Patient 0")
    shaken_page = context.new_page()
    line = Line(chance)
    line.lay(shaken_page)
    shaken = opened(shaken_page, tree, "Patient 0")

    said = 0
    for _batch in range(BATCHES):
        for _pattern in range(PATTERNS // BATCHES):
            line.disturb()
            for _message in range(chance.randint(1, 3)):
                said += 1
                number = chance.randrange(len(PHONES))
                tree.write(f"Line {said}", phone=PHONES[number], name=f"Patient {number}")
            shaken.wait_for_timeout(chance.randint(20, 150))  # part of the pattern: how long the trouble lasts
        tree.write(f"End {said}", phone=PHONES[0], name="Patient 0")
        line.settle()

        expect(steady.locator(".message", has_text=f"End {said}")).to_have_count(1)
        expect(shaken.locator(".message", has_text=f"End {said}")).to_have_count(1)
        same(steady, shaken)

    assert steady.locator(".message[data-from=customer]").count() >= said // len(PHONES)


def same(steady: Page, shaken: Page) -> None:
    """Both screens, as soon as neither changes any more."""
    for _try in range(60):
        one, other = steady.evaluate(SCREEN), shaken.evaluate(SCREEN)
        if one == other:
            return
        shaken.wait_for_timeout(500)
    assert other == one
