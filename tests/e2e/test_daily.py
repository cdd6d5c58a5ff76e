"""A day at the inbox: in English and Arabic, at a desk and on a phone, by keyboard, without scripts, by two at once."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.tree import Tree

pytestmark = pytest.mark.e2e


def live(page: Page) -> Page:
    """The page once its socket is open."""
    page.wait_for_selector("html[data-live=live]")
    return page


def opened(page: Page, tree: Tree, name: str, query: str = "") -> Page:
    page.goto(tree.url(f"/inbox/{query}"))
    live(page).locator(".conversation-row", has_text=name).first.click()
    live(page).wait_for_selector("#thread")
    return page


def pressed(page: Page, code: str, key: str | None = None) -> None:
    """A key by its place on the keyboard, with what it types there."""
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', { code, key, bubbles: true, cancelable: true }))",
        [code, key or code.removeprefix("Key").lower()],
    )


def test_an_agents_day_by_keyboard(sign_in, tree):
    tree.write("Do you have an hour on Friday?", phone="96172000001", name="Dalia")
    page = opened(sign_in("agent"), tree, "Dalia")
    page.keyboard.press("t")
    expect(page.locator("#composer-text")).to_be_focused()
    page.keyboard.type("Yes, at four")
    page.keyboard.press("Enter")
    expect(page.locator(".message", has_text="Yes, at four")).to_have_attribute("data-status", "sent")

    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.get_by_role("button", name="Urgent").click()
    expect(page.locator(".system-line", has_text="priority")).to_have_count(1)
    expect(page.locator(".conversation-row[aria-current=true] .conversation-flag")).to_have_attribute(
        "data-priority", "urgent"
    )

    page.keyboard.press("s")
    page.get_by_role("button", name="Tomorrow morning").click()
    expect(page.locator(".thread-verbs .voice")).to_contain_text("Snoozed")

    page.keyboard.press("e")
    expect(page.locator(".thread-verbs .voice")).to_contain_text("Closed")


def test_a_managers_day_with_many_at_once(sign_in, tree):
    for number in range(3):
        tree.write("Good morning", phone=f"9617200010{number}", name=f"Crowd {number}")
    page = sign_in("manager")
    page.goto(tree.url("/inbox/?q=Crowd"))
    live(page)
    expect(page.locator(".conversation-row")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk-count")).to_contain_text("2")

    expect(page.locator(".bulk")).to_be_visible()
    page.keyboard.press("p")
    page.locator("dialog[open] button[value=high]").click()

    expect(page.locator(".toast", has_text="2")).to_be_visible()
    expect(page.locator(".conversation-row .conversation-flag[data-priority=high]")).to_have_count(2)
    expect(page.locator(".bulk")).to_be_hidden()


def test_filters_live_in_the_address(sign_in, tree):
    tree.write("I am waiting", phone="96172000020", name="Filtered")
    page = sign_in("manager")
    page.goto(tree.url("/inbox/"))
    live(page).keyboard.press("f")
    page.locator("dialog label", has_text="Unread").click()
    page.get_by_role("button", name="Show").click()

    page.wait_for_url("**unread=yes**")
    expect(page.locator(".chip", has_text="Unread")).to_have_count(1)
    page.locator(".chip", has_text="Unread").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_keys_keep_their_places_on_an_arabic_keyboard(sign_in, tree):
    page = sign_in("admin")  # Samia reads Arabic
    page.goto(tree.url("/inbox/"))
    live(page)
    pressed(page, "KeyJ", "ت")
    assert page.evaluate("document.activeElement.matches('.conversation-row')")
    pressed(page, "KeyX", "ء")
    expect(page.locator(".bulk")).to_be_visible()

    page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyK', key: 'ن', ctrlKey: true, bubbles: true }))"
    )
    expect(page.locator("dialog[open] [data-slot=query]")).to_be_focused()
    page.keyboard.type("Rana")
    expect(page.locator("dialog[open] a.choice", has_text="Rana").first).to_be_visible()


def test_two_people_on_one_conversation(context, browser: Browser, sign_in, tree):
    tree.write("Who is there?", phone="96172000030", name="Shared")
    writer = opened(sign_in("manager"), tree, "Shared")
    writer.get_by_role("button", name="Take over").click()
    writer.locator("#composer-text").fill("I was just about to say")

    other = browser.new_context(viewport={"width": 1440, "height": 900})
    person = next(entry for entry in tree.business()["employees"] if entry["role"] == "admin")
    page = other.new_page()
    page.goto(tree.url("/sign-in/"))
    page.fill("input[name=email]", person["email"])
    page.fill("input[name=password]", person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(tree.url("/"))
    opened(page, tree, "Shared")
    writer.locator("#composer-text").press_sequentially(" that")
    expect(page.locator(".here-person")).to_have_count(1)

    page.locator(".takeover [data-key=t]").click()
    page.locator("dialog[open] [data-slot=yes]").click()
    expect(page.locator("#composer-text")).to_be_visible()

    expect(writer.locator(".takeover", has_text="Samia")).to_be_visible()
    kept = writer.evaluate("JSON.stringify({ ...sessionStorage }) + (document.querySelector('textarea')?.value ?? '')")
    assert "I was just about to say" in kept
    writer.locator(".takeover [data-key=t]").click()
    writer.locator("dialog[open] [data-slot=yes]").click()
    expect(writer.locator("#composer-text")).to_have_value("I was just about to say that")
    other.close()


def test_a_phone_reads_answers_and_goes_back(sign_in, tree):
    tree.write("From the bus", phone="96172000040", name="Mobile")
    page = sign_in("agent")
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, tree, "Mobile", "?tab=unassigned")
    page.locator("[data-key=t]").click()
    page.locator("#composer-text").fill("Get home safely")
    page.locator(".composer-send:visible").click()
    expect(page.locator(".message", has_text="Get home safely")).to_have_attribute("data-status", "sent")
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    page.locator(".thread-person").click()
    expect(page.locator(".details")).to_be_visible()
    page.locator(".details .thread-back").click()
    page.locator(".thread-head .thread-back").click()
    expect(page.locator(".inbox-list")).to_be_visible()
    page.wait_for_url("**/inbox/?*tab=unassigned*")


def test_reading_and_answering_need_no_script(browser: Browser, tree: Tree, sign_in):
    tree.write("Only text here", phone="96172000050", name="Plain")
    cookies = sign_in("manager").context.cookies()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    context.add_cookies(json.loads(json.dumps(cookies)))
    page = context.new_page()
    page.goto(tree.url("/inbox/?q=Plain"))
    page.locator(".conversation-row").first.click()
    assert page.locator(".message", has_text="Only text here").count() == 1
    page.locator("form[data-verb=takeover] button").click()
    page.locator("#composer-text").fill("Read you loud and clear")
    page.locator(".composer-send[data-for=reply]").click()

    assert page.locator(".message", has_text="Read you loud and clear").count() == 1
    page.goto(tree.url("/inbox/filters/"))
    assert page.locator("form select[name=sort]").count() == 1
    context.close()
