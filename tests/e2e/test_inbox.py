"""The main job in a browser: a message arrives live, is answered, and nothing is lost when the line drops."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.tree import Tree

pytestmark = pytest.mark.e2e


def live(page: Page) -> Page:
    """The page once its socket is open."""
    page.wait_for_selector("html[data-live=live]")
    return page


def opened(page: Page, tree: Tree, name: str) -> Page:
    page.goto(tree.url("/inbox/"))
    live(page).locator(".conversation-row", has_text=name).first.click()
    live(page)
    return page


def test_a_wrong_password_is_told_kindly(context, tree):
    page = context.new_page()
    page.goto(tree.url("/sign-in/"))
    page.fill("input[name=email]", "nobody@samia-tarot.example")
    page.fill("input[name=password]", "not the password")
    page.keyboard.press("Enter")

    expect(page.locator("[role=alert]")).to_be_visible()
    assert "/sign-in/" in page.url


def test_a_message_appears_without_reload(sign_in, tree):
    page = sign_in()
    page.goto(tree.url("/inbox/"))
    live(page)

    tree.write("I am new here", phone="96170000001", name="Newcomer")

    expect(page.locator(".conversation-row", has_text="I am new here")).to_be_visible()


def test_a_reply_goes_out_and_gets_its_tick(sign_in, tree, provider):
    tree.write("Is anybody there?", phone="96170000002", name="Asker")
    page = opened(sign_in(), tree, "Asker")
    page.get_by_role("button", name="Take over").click()
    page.locator("textarea[name=body]").fill("Yes, Nour here")
    page.keyboard.press("Enter")

    bubble = page.locator(".message", has_text="Yes, Nour here")
    expect(bubble).to_have_count(1)
    expect(bubble).to_have_attribute("data-status", "sent")
    assert provider.said().count("Yes, Nour here") == 1


def test_a_reply_of_a_colleague_appears_in_the_other_window(sign_in, tree):
    tree.write("Two of you?", phone="96170000003", name="Watcher")
    writer = opened(sign_in("manager"), tree, "Watcher")
    reader = opened(sign_in("manager"), tree, "Watcher")
    writer.get_by_role("button", name="Take over").click()
    writer.locator("textarea[name=body]").fill("I have it")
    writer.keyboard.press("Enter")

    expect(reader.locator(".message", has_text="I have it")).to_have_count(1)


def test_what_was_missed_while_the_line_was_down_is_there_afterwards(context, sign_in, tree):
    tree.write("before the tunnel", phone="96170000004", name="Traveller")
    page = opened(sign_in(), tree, "Traveller")
    context.set_offline(True)
    page.evaluate("document.querySelector('live-socket').dispatchEvent(new Event('drop'))")
    tree.write("inside the tunnel", phone="96170000004", name="Traveller")
    tree.write("still inside", phone="96170000004", name="Traveller")
    context.set_offline(False)

    expect(page.locator(".message", has_text="still inside")).to_have_count(1)
    texts = page.locator(".message[data-from=customer] .message-body").all_inner_texts()
    assert texts[-3:] == ["before the tunnel", "inside the tunnel", "still inside"]


def test_arabic_turns_the_page_round(sign_in, tree):
    page = sign_in("admin")  # Samia reads Arabic
    page.goto(tree.url("/inbox/"))

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    expect(page.locator("h1")).not_to_have_text("Inbox")


def test_a_phone_shows_one_column_at_a_time(browser, tree, sign_in):
    page = sign_in()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(tree.url("/inbox/"))
    assert not page.locator(".inbox-thread").is_visible()

    page.locator(".conversation-row").first.click()
    page.wait_for_selector(".thread-rows")
    assert not page.locator(".inbox-list").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    page.go_back()
    expect(page.locator(".inbox-list")).to_be_visible()
