"""What a newcomer does first: write on the pretend phone, see it in the inbox, answer, see the answer on the phone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_inbox import live

pytestmark = pytest.mark.e2e


def on_the_phone(page, tree, name, slug="samia-tarot"):
    page.goto(tree.url("/simulator/", slug))
    page.locator(".person", has_text=name).click()
    page.wait_for_url("**/simulator/?phone=*")
    return live(page)


def say(page, text):
    page.locator("simulator-phone textarea").fill(text)
    page.keyboard.press("Enter")


def test_from_the_phone_to_the_inbox_and_back(sign_in, tree):
    inbox, phone = sign_in(), sign_in()
    inbox.goto(tree.url("/inbox/"))
    live(inbox)
    on_the_phone(phone, tree, "Sami Test")

    say(phone, "Is the reading ready?")
    row = inbox.locator(".conversation-row", has_text="Is the reading ready?")
    expect(row).to_be_visible()

    row.click()
    live(inbox).get_by_role("button", name="Take over").click()
    inbox.locator("textarea[name=body]").fill("It will be with you tonight")
    inbox.keyboard.press("Enter")

    expect(phone.locator(".phone-bubble", has_text="It will be with you tonight")).to_be_visible()
    bubble = inbox.locator(".message", has_text="It will be with you tonight")
    expect(bubble).to_have_attribute("data-status", "read")
    expect(bubble).to_have_count(1)


@pytest.mark.parametrize(
    ("slug", "name", "ask", "word"),
    [
        ("samia-tarot", "Ben Sample", "I want to talk to a person", "colleague"),
        ("cedar-clinic", "Rana Patient", "أريد التحدث مع موظف", "زميل"),
    ],
)
def test_who_asks_for_a_person_gets_a_word_in_their_language(sign_in, tree, slug, name, ask, word):
    phone = on_the_phone(sign_in("manager", slug), tree, name, slug)

    say(phone, ask)

    expect(phone.locator(".phone-bubble", has_text=word)).to_be_visible()


def test_everything_that_arrives_twice_is_shown_once(sign_in, tree):
    phone, inbox = sign_in(), sign_in()
    on_the_phone(phone, tree, "Huda Test")
    phone.get_by_text("Everything arrives twice").click()
    phone.get_by_role("button", name="Keep these faults").click()
    say(live(phone), "هل استلمتم الصورة؟")

    inbox.goto(tree.url("/inbox/?q=Huda"))
    inbox.locator(".conversation-row", has_text="Huda").click()

    expect(inbox.locator(".message", has_text="هل استلمتم الصورة؟")).to_have_count(1)
