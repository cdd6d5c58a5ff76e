"""What opens beside the inbox: choosers, what became of a message, the palette; and the thread around one message."""

import pytest
from django.urls import reverse

from apps.conversations import actions
from apps.conversations.models import Message
from tests.factories import a_conversation, a_message, an_inbox
from tests.people import employee

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def inbox(acme):
    return an_inbox(default_mode="ai")


@pytest.fixture
def conversation(inbox):
    return a_conversation(inbox)


def address(name, row):
    return reverse(name, args=[row.pk], urlconf="config.urls")


@pytest.mark.parametrize("what", ["more", "assign", "transfer", "snooze", "priority", "labels", "clear", "delete", "x"])
def test_a_sheet_is_a_fragment_or_a_page(conversation, client_of, what):
    page = client_of("samia").get(address("choose", conversation), {"what": what})
    fragment = client_of("samia").get(address("choose", conversation), {"what": what}, headers=SCRIPT)

    assert (page.status_code, fragment.status_code) == (200, 200)
    assert b"<html" in page.content
    assert b"<html" not in fragment.content


@pytest.mark.parametrize("name", ["choose", "here"])
def test_a_colleagues_conversation_has_no_sheets(conversation, client_of, name):
    layla = employee("layla")
    actions.take_over(conversation, employee=layla, by=layla.user.actor)

    assert client_of("karim").get(address(name, conversation)).status_code == 404


def test_a_viewer_is_offered_nothing_to_do(conversation, client_of):
    sheet = client_of("omar").get(address("choose", conversation), headers=SCRIPT).content.decode()

    assert "what=assign" not in sheet
    assert "what=delete" not in sheet


def test_what_became_of_a_message(inbox, client_of):
    message = a_message(inbox, "first words")
    Message.objects.filter(pk=message.pk).update(history=[{"body": "older words", "until": "2026-01-01T00:00:00Z"}])

    sheet = client_of("samia").get(address("message-details", message), headers=SCRIPT).content.decode()

    assert "older words" in sheet
    assert "Nothing is removed from the customer" in sheet
    assert "message-hide" not in client_of("karim").get(address("message-details", message)).content.decode()


def test_a_hidden_message_says_nothing_anywhere(inbox, client_of):
    message = a_message(inbox, "a secret")
    Message.objects.filter(pk=message.pk).update(history=[{"body": "an older secret", "until": "2026-01-01"}])
    samia = employee("samia")
    actions.hide_message(message, by=samia.user.actor)

    pages = [client_of("samia").get(address("conversation", message.conversation))]
    pages += [client_of("samia").get(address("message-details", message)), client_of("samia").get("/inbox/")]

    assert all(b"secret" not in page.content for page in pages)
    assert b"Hidden by" in pages[0].content


def test_the_palette_finds_only_what_one_may_see(inbox, client_of):
    row = a_message(inbox).conversation
    layla = employee("layla")
    actions.take_over(row, employee=layla, by=layla.user.actor)

    assert str(row.pk) in client_of("layla").get("/inbox/palette/", {"q": "Rana"}).content.decode()
    assert str(row.pk) not in client_of("karim").get("/inbox/palette/", {"q": "Rana"}).content.decode()


def test_a_link_to_an_old_message_opens_the_page_around_it(inbox, client_of):
    rows = [a_message(inbox, f"line {number}") for number in range(120)]
    page = client_of("mona").get(f"{address('conversation', rows[40].conversation)}?at={rows[40].pk}")
    shown = [row.body for row in page.context["rows"]]

    assert "line 40" in shown
    assert len(shown) == 51
    assert page.context["has_older"]
    assert page.context["has_newer"]

    later = (
        client_of("mona").get(f"{address('thread-rows', rows[40].conversation)}?after={rows[65].pk}").content.decode()
    )
    assert "line 66" in later
    assert "line 65<" not in later


@pytest.mark.parametrize("at", ["0190a1b2-0000-7000-8000-000000000000", "nonsense"])
def test_a_link_to_a_message_that_is_not_here_shows_the_newest(conversation, client_of, at):
    status = client_of("mona").get(f"{address('conversation', conversation)}?at={at}").status_code

    assert status == (400 if at == "nonsense" else 200)


def test_colleagues_are_told_who_is_here(conversation, client_of):
    client_of("karim").post(address("viewing", conversation), headers=SCRIPT)

    seen = client_of("mona").get(address("here", conversation)).content.decode()
    own = client_of("karim").get(address("here", conversation)).content.decode()

    assert "Karim</bdi> is viewing" in seen
    assert "is viewing" not in own
