"""From the front page to the first answered message, as Nour does it: sign up, confirm, five steps, write, answer."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import heard
from tests.e2e.test_inbox import live
from tests.e2e.tree import PATIENCE, Tree

pytestmark = pytest.mark.e2e
HERS = "http://nour-salon.localhost:{port}"


def mailed_link(tree: Tree, kind: str) -> str:
    """The newest link of a kind that the product has written into its log instead of mailing it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = re.findall(rf"http://nour-salon\.localhost:\d+/{kind}/[\w-]+/", (tree.var_dir / "log").read_text())
        if found:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError("no such letter was written")


def test_nour_opens_her_salon_and_answers_the_first_message(context, tree):
    complaints: list[str] = []
    page: Page = context.new_page()
    heard(page, complaints)

    page.goto(f"http://localhost:{tree.port}/")
    page.locator(".landing-lead").get_by_role("link", name="Open your majlis").click()
    page.fill("#id_name", "Nour Salon")
    expect(page.locator("#address")).to_contain_text(f"nour-salon.localhost:{tree.port}")
    page.select_option("#id_industry", "salon")
    page.select_option("#id_country", "LB")
    expect(page.locator("#id_timezone")).to_have_value("Asia/Beirut")
    page.select_option("#id_primary_language", "ar")
    page.fill("#id_owner_name", "Nour Haddad")
    page.fill("#id_email", "nour@nour-salon.example")
    page.fill("#id_password", "tea on the balcony")
    page.check("#id_terms_accepted")
    page.get_by_role("button", name="Open the doors").click()
    page.wait_for_url(HERS.format(port=tree.port) + "/welcome/")

    confirming = context.new_page()
    confirming.goto(mailed_link(tree, "confirm"))
    confirming.get_by_role("button").filter(has_text=re.compile("Confirm")).first.click()
    confirming.wait_for_load_state()
    confirming.goto(HERS.format(port=tree.port) + "/")
    expect(confirming.locator(".line[data-done]", has_text="Confirm your e-mail")).to_be_visible()
    confirming.close()

    expect(page.locator("#id_name")).to_have_value("Nour Salon")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Go on with the simulator").click()
    expect(page.locator("#id_on_haircut")).to_be_checked()
    page.fill("#id_price_haircut", "30")
    page.uncheck("#id_on_evening_make_up")
    page.get_by_role("button", name="Offer these").click()
    expect(page.locator("#id_greeting_ar")).to_have_value(re.compile("Nour Salon"))
    page.get_by_role("button", name="Save and go on").click()
    live(page)
    page.locator("simulator-phone textarea").fill("مرحبا، هل عندكم موعد يوم السبت؟")
    page.keyboard.press("Enter")
    expect(page.locator(".phone-bubble:not([data-mine])", has_text="Nour Salon")).to_be_visible()
    page.get_by_role("button", name="Enter your majlis").click()
    page.wait_for_url(HERS.format(port=tree.port) + "/")

    page.goto(HERS.format(port=tree.port) + "/inbox/")
    page.locator(".conversation-row").click()
    live(page).get_by_role("button", name="Take over").click()
    page.locator("textarea[name=body]").fill("نعم، السبت عند الخامسة. هل يناسبك؟")
    page.keyboard.press("Enter")
    bubble = page.locator(".message", has_text="السبت عند الخامسة")
    expect(bubble).to_have_attribute("data-status", "read")
    page.goto(HERS.format(port=tree.port) + "/simulator/")
    expect(page.locator(".phone-bubble", has_text="السبت عند الخامسة")).to_be_visible()
    assert complaints == []
