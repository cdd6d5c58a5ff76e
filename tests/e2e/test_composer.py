"""Writing in a browser: what is half written survives, "/" speaks the customer's language, notes stay at home."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_inbox import opened
from tests.e2e.tree import Tree
from tests.media import samples

pytestmark = pytest.mark.e2e


def taken(page: Page, tree: Tree, name: str) -> Page:
    """The conversation with the composer open."""
    opened(page, tree, name)
    page.get_by_role("button", name="Take over").click()
    expect(field(page)).to_be_visible()
    return page


def field(page: Page):
    return page.locator("#composer-text")


def test_a_draft_survives_a_reload_and_another_browser(browser, sign_in, tree):
    tree.write("Are you there?", phone="96170000101", name="Drafty")
    page = taken(sign_in(), tree, "Drafty")

    with page.expect_response(lambda answer: "/draft/" in answer.url and answer.request.method == "POST"):
        field(page).press_sequentially("Half a sente")
    page.evaluate("sessionStorage.clear()")  # as on another device: only the server knows
    page.reload()

    expect(field(page)).to_have_value("Half a sente")
    expect(page.locator(".conversation-row", has_text="Drafty")).to_contain_text("Draft")
    field(page).press("Enter")
    expect(page.locator(".message", has_text="Half a sente")).to_have_count(1)
    page.reload()
    expect(field(page)).to_have_value("")


def test_a_slash_inserts_arabic_in_an_arabic_chat(sign_in, tree):
    tree.write("مرحبا، هل من أحد هنا؟", phone="96170000102", name="Rima")
    page = taken(sign_in(), tree, "Rima")

    field(page).press_sequentially("/welc")
    expect(page.get_by_role("option", name="/welcome")).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute("aria-activedescendant", re.compile("."))
    field(page).press("Enter")

    expect(field(page)).to_have_value("أهلاً Rima! كيف نساعدك؟")
    expect(page.locator("#composer-options")).to_be_hidden()


def test_escape_leaves_the_slash_and_what_is_marked_is_not_sent(sign_in, tree, provider):
    tree.write("Has it arrived?", phone="96170000103", name="Marked")
    page = taken(sign_in(), tree, "Marked")

    field(page).press_sequentially("/pay")
    expect(page.locator("#composer-options")).to_be_visible()
    field(page).press("Escape")
    expect(page.locator("#composer-options")).to_be_hidden()
    expect(field(page)).to_have_value("/pay")

    field(page).fill("")
    field(page).press_sequentially("/payment")
    expect(page.get_by_role("option", name="/payment")).to_be_visible()
    field(page).press("Tab")
    expect(field(page)).to_have_value("Your payment of ⟦amount⟧ arrived. Booking ⟦booking number⟧ is confirmed.")
    field(page).press("Enter")

    expect(page.locator(".message[data-status=unsent]")).to_contain_text("Fill in first")
    assert not [text for text in provider.said() if "⟦" in text]


def test_a_note_mentions_a_colleague_and_never_goes_out(sign_in, tree, provider):
    tree.write("I changed my mind", phone="96170000104", name="Noted")
    page = taken(sign_in(), tree, "Noted")

    page.locator(".composer-tabs [data-value=note]").click()
    field(page).press_sequentially("Look here, @Samia")
    expect(page.get_by_role("option", name="Samia Admin")).to_be_visible()
    field(page).press("Enter")
    expect(field(page)).to_have_value("Look here, @Samia Admin ")
    field(page).press("Enter")

    expect(page.locator("#thread", has_text="Look here, @Samia Admin")).to_have_count(1)
    assert not [text for text in provider.said() if "Look here" in text]


def test_an_emoji_is_found_in_either_language_and_put_at_the_cursor(sign_in, tree):
    tree.write("Lovely", phone="96170000105", name="Smiler")
    page = taken(sign_in(), tree, "Smiler")
    field(page).fill("Thank you ")

    page.get_by_role("button", name="Emoji").click()
    page.locator(".emoji-panel [data-slot=search]").fill("شكر")
    page.locator(".emoji-panel [data-drawer]:not([data-drawer=recent]) [data-emoji='🙏']").click()

    expect(field(page)).to_have_value("Thank you 🙏")


def test_templates_are_offered_when_the_window_is_closed(sign_in, tree):
    page = opened(sign_in(), tree, "Alice")  # she wrote a day ago, so silence closes it in the first minute
    reopen = page.get_by_role("button", name="Reopen")
    expect(reopen).to_be_visible(timeout=150_000)
    reopen.click()

    page.get_by_role("button", name="Send a template").click()

    expect(page.locator(".template-dialog")).to_be_visible()
    expect(page.locator(".template-dialog")).to_contain_text("approved")


def test_what_is_sent_later_waits_and_can_be_taken_back(sign_in, tree, provider):
    tree.write("Remind me tomorrow", phone="96170000106", name="Patient")
    page = taken(sign_in(), tree, "Patient")
    later = page.get_by_role("link", name="Send later")
    later.click()  # nothing is written yet
    page.locator("dialog[open]").get_by_role("button", name="Tomorrow morning").click()
    expect(page.locator(".toast", has_text="Write something first")).to_be_visible()

    field(page).fill("As promised")
    later.click()
    page.locator("dialog[open]").get_by_role("button", name="Tomorrow morning").click()

    row = page.locator(".message", has_text="As promised")
    expect(row.locator(".scheduled")).to_be_visible()
    expect(field(page)).to_have_value("")
    row.get_by_role("button", name="Do not send").click()
    expect(row.locator(".scheduled")).to_have_count(0)
    assert "As promised" not in provider.said()


def test_a_reply_with_a_file_is_kept_chosen_and_sent_each_time(sign_in, tree, provider):
    tree.write("What does it cost?", phone="96170000107", name="Curious")
    page = sign_in()
    page.goto(tree.url("/replies/new/"))
    page.fill("[name=title]", "Price list")
    page.fill("[name=shortcut]", "pricelist")
    page.fill("[name=body_en]", "Here are our prices")
    page.locator("file-tray input[type=file]").set_input_files(
        [{"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()} for name in ("prices", "old")]
    )
    expect(page.locator(".tray-file[data-state=ready]")).to_have_count(2)
    page.locator(".tray-file", has_text="old.pdf").get_by_role("button").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".reply-card", has_text="/pricelist").locator(".reply-foot")).to_contain_text("1")

    taken(page, tree, "Curious")
    for time in (1, 2):
        field(page).press_sequentially("/pricelist")
        expect(page.get_by_role("option", name="/pricelist")).to_be_visible()
        field(page).press("Enter")
        expect(field(page)).to_have_value("Here are our prices")
        expect(page.locator(".composer .tray-file[data-state=ready]")).to_have_text(["prices.pdf"])
        field(page).press("Enter")
        expect(page.locator(".composer .tray-file")).to_have_count(0)
        expect(page.locator("#thread .attachment", has_text="prices.pdf")).to_have_count(time)

    page.goto(tree.url("/replies/"))
    page.locator(".reply-card", has_text="/pricelist").get_by_role("link").click()
    expect(page.locator(".drawer .tray-file")).to_have_text(["prices.pdf"])
    page.locator(".drawer .tray-file").get_by_role("button", name="Take prices.pdf out").click()
    page.locator(".drawer").get_by_role("button", name="Save").click()
    expect(page.locator(".reply-card", has_text="/pricelist").locator(".reply-foot .icon")).to_have_count(0)
