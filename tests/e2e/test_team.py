"""Must show: invite an agent, grant one inbox; they see what D-06 allows and no more; deny, deactivate, and it ends."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.tree import Tree

pytestmark = pytest.mark.e2e
SLUG = "samia-tarot"
PASSWORD = "seven quiet rivers"


def test_an_agent_is_invited_limited_and_let_go(tree: Tree, sign_in: Callable[..., Page], browser: Browser) -> None:
    admin = sign_in("admin")

    # invite, into one inbox
    admin.goto(tree.url("/team/", SLUG))
    admin.click("a[data-drawer][href='/team/invite/']")
    drawer = admin.locator("dialog.drawer[open]")
    drawer.locator("input[name=email]").fill("rana@example.com")
    drawer.locator("input[name=full_name]").fill("Rana Haddad")
    drawer.locator("select[name=language]").select_option("en")
    drawer.locator("input[name=inboxes]").first.check()
    drawer.locator("button[data-look=accent]").click()
    expect(admin.locator(".asked-row")).to_contain_text("Rana Haddad")

    # the link, as it stands in the mail (which is written to the log here)
    link = _link_in_the_log(tree)
    visitor = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    rana = visitor.new_page()
    rana.goto(link)
    rana.fill("input[name=password]", PASSWORD)
    rana.fill("input[name=again]", PASSWORD)
    rana.click("main button")
    rana.wait_for_url(tree.url("/", SLUG))
    for address, status in ((link, 410), (tree.url("/team/", SLUG), 403), (tree.url("/inbox/", SLUG), 200)):
        answer = rana.goto(address)
        assert answer
        assert answer.status == status

    # deny one permission: the open page loads anew and the door is shut
    admin.goto(tree.url("/team/", SLUG))
    admin.locator("tr", has_text="Rana Haddad").locator("a.who").click()
    admin.locator("details", has=admin.locator("input[name='word:conversations.view']")).locator("summary").click()
    admin.locator("label:has(input[name='word:conversations.view'][value=deny])").click()
    admin.locator(".person-form form.form button[data-look=accent]").first.click()
    expect(rana.locator(".error-code")).to_have_text("403")

    # deactivate: the next thing that happens in the open page is the sign-in page
    rana.goto(tree.url("/", SLUG))
    expect(rana.locator("html[data-live=live]")).to_be_attached()
    admin.locator("form[action$='/deactivate/'] button").click()
    expect(rana).to_have_url(re.compile("/sign-in/"))
    visitor.close()


def _link_in_the_log(tree: Tree) -> str:
    for _turn in range(200):
        found = re.findall(r"http://\S+/join/[^/\s\"<]+/", (tree.var_dir / "log").read_text())
        if found:
            return str(found[-1])
        time.sleep(0.2)
    raise AssertionError("no invitation was mailed")
