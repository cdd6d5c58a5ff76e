"""Without a network nothing is lost or doubled: what was written outlives the tab and goes out once, in order."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_inbox import live, opened

pytestmark = pytest.mark.e2e

KEPT = """async () => {
  const said = []
  for (const name of await caches.keys())
    for (const asked of await (await caches.open(name)).keys()) {
      const text = await (await caches.match(asked)).text()
      said.push([new URL(asked.url).pathname, text])
    }
  return said
}"""
UNSENT = """() => new Promise(done => {
  const asked = indexedDB.open("majlis", 1)
  asked.onupgradeneeded = () => asked.result.createObjectStore("unsent", { keyPath: "id" })
  asked.onsuccess = () => {
    const all = asked.result.transaction("unsent").objectStore("unsent").getAll()
    all.onsuccess = () => done(all.result.length)
    asked.result.close()
  }
})"""


def worked(page):
    """The page once its service worker stands behind it."""
    page.wait_for_function("navigator.serviceWorker.ready.then(found => Boolean(found.active))")
    return page


def say(page, text):
    page.locator("textarea[name=body]").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".message", has_text=text)).to_be_visible()


def test_three_messages_and_a_closed_tab_are_three_messages_in_order(context, sign_in, tree, provider):
    tree.write("Are you there?", phone="96170000031", name="Islander")
    page = worked(opened(sign_in(), tree, "Islander"))
    page.get_by_role("button", name="Take over").click()
    expect(page.locator("textarea[name=body]")).to_be_visible()
    texts = ["First, from the ferry", "ثانياً، من العبّارة", "Third, still at sea"]

    context.set_offline(True)
    expect(page.locator("[data-when=offline]")).to_be_visible()
    for text in texts:
        say(page, text)
    page.wait_for_function(f"({UNSENT})().then(count => count === 3)")
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(tree.url("/inbox/"))

    again.wait_for_function(f"({UNSENT})().then(count => count === 0)")
    opened(again, tree, "Islander")
    for text in texts:
        expect(again.locator(".message", has_text=text)).to_have_attribute("data-status", "sent")
    said = [text for text in provider.said() if text in texts]
    assert said == texts
    shown = again.locator(".message[data-from=person] .message-body").all_inner_texts()
    assert shown[-3:] == texts


def test_a_page_that_cannot_be_had_says_so_and_nothing_with_data_is_kept(context, sign_in, tree):
    tree.write("The secret word is pomegranate", phone="96170000032", name="Keeper")
    page = worked(opened(sign_in(), tree, "Keeper"))
    page.goto(tree.url("/inbox/"))
    live(page)

    context.set_offline(True)
    page.goto(tree.url("/inbox/"))
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    kept = page.evaluate(KEPT)
    context.set_offline(False)

    assert [path for path, _text in kept if not path.startswith(("/static/", "/offline/"))] == []
    assert [path for path, text in kept if "pomegranate" in text or "Keeper" in text] == []
    page.goto(tree.url("/inbox/"))
    page.locator(".nav-user").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    page.wait_for_function("caches.keys().then(names => names.length === 0)")
    assert page.evaluate(UNSENT) == 0
