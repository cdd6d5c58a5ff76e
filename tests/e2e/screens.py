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
    Screen("conversation", "/inbox/", then=first(".conversation-row")),
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
