"""The screens of the product, with data, empty and in trouble: what is photographed and shown to axe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

EMPTY = "quiet-corner"  # a business that has only just begun
FULL = "samia-tarot"
PLATFORM = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page in one state. `then` brings it there once it is open; `who` is a role, empty for a stranger."""

    name: str
    path: str
    state: str = "data"
    slug: str = FULL
    who: str = "admin"
    then: Callable[[Page], Any] | None = None

    @property
    def file(self) -> str:
        return f"{self.name}-{self.state}"


def first(selector: str) -> Callable[[Page], None]:
    """Go where the first of these leads."""

    def go(page: Page) -> None:
        page.goto(str(page.locator(selector).first.evaluate("found => found.href")))
        page.wait_for_load_state()

    return go


def sends(form: str, **fields: str) -> Callable[[Page], None]:
    """Fill a form in, wrongly, and send it."""

    def fill(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"{form} [name={name}]").first.fill(value)
        page.locator(f"{form} button:not([type=button])").first.click()
        page.wait_for_load_state()

    return fill


def then(*steps: Callable[[Page], Any]) -> Callable[[Page], None]:
    """One after the other."""

    def walk(page: Page) -> None:
        for step in steps:
            step(page)

    return walk


def presses(key: str, shows: str) -> Callable[[Page], None]:
    """Press a key once the page is live, and wait for what it brings."""

    def press(page: Page) -> None:
        page.wait_for_selector("html[data-live=live]")
        page.keyboard.press(key)
        page.locator(shows).first.wait_for()

    return press


def clicks(selector: str, shows: str) -> Callable[[Page], None]:
    """Click the first of these once the page is live, and wait for what it brings."""

    def click(page: Page) -> None:
        page.wait_for_selector("html[data-live=live]")
        page.locator(selector).first.evaluate("found => found.click()")
        page.locator(shows).first.wait_for()

    return click


ROW = ".conversation-row"
ALICE = "/customers/?q=Alice"
NUMBER = then(first("a.number"))
TEMPLATES = then(NUMBER, first("main a[href$='/templates/']"))

SCREENS = (
    Screen("landing", "/", slug=PLATFORM, who=""),
    Screen("pricing", "/pricing/", slug=PLATFORM, who=""),
    Screen("signup", "/signup/", slug=PLATFORM, who=""),
    Screen("find", "/find/", slug=PLATFORM, who=""),
    Screen("sign-in", "/sign-in/", who=""),
    Screen(
        "sign-in", "/sign-in/", "error", who="",
        then=sends("form.form", email="nobody@samia-tarot.example", password="not the password"),
    ),
    Screen("offline", "/offline/", who=""),
    Screen("not-found", "/inbox/nothing-here/", "error"),
    Screen("home", "/"),
    Screen("home", "/", "empty", EMPTY),
    Screen("inbox", "/inbox/"),
    Screen("inbox", "/inbox/", "empty", EMPTY),
    Screen("conversation", "/inbox/", then=first(ROW)),
    Screen("conversation", "/inbox/", "details", then=then(first(ROW), first(".thread-person"))),
    Screen("conversation", "/inbox/", "more", then=then(first(ROW), presses("m", ".palette[open] .choice"))),
    Screen("conversation", "/inbox/", "note", then=then(first(ROW), clicks("[data-value=note]", "[data-tab=note]"))),
    Screen("inbox", "/inbox/", "filters", then=presses("f", ".palette[open] .sheet-form")),
    Screen("inbox", "/inbox/", "bulk", then=clicks(".conversation-pick input", "#bulk:not([hidden])")),
    Screen("palette", "/inbox/", then=presses("Control+k", ".palette[open] .choice")),
    Screen("keys", "/inbox/", then=presses("?", ".palette[open] .keys")),
    Screen("macro", "/inbox/macros/new/"),
    Screen("macro", "/inbox/macros/new/", "error", then=sends("main .macro .form-acts")),
    Screen("search", "/search/?q=reading"),
    Screen("search", "/search/?q=reading", "empty", EMPTY),
    Screen("replies", "/replies/"),
    Screen("replies", "/replies/", "drawer", then=clicks(".reply-link", ".drawer[open] form.form")),
    Screen("replies", "/replies/", "empty", EMPTY),
    Screen("reply", "/replies/new/", "error", then=sends("main form.form", title="Two words", shortcut="two words")),
    Screen("notes", "/notes/"),
    Screen("notes", "/notes/", "empty", EMPTY),
    Screen("customers", "/customers/"),
    Screen("customers", "/customers/", "bulk", then=clicks("input[name=ids]", ".bulk")),
    Screen("customers", "/customers/", "empty", EMPTY),
    Screen("customer", ALICE, then=first("main .who")),
    Screen("customer-edit", ALICE, then=then(first("main .who"), first("a[href$='/edit/']"))),
    Screen("customer-merge", ALICE, then=then(first("main .who"), first("a[href*='/merge/']"))),
    Screen("customer-new", "/customers/new/", "error", then=sends("main form.form", phone="12")),
    Screen("customer-import", "/customers/import/"),
    Screen("deliveries", "/deliveries/"),
    Screen("deliveries", "/deliveries/", "empty", EMPTY),
    Screen("numbers", "/settings/inboxes/"),
    Screen("numbers", "/settings/inboxes/", "empty", EMPTY),
    Screen("number", "/settings/inboxes/", then=NUMBER),
    Screen("templates", "/settings/inboxes/", then=TEMPLATES),
    Screen("template", "/settings/inboxes/", then=then(TEMPLATES, first("main a[href*='/settings/templates/']"))),
    Screen("template-new", "/settings/inboxes/", then=then(TEMPLATES, first("main a[href$='/templates/new/']"))),
    Screen("settings-customers", "/settings/customers/"),
    Screen("labels", "/settings/labels/"),
    Screen("labels", "/settings/labels/", "empty", EMPTY),
    Screen("simulator", "/simulator/"),
    Screen("services", "/services/"),
    Screen("services", "/services/", "empty", EMPTY),
    Screen("team", "/team/"),
    Screen("roles", "/roles/"),
    Screen("me", "/me/"),
    Screen("sessions", "/me/sessions/"),
    Screen("settings", "/settings/"),
    Screen("settings-business", "/settings/business/"),
    Screen("settings-hours", "/settings/hours/"),
    Screen("secrets", "/settings/secrets/"),
    Screen("secrets", "/settings/secrets/", "error", who="viewer"),
    Screen("subscription", "/subscription/"),
    Screen("audit", "/audit/"),
    Screen("exports", "/exports/"),
    Screen("exports", "/exports/", "empty", EMPTY),
)  # fmt: skip
