"""What takes more than one: two agents, a phone and an inbox, many rows, a list kept for another day."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.e2e.test_daily import live, opened
from tests.e2e.test_simulator import on_the_phone, say
from tests.e2e.tree import Tree
from tests.media import samples

pytestmark = pytest.mark.e2e


@pytest.fixture
def colleague(browser: Browser, tree: Tree) -> Iterator[Page]:
    """Samia, in a browser of her own, in English."""
    context: BrowserContext = browser.new_context(viewport={"width": 1440, "height": 900})
    person = next(entry for entry in tree.business()["employees"] if entry["role"] == "admin")
    page = context.new_page()
    page.goto(tree.url("/sign-in/"))
    page.fill("input[name=email]", person["email"])
    page.fill("input[name=password]", person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(tree.url("/"))
    yield page
    context.close()


def files() -> list[FilePayload]:
    return [
        {"name": "cards.png", "mimeType": "image/png", "buffer": samples.picture("PNG")},
        {"name": "prices.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()},
    ]


def test_who_comes_second_is_told_who_has_it(sign_in, colleague, tree):
    tree.write("Whoever is free?", phone="96173000001", name="Contested")
    slow = opened(sign_in("manager"), tree, "Contested")
    slow.route("**/composer/", lambda route: route.abort())  # this screen has not heard the news yet
    opened(colleague, tree, "Contested").locator(".takeover [data-key=t]").click()
    expect(colleague.locator("#composer-text")).to_be_visible()

    slow.locator(".takeover [data-key=t]").click()

    expect(slow.locator(".toast", has_text="Samia")).to_be_visible()
    slow.unroute("**/composer/")
    tree.write("Is somebody there?", phone="96173000001", name="Contested")  # the next news
    expect(slow.locator(".takeover", has_text="Samia")).to_be_visible()
    expect(slow.locator(".composer-form")).to_have_attribute("data-can-send", "no")  # what is left of it is for notes
    expect(slow.locator(".composer-send[data-for=reply]")).to_be_hidden()


def test_files_go_to_the_phone_and_come_back(sign_in, tree):
    inbox, phone = sign_in(), sign_in()
    on_the_phone(phone, tree, "Imane Test")
    say(phone, "Can you send me the prices?")
    inbox.goto(tree.url("/inbox/"))
    live(inbox).locator(".conversation-row", has_text="Can you send me the prices?").click()
    live(inbox).locator(".takeover [data-key=t]").click()
    inbox.locator("file-tray input[type=file]").set_input_files(files())
    expect(inbox.locator(".tray-file[data-state=ready]")).to_have_count(2)

    say(phone, "Are you still there?")  # the page is refreshed meanwhile, and the files stay
    expect(inbox.locator(".message", has_text="Are you still there?")).to_have_count(1)
    expect(inbox.locator(".tray-file[data-state=ready]")).to_have_count(2)
    inbox.locator("#composer-text").fill("Here they are")
    inbox.keyboard.press("Enter")

    expect(phone.locator(".phone-bubble:not([data-mine]) .picture")).to_have_count(1)
    expect(phone.locator(".phone-bubble:not([data-mine]) a.attachment", has_text="prices.pdf")).to_have_count(1)
    expect(phone.locator(".phone-bubble", has_text="Here they are")).to_have_count(1)
    expect(inbox.locator(".tray-file")).to_have_count(0)
    for each in files():
        phone.locator("simulator-phone input[type=file]").set_input_files([each])
    theirs = inbox.locator(".message[data-from=customer]")
    expect(theirs.locator("a.attachment", has_text="prices.pdf")).to_have_count(1)
    expect(theirs.locator(".picture")).to_have_count(1)

    theirs.locator(".picture").click()
    expect(inbox.locator("dialog.viewer[open] img[src]")).to_be_visible()
    inbox.keyboard.press("Escape")
    expect(inbox.locator("dialog.viewer")).to_be_hidden()


def test_a_result_of_the_search_opens_at_its_message(sign_in, tree):
    tree.write("The password is marzipan", phone="96173000003", name="Longwinded")
    for number in range(70):
        tree.write(f"And another thing, number {number}", phone="96173000003", name="Longwinded")
    page = opened(sign_in(), tree, "Longwinded")
    expect(page.locator(".message", has_text="number 69")).to_have_count(1)

    page.goto(tree.url("/search/?q=marzipan"))
    page.locator(".hit-link", has_text="marzipan").first.click()

    page.wait_for_url("**/inbox/*/?at=*")
    expect(page.locator(".message", has_text="marzipan")).to_be_in_viewport()


def test_three_are_closed_at_once(sign_in, tree):
    for number in range(3):
        tree.write("Thank you, goodbye", phone=f"9617300001{number}", name=f"Leaver {number}")
    page = sign_in("manager")
    page.goto(tree.url("/inbox/?q=Leaver"))
    expect(live(page).locator(".conversation-row")).to_have_count(3)
    for box in page.locator(".conversation-pick").all():
        box.locator("input").check(force=True)
    expect(page.locator(".bulk-count")).to_contain_text("3")

    page.locator(".bulk").get_by_role("button", name="Close").click()

    expect(page.locator(".toast", has_text="Done: 3.")).to_be_visible()
    expect(page.locator(".bulk")).to_be_hidden()
    page.goto(tree.url("/inbox/?q=Leaver&tab=resolved"))
    expect(page.locator(".conversation-row")).to_have_count(3)


def test_a_view_is_kept_and_used_another_day(sign_in, tree):
    tree.write("Somebody read me", phone="96173000020", name="Viewed")
    page = sign_in("agent")
    page.goto(tree.url("/inbox/?unread=yes"))
    live(page).keyboard.press("v")
    page.locator("dialog[open] #view-name").fill("Still to read")
    with page.expect_navigation():  # the list is loaded anew, with the view in its menu
        page.locator("dialog[open]").get_by_role("button", name="Keep", exact=True).click()

    page.goto(tree.url("/inbox/"))
    live(page).keyboard.press("v")
    page.locator("dialog[open] a.choice", has_text="Still to read").click()

    page.wait_for_url("**unread=yes**")
    expect(page.locator(".chip", has_text="Unread")).to_have_count(1)


def test_what_was_put_to_sleep_wakes_by_a_word_or_when_the_customer_writes(sign_in, tree):
    tree.write("Ask me next week", phone="96173000021", name="Dozer")
    page = opened(sign_in("manager"), tree, "Dozer")
    page.locator(".takeover [data-key=t]").click()
    expect(page.locator("#composer-text")).to_be_visible()
    page.locator(".thread-quick[data-key=s]").click()
    page.locator("dialog[open]").get_by_role("button", name="In 1 hour").click()
    expect(page.locator(".thread-verbs .voice")).to_contain_text("Snoozed")

    page.locator(".thread-verbs [data-key=m]").click()
    page.locator("dialog[open]").get_by_role("button", name="Wake it now").click()
    expect(page.locator(".thread-verbs .voice")).not_to_contain_text("Snoozed")

    page.locator(".thread-quick[data-key=s]").click()
    page.locator("dialog[open]").get_by_role("button", name="Tomorrow morning").click()
    expect(page.locator(".thread-verbs .voice")).to_contain_text("Snoozed")
    tree.write("I could not wait", phone="96173000021", name="Dozer")
    expect(page.locator(".thread-verbs .voice")).not_to_contain_text("Snoozed")
