"""Replies kept ready: who may what, the language of the conversation, marks, counts, scopes."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.conversations import actions, composing
from apps.conversations.models import CannedReply, Message
from apps.core.actors import SYSTEM
from tests.factories import a_conversation, a_message, an_inbox
from tests.people import employee

SCRIPT = {"HX-Request": "true"}
URL = "/api/v1/canned-replies/"


@pytest.fixture
def reply(acme):
    return actions.create_reply(
        title="Welcome", shortcut="welcome", category="greetings", body_en="Welcome {{customer_name}}",
        body_ar="أهلاً {{customer_name}}", by=SYSTEM,
    )  # fmt: skip


def at(name, pk):
    return reverse(name, args=[pk], urlconf="config.urls")


def use(client, reply, conversation):
    return client.post(at("reply-use", reply.pk), {"conversation": conversation.pk}, headers=SCRIPT).json()


def test_an_arabic_conversation_inserts_arabic(reply, client_of):
    arabic = a_message(an_inbox(), "مرحبا، هل من أحد؟").conversation.fresh()

    said = use(client_of("karim"), reply, arabic)

    assert said["body"] == "أهلاً Rana"
    assert said["language"] == "ar"
    assert reply.fresh().use_count == 1
    assert reply.fresh().last_used_by == employee("karim")


def test_the_other_language_stands_in(reply, client_of):
    actions.edit_reply(reply, body_ar="", by=SYSTEM)
    arabic = a_message(an_inbox(), "مرحبا، هل من أحد؟").conversation.fresh()

    assert use(client_of("karim"), reply, arabic)["body"] == "Welcome Rana"


def test_what_is_marked_is_not_sent(reply, client_of):
    conversation = a_conversation()
    actions.edit_reply(reply, body_en="Pay here: {{payment.link}}", by=SYSTEM)
    mona = client_of("mona")

    said = use(mona, reply, conversation)
    answer = mona.post(at("send", conversation.pk), {"id": str(uuid.uuid4()), "body": said["body"]}, headers=SCRIPT)

    assert said["missing"] == ["⟦payment link⟧"]
    assert answer.status_code == 400
    assert "payment link" in answer.json()["detail"]
    assert not Message.objects.filter(direction="out").exists()


def test_an_unknown_name_is_refused_with_the_nearest(reply, client_of):
    body = {"title": "Bye", "shortcut": "bye", "body_en": "Bye {{customer.nam}}"}

    answer = client_of("samia").post(URL, body, content_type="application/json")

    assert answer.status_code == 400
    assert "customer.name" in answer.json()["errors"]["body_en"][0]
    assert CannedReply.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"shortcut": "WELCOME"}, "shortcut"), ({"shortcut": "welcome"}, "shortcut"), ({"body_en": ""}, "body_en"),
     ({"title": "x" * 101}, "title"), ({"scope": {"kind": "role", "id": "nobody"}}, "scope")],
)  # fmt: skip
def test_a_reply_that_does_not_hold_together_is_not_kept(reply, facts, field):
    with pytest.raises(ValidationError) as refused:
        actions.create_reply(**{"title": "Bye", "shortcut": "bye", "body_en": "Bye", "by": SYSTEM, **facts})

    assert field in refused.value.message_dict
    assert CannedReply.objects.count() == 1


@pytest.mark.parametrize(
    ("method", "person", "status"),
    [("patch", "samia", 200), ("patch", "mona", 200), ("patch", "karim", 403), ("patch", "omar", 403),
     ("delete", "samia", 204), ("delete", "mona", 403), ("delete", "karim", 403)],
)  # fmt: skip
def test_who_may_what(reply, client_of, method, person, status):
    act = getattr(client_of(person), method)
    answer = act(f"{URL}{reply.pk}/", {"title": "Changed"}, content_type="application/json")

    assert answer.status_code == status
    assert CannedReply.objects.filter(title="Welcome").exists() == (status == 403)


def test_a_scope_decides_who_finds_it(acme):
    conversation, karim, layla = a_conversation(), employee("karim"), employee("layla")
    facts = {"title": "Mine", "body_en": "Hello", "by": SYSTEM}
    actions.create_reply(shortcut="mine", scope={"kind": "mine", "id": str(karim.pk)}, **facts)
    actions.create_reply(shortcut="here", scope={"kind": "inbox", "id": str(conversation.inbox_id)}, **facts)
    actions.create_reply(shortcut="there", scope={"kind": "inbox", "id": str(an_inbox().pk)}, **facts)

    found = {who.full_name: {row.shortcut for row in composing.replies_for(who.user, conversation=conversation)}
             for who in (karim, layla)}  # fmt: skip

    assert found == {"Karim": {"mine", "here"}, "Layla": {"here"}}
    assert not composing.replies_for(employee("samia").user).filter(shortcut="mine").exists()


def test_searching_looks_at_shortcut_title_and_text(reply, client_of):
    conversation, karim = a_conversation(), client_of("karim")
    where = reverse("replies-search", urlconf="config.urls")

    for q, found in [("wel", True), ("Welc", True), ("أهلاً", True), ("goodbye", False)]:
        page = karim.get(where, {"q": q, "conversation": conversation.pk}).content.decode()
        assert ("/welcome" in page) == found, q


def test_the_page_teaches_shows_and_keeps(acme, client_of):
    samia = client_of("samia")
    assert "Say it once" in samia.get("/replies/").content.decode()

    form = {"title": "Hours", "shortcut": "hours", "category": "support", "body_en": "Open {{business.hours_today}}",
            "body_ar": "", "tags": "", "scope_to": ""}  # fmt: skip
    assert samia.post("/replies/new/", form).status_code == 302
    row = CannedReply.objects.get()

    assert "/hours" in samia.get("/replies/").content.decode()
    assert samia.post("/replies/new/", form, headers=SCRIPT).status_code == 422
    assert "Open " in samia.get(at("reply-tried", row.pk)).content.decode()
    assert row.fresh().use_count == 0
    assert client_of("omar").get(at("reply", row.pk)).status_code == 200
    assert client_of("karim").get("/replies/new/").status_code == 403
