"""Files of replies kept ready: the reply's own, lent as copies each time it is used (CONV-15, R-045)."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.conversations import actions
from apps.conversations.models import CannedReply, Message
from apps.core.actors import SYSTEM
from apps.media import actions as media
from apps.media import store
from apps.media.models import Attachment
from apps.media.queries import files_of, ready_files
from tests.factories import a_conversation, a_message, an_inbox
from tests.media import samples
from tests.media.test_upload import fill_up
from tests.people import employee

SCRIPT = {"HX-Request": "true"}
URL = "/api/v1/canned-replies/"
FORM = {"title": "Price list", "shortcut": "prices", "category": "support", "body_en": "Our prices",
        "body_ar": "أسعارنا", "tags": "", "scope_to": ""}  # fmt: skip


def at(name, pk):
    return reverse(name, args=[pk], urlconf="config.urls")


def bring(name="prices.pdf", data=None, who="mona"):
    return media.upload_file(SimpleUploadedFile(name, data or samples.pdf()), by=employee(who).user.actor)


def bytes_of(row):
    file = store.get(row.storage_key) if row.storage_key else None
    if file is None:
        return b""
    with file:
        return file.read()


@pytest.fixture
def reply(acme):
    facts = {"title": "Prices", "shortcut": "prices", "body_en": "Our prices", "body_ar": "أسعارنا"}
    return actions.create_reply(**facts, attachment_ids=[bring().pk], by=employee("mona").user.actor)


def use(client, reply, conversation):
    return client.post(at("reply-use", reply.pk), {"conversation": conversation.pk}, headers=SCRIPT)


def send(client, conversation, said):
    facts = {"id": str(uuid.uuid4()), "body": said["body"], "attachments": [file["id"] for file in said["files"]]}
    assert client.post(at("send", conversation.pk), facts, headers=SCRIPT).status_code == 204
    return Message.objects.get(pk=facts["id"])


def sent_files(message):
    return files_of("message", [message.pk])[message.pk]


@pytest.mark.parametrize(("words", "said"), [("Hello, anybody there?", "Our prices"), ("مرحبا، هل من أحد؟", "أسعارنا")])
def test_a_reply_with_a_file_is_used_in_both_languages(reply, client_of, words, said):
    conversation, mona = a_message(an_inbox(), words).conversation.fresh(), client_of("mona")

    chosen = use(mona, reply, conversation).json()
    message = send(mona, conversation, chosen)

    assert (message.body, message.type) == (said, "document")
    assert [file["name"] for file in chosen["files"]] == ["prices.pdf"]
    assert [file.name for file in sent_files(message)] == ["prices.pdf"]
    assert bytes_of(sent_files(message)[0]) == samples.pdf()
    assert reply.fresh().use_count == 1


def test_it_is_lent_anew_each_time_and_whatever_goes_leaves_the_others(reply, client_of):
    conversation, mona = a_conversation(), client_of("mona")
    own = ready_files("reply", reply.pk)[0]
    first, second = (send(mona, conversation, use(mona, reply, conversation).json()) for _time in range(2))
    files = [sent_files(first)[0], sent_files(second)[0]]

    assert reply.fresh().use_count == 2
    assert len({own.storage_key, *(file.storage_key for file in files)}) == 3

    media.erase_files("message", [first.pk])
    media.remove_objects(files[0].fresh())
    assert bytes_of(files[0].fresh()) == b""
    assert bytes_of(own.fresh()) == bytes_of(files[1].fresh()) == samples.pdf()

    actions.delete_reply(reply, by=SYSTEM)
    media.remove_objects(own.fresh())
    assert (own.fresh().state, own.fresh().name, own.fresh().storage_key) == ("erased", "", "")
    assert bytes_of(files[1].fresh()) == samples.pdf()


def test_the_sweeper_takes_what_was_not_sent_and_never_the_replys(reply, client_of):
    unsent = use(client_of("mona"), reply, a_conversation()).json()["files"][0]["id"]
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=2))

    assert media.purge_unused(timezone.now()) == 1
    assert not Attachment.objects.filter(pk=unsent).exists()
    assert bytes_of(ready_files("reply", reply.pk)[0]) == samples.pdf()


def test_the_form_takes_keeps_orders_and_lets_go(reply, client_of):
    mona, (kept,) = client_of("mona"), ready_files("reply", reply.pk)
    fresh = bring("map.png", samples.picture("PNG"))

    page = mona.get(at("reply", reply.pk), headers=SCRIPT).content.decode()
    assert f'name="attachment_ids" value="{kept.pk}"' in page
    assert mona.post(at("reply", reply.pk), {**FORM, "attachment_ids": [fresh.pk, kept.pk]}).status_code == 302
    assert [file.name for file in ready_files("reply", reply.pk)] == ["map.png", "prices.pdf"]
    assert fresh.fresh().used_for == "canned_reply"

    assert mona.post(at("reply", reply.pk), {**FORM, "attachment_ids": [fresh.pk]}).status_code == 302
    assert reply.fresh().attachment_ids == [fresh.pk]
    assert kept.fresh().state == "erased"


def test_a_form_in_trouble_keeps_its_files(acme, client_of):
    fresh = bring()

    page = client_of("mona").post("/replies/new/", {**FORM, "title": "", "attachment_ids": [fresh.pk]}, headers=SCRIPT)

    assert page.status_code == 422
    assert f'value="{fresh.pk}"' in page.content.decode()
    assert fresh.fresh().owner_kind == ""


@pytest.fixture
def not_mine(acme, globex):
    """Ids that are nobody's to give: a colleague's, a message's, another reply's, another business's, nothing's."""
    facts = {"title": "Other", "body_en": "Other"}
    other = actions.create_reply(
        **facts, shortcut="other", attachment_ids=[bring().pk], by=employee("mona").user.actor
    )  # fmt: skip
    used = bring()
    conversation = a_conversation()
    actions.take_over(conversation, employee=employee("mona"), by=SYSTEM)
    actions.send_message(conversation.fresh(), attachments=[used.pk], by=employee("mona").user.actor)
    with tenant_context(globex):
        foreign = bring()
    return {"a colleague's": bring(who="karim").pk, "a message's": used.pk, "another reply's": other.attachment_ids[0],
            "another business's": foreign.pk, "nothing's": uuid.uuid4()}  # fmt: skip


@pytest.mark.parametrize(
    "whose", ["a colleague's", "a message's", "another reply's", "another business's", "nothing's"]
)
def test_a_file_that_is_not_ones_own_is_refused_and_nothing_changes(reply, not_mine, client_of, whose):
    mona, fresh, before = client_of("mona"), bring(), reply.fresh().attachment_ids
    ids = [str(fresh.pk), str(not_mine[whose])]
    owners = set(Attachment.objects.values_list("pk", "owner_kind", "owner_id", "state"))

    page = mona.post(at("reply", reply.pk), {**FORM, "title": "Taken", "attachment_ids": ids})
    answer = mona.patch(f"{URL}{reply.pk}/", {"attachment_ids": ids}, content_type="application/json")

    assert page.status_code == 422
    assert "not there any more" in page.context["form"].errors["attachment_ids"][0]
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"attachment_ids"})
    assert (reply.fresh().title, reply.fresh().attachment_ids) == ("Prices", before)
    assert set(Attachment.objects.values_list("pk", "owner_kind", "owner_id", "state")) == owners


@pytest.mark.parametrize(("data", "sentence"), [(samples.moving(), "WhatsApp"), (samples.wav(), "WhatsApp")])
def test_what_whatsapp_does_not_take_is_not_kept(acme, data, sentence):
    fresh = bring(data=data)

    with pytest.raises(ValidationError) as refused:
        actions.create_reply(
            title="Odd", shortcut="odd", body_en="Odd", attachment_ids=[fresh.pk], by=employee("mona").user.actor
        )

    assert sentence in refused.value.message_dict["attachment_ids"][0]
    assert fresh.fresh().owner_kind == ""


def test_who_may_use_the_reply_opens_its_files(reply, client_of, globex):
    file = ready_files("reply", reply.pk)[0]
    scoped = actions.edit_reply(reply, scope={"kind": "mine", "id": str(employee("mona").pk)}, by=SYSTEM)

    assert client_of("mona").get(file.url).status_code == 200
    assert client_of("karim").get(file.url).status_code == 404
    actions.edit_reply(scoped, scope={}, by=SYSTEM)
    assert client_of("karim").get(file.url).status_code == 200
    assert client_of("mona", globex).get(file.url).status_code == 404


def test_a_viewer_does_not_use_it(reply, client_of):
    assert use(client_of("omar"), reply, a_conversation()).status_code == 403
    assert reply.fresh().use_count == 0
    assert Attachment.objects.count() == 1


def test_where_no_room_is_left_nothing_is_used(reply, acme, client_of, monkeypatch):
    second = bring("second.pdf")
    actions.edit_reply(reply, attachment_ids=[*reply.attachment_ids, second.pk], by=employee("mona").user.actor)
    before = len(default_storage.listdir(f"{acme.schema_name}/media")[1])
    fill_up(acme, len(samples.pdf()), monkeypatch)  # for the copy of one of the two

    answer = use(client_of("mona"), reply, a_conversation())

    assert (answer.status_code, answer.json()["code"]) == (409, "plan_limit")
    assert reply.fresh().use_count == 0
    assert Attachment.objects.filter(owner_kind="").count() == 0
    assert len(default_storage.listdir(f"{acme.schema_name}/media")[1]) == before


def test_a_macro_sends_the_files_too_and_counts(reply, client_of):
    samia, conversation = employee("samia"), a_conversation()
    steps = [{"verb": "send", "reply": str(reply.pk)}]
    macro = actions.create_macro(owner=samia, name="Prices", steps=steps, by=SYSTEM)

    for _time in range(2):
        ran = client_of("samia").post(at("macro-run", macro.pk), {"conversation": conversation.pk}, headers=SCRIPT)
        assert ran.status_code == 204

    messages = Message.objects.filter(direction="out")
    assert [[file.name for file in sent_files(message)] for message in messages] == [["prices.pdf"]] * 2
    assert {message.body for message in messages} == {"Our prices"}
    assert reply.fresh().use_count == 2


def test_the_api_lends_copies_and_says_why_the_replys_own_cannot_be_sent(reply, client_of):
    conversation, mona = a_conversation(), client_of("mona")
    where, own = f"/api/v1/conversations/{conversation.pk}/send/", [str(pk) for pk in reply.attachment_ids]

    refused = mona.post(where, {"body": "Here", "attachments": own}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert "Use the reply here" in refused.json()["detail"]
    assert not Message.objects.filter(direction="out").exists()

    tried = mona.post(f"{URL}{reply.pk}/render/", {}, content_type="application/json").json()
    assert tried["attachment_ids"] == own
    body = {"conversation": str(conversation.pk)}
    lent = mona.post(f"{URL}{reply.pk}/render/", body, content_type="application/json").json()["attachment_ids"]
    sent = mona.post(where, {"body": "Here", "attachments": lent}, content_type="application/json")

    assert sent.status_code == 201
    assert [file.name for file in sent_files(Message.objects.get(direction="out"))] == ["prices.pdf"]
    assert CannedReply.objects.get().attachment_ids == [uuid.UUID(pk) for pk in own]
