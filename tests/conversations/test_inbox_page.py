"""The inbox page: what each person sees, what each button does, and what a stranger gets."""

import html
import re
import uuid

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from tests.factories import a_conversation, a_message, an_inbox
from tests.people import employee

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def inbox(acme):
    return an_inbox(default_mode="ai")


@pytest.fixture
def conversation(inbox):
    return a_conversation(inbox)


def address(name, conversation):
    return reverse(name, args=[conversation.pk], urlconf="config.urls")


@pytest.mark.parametrize("column", ["conversation", "conversation-details", "thread-rows", "composer"])
@pytest.mark.parametrize(("person", "status"), [("samia", 200), ("mona", 200), ("karim", 200), ("omar", 200)])
def test_the_team_may_look(conversation, client_of, column, person, status):
    assert client_of(person).get(address(column, conversation)).status_code == status


@pytest.mark.parametrize("name", ["conversation", "conversation-details", "thread-rows", "composer"])
def test_a_stranger_finds_nothing(conversation, client_of, globex, name):
    stranger = client_of("samia", globex)
    with tenant_context(globex):
        response = stranger.get(address(name, conversation))

    assert response.status_code == 404
    assert b"Rana" not in response.content


@pytest.mark.parametrize("name", ["thread-rows", "thread-head", "composer", "details-panel", "here"])
def test_an_open_conversation_that_went_to_somebody_else_leaves_for_the_inbox(conversation, client_of, name):
    karim = client_of("karim")
    assert karim.get(address(name, conversation), headers=SCRIPT).status_code == 200
    actions.take_over(conversation, employee=employee("layla"), by=employee("layla").user.actor)

    answer = karim.get(address(name, conversation), headers=SCRIPT)

    assert (answer.status_code, answer["HX-Redirect"]) == (404, "/inbox/")
    assert "no longer see this conversation" in karim.get("/inbox/").content.decode()
    assert "HX-Redirect" not in karim.get(address(name, conversation))


@pytest.mark.parametrize(("page", "heading"), [("conversation", "h2"), ("conversation-details", "h1")])
def test_the_details_keep_their_heading_when_news_come(conversation, client_of, page, heading):
    karim = client_of("karim")
    whole = karim.get(address(page, conversation)).content.decode()
    again = html.unescape(re.search(r'id="details"[^>]* hx-get="([^"]+)"', whole)[1])

    panel = karim.get(again, headers=SCRIPT).content.decode()

    assert f'<{heading} class="pane-title">Details' in whole
    assert f'<{heading} class="pane-title">Details' in panel
    assert html.unescape(re.search(r' hx-get="([^"]+)"', panel)[1]) == again


def test_the_list_shows_name_text_and_unread(inbox, client_of):
    for body in ("Hello there", "Is anybody here?"):
        a_message(inbox, body)
    page = client_of("mona").get("/inbox/").content.decode()

    assert "Rana" in page
    assert "Is anybody here?" in page
    assert "2 unread" in page


def test_an_agent_sees_unassigned_and_own_but_not_a_colleagues(conversation, client_of):
    karim, layla = employee("karim"), employee("layla")
    assert client_of("karim").get(address("conversation", conversation)).status_code == 200

    actions.take_over(conversation, employee=layla, by=layla.user.actor)

    assert client_of("karim").get(address("conversation", conversation)).status_code == 404
    assert client_of("layla").get(address("conversation", conversation)).status_code == 200
    assert client_of("mona").get(address("conversation", conversation)).status_code == 200
    assert not Conversation.objects.for_user(karim.user).exists()


def test_sending_twice_with_one_id_sends_once(conversation, client_of):
    form = {"id": str(uuid.uuid4()), "body": "Welcome"}
    mona = client_of("mona")
    codes = {mona.post(address("send", conversation), form, headers=SCRIPT).status_code for _ in range(2)}

    assert codes == {204}
    assert Message.objects.filter(direction="out").get().body == "Welcome"
    assert conversation.fresh().mode == "human"


@pytest.mark.parametrize("verb", ["send", "takeover", "assign", "set-mode", "close", "note"])
def test_a_viewer_changes_nothing(conversation, client_of, verb):
    before = conversation.fresh()
    response = client_of("omar").post(address(verb, conversation), {"body": "Hi", "mode": "hybrid"}, headers=SCRIPT)

    assert response.status_code == 403
    after = conversation.fresh()
    assert (after.last_seq, after.mode, after.status, after.assignee) == (
        before.last_seq, before.mode, before.status, before.assignee,
    )  # fmt: skip


def test_a_refusal_is_a_sentence(conversation, client_of):
    karim = employee("karim")
    actions.take_over(conversation, employee=karim, by=karim.user.actor)

    response = client_of("mona").post(address("takeover", conversation), headers=SCRIPT)

    assert response.status_code == 409
    assert response.json()["detail"] == "Karim is answering here."
    assert client_of("mona").post(address("takeover", conversation), {"force": "true"}).status_code == 302
    assert conversation.fresh().assignee == employee("mona")


def test_catching_up_returns_only_what_is_new(inbox, client_of):
    first = a_message(inbox, "the first")
    a_message(inbox, "the second")
    rows = client_of("mona").get(address("thread-rows", first.conversation), {"since": 1}).content.decode()

    assert "the second" in rows
    assert "the first" not in rows


@pytest.mark.parametrize("query", [{"since": "x"}, {"since": "9" * 40}, {"before": "not-an-id"}])
def test_nonsense_in_the_address_is_no_error_of_ours(conversation, client_of, query):
    assert client_of("mona").get(address("thread-rows", conversation), query).status_code in (200, 400)


def test_a_viewer_does_not_read_notes(conversation, client_of):
    mona = employee("mona")
    actions.add_note(conversation, body="She paid twice", author=mona, by=mona.user.actor)

    assert "She paid twice" in client_of("karim").get(address("conversation", conversation)).content.decode()
    assert "She paid twice" not in client_of("omar").get(address("conversation", conversation)).content.decode()
