"""What we send: every file goes out, in order, none of them twice (R-024, GW-16)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.core.refusals import Refusal
from apps.core.tasks import Temporary
from apps.gateways import protocol
from apps.media import actions as media
from apps.media.models import Attachment
from apps.media.serving import handed_address
from apps.tenants.models import Business
from tests import people
from tests.factories import a_conversation, a_file, a_message, an_inbox
from tests.gateways.conftest import loopback_server
from tests.gateways.provider import Answer, Loopback, obliging
from tests.media import samples


@pytest.fixture
def meta(settings: Any) -> Iterator[Loopback]:
    with loopback_server() as server:
        settings.META_GRAPH_URL, server.standing = server.url, lambda heard: oblige(heard)
        yield server


def oblige(heard: Any) -> Answer:
    return Answer(200, {"id": f"media-{len(heard.body)}"}) if heard.path.endswith("/media") else obliging(heard)


def upload(*files: bytes, who: str = "mona", **how: Any) -> list[Any]:
    by = people.employee(who).user.actor
    return [media.upload_file(SimpleUploadedFile("a.bin", data), by=by, **how).pk for data in files]


def send(conversation: Conversation, ids: list[Any], body: str = "", **how: Any) -> Message:
    return actions.send_message(
        conversation.fresh(), body=body, attachments=ids, by=people.employee("mona").user.actor, **how
    )


def hand_over(message: Message) -> Message:
    Message.objects.filter(pk=message.pk).update(next_at=None)
    claimed = actions.claim(message.pk)
    assert claimed is not None
    return actions.hand_over_to_provider(claimed)


def told(meta: Loopback) -> list[tuple[str, str]]:
    """What was said, without the uploads: type and caption or text."""
    bodies = [heard.json for heard in meta.heard if heard.path.endswith("/messages")]
    return [(b["type"], b[b["type"]].get("caption") or b[b["type"]].get("body") or "") for b in bodies]


def test_every_file_goes_out_in_order_the_text_with_the_first(acme: Business, meta: Loopback) -> None:
    conversation = a_conversation()
    first = send(conversation, [], body="Before")
    files = upload(samples.picture(), samples.pdf(), samples.picture("PNG"))
    message = send(conversation, files, body="Here they are")
    last = send(conversation, [], body="After")
    assert actions.claim(last.pk) is None, "waits for the files"

    for each in (first, message, last):
        hand_over(each)

    assert told(meta) == [
        ("text", "Before"), ("image", "Here they are"), ("document", ""), ("image", ""), ("text", "After"),
    ]  # fmt: skip
    message = message.fresh()
    assert (message.status, message.type, len(message.parts)) == ("sent", "image", 3)
    assert message.external_id == message.parts[0]
    sent = [heard.json for heard in meta.heard if heard.path.endswith("/messages")]
    assert sent[2]["document"]["filename"] == "a.pdf"
    assert all("id" in body[body["type"]] for body in sent[1:4])


def test_a_text_that_no_caption_holds_goes_first(acme: Business, meta: Loopback) -> None:
    long, short = send(a_conversation(), upload(samples.picture()), body="x" * 1025), None
    hand_over(long)
    short = send(a_conversation(), upload(samples.ogg(), voice=True), body="Listen")
    hand_over(short)

    assert [kind for kind, _text in told(meta)] == ["text", "image", "text", "audio"]
    assert meta.heard[-1].json["audio"]["voice"] is True


def test_what_was_sent_is_not_said_again_when_the_next_fails(acme: Business, meta: Loopback) -> None:
    message = send(a_conversation(), upload(samples.picture(), samples.pdf()), body="Two")
    refused = {"error": {"code": 131053, "message": "Media upload error"}}
    meta.will(Answer(200, {"id": "m1"}), Answer(200, {"messages": [{"id": "wamid.one"}]}), Answer(400, refused))

    with pytest.raises(Temporary):
        hand_over(message)
    half = message.fresh()
    assert (half.status, half.parts, half.payload["steps"]) == ("queued", ["wamid.one"], [["wamid.one"], []])

    hand_over(message)

    assert told(meta) == [("image", "Two"), ("document", "")]
    assert message.fresh().status == "sent"
    assert len(message.fresh().parts) == 2


def test_news_of_one_part_does_not_speak_for_a_message_half_of_which_failed(acme: Business, meta: Loopback) -> None:
    message = send(a_conversation(), upload(samples.picture(), samples.pdf()))
    refused = {"error": {"code": 100, "message": "Bad parameter"}}
    meta.will(
        Answer(200, {"id": "m1"}), Answer(200, {"messages": [{"id": "wamid.half"}]}), Answer(200, {"id": "m2"}),
        Answer(400, refused),
    )  # fmt: skip
    hand_over(message)
    assert message.fresh().status == "failed"

    actions.record_status(message.inbox, protocol.StatusChange("wamid.half", "delivered", timezone.now()))
    assert message.fresh().status == "failed"

    actions.retry_message(message.fresh(), by=people.employee("mona").user.actor)
    hand_over(message)

    assert message.fresh().status == "sent"
    assert [kind for kind, _text in told(meta)] == ["image", "document", "document"]


def test_a_part_that_did_not_arrive_is_the_only_one_sent_again(acme: Business, meta: Loopback) -> None:
    message = send(a_conversation(), upload(samples.picture(), samples.pdf()))
    hand_over(message)
    second = message.fresh().parts[1]

    actions.record_status(message.inbox, protocol.StatusChange(second, "failed", timezone.now(), code="131053"))
    actions.retry_message(message.fresh(), by=people.employee("mona").user.actor)
    hand_over(message)

    assert [kind for kind, _text in told(meta)] == ["image", "document", "document"]
    assert message.fresh().status == "sent"


@pytest.mark.parametrize("data", [samples.wav(), samples.webm(b"A_OPUS"), samples.moving()])
def test_what_whatsapp_does_not_take_is_refused_before(data: bytes, acme: Business) -> None:
    conversation, ids = a_conversation(), upload(data)

    with pytest.raises(Refusal) as refused:
        send(conversation, ids)

    assert refused.value.code == "invalid"
    assert Attachment.objects.get(pk=ids[0]).owner_kind == ""
    assert not Message.objects.filter(direction="out").exists()


def test_the_doors_take_files(client_of: Callable[..., Client], acme: Business) -> None:
    conversation = a_conversation()
    mona, [first], [second] = client_of("mona"), upload(samples.pdf()), upload(samples.picture())

    page = mona.post(f"/inbox/{conversation.pk}/send/", {"attachments": [str(first)]}, headers={"hx-request": "true"})
    api = mona.post(
        f"/api/v1/conversations/{conversation.pk}/send/", {"attachments": [str(second)]}, "application/json"
    )
    theirs = mona.post(
        f"/api/v1/conversations/{conversation.pk}/send/",
        {"attachments": [str(upload(samples.pdf(), who="karim")[0])]}, "application/json",
    )  # fmt: skip

    assert (page.status_code, api.status_code, theirs.status_code) == (204, 201, 400)
    assert [m.type for m in Message.objects.filter(direction="out").order_by("seq")] == ["document", "image"]


def test_said_twice_it_is_sent_once(acme: Business) -> None:
    conversation, ids = a_conversation(), upload(samples.pdf())

    first = send(conversation, ids)
    again = send(conversation, ids, id=first.pk)

    assert first == again


def test_an_address_for_a_provider_opens_one_file_for_minutes(acme: Business, monkeypatch: Any) -> None:
    row = a_file(a_message(an_inbox()))
    path = "/" + handed_address(row).split("/", 3)[3]
    platform = Client(headers={"host": "localhost"})

    answer = platform.get(path)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert platform.get(path[:-3] + "x/").status_code == 404
    monkeypatch.setattr("apps.media.serving.HANDED_FOR", -1)
    assert platform.get(path).status_code == 404


def test_twilio_is_given_an_address(acme: Business, settings: Any) -> None:
    with loopback_server() as server:
        settings.TWILIO_API_URL = server.url
        server.standing = lambda heard: Answer(201, {"sid": "MM1", "status": "queued"})
        message = send(a_conversation(an_inbox("twilio")), upload(samples.picture()), body="Look")

        hand_over(message)

        assert message.fresh().status == "sent"
        form = server.heard[0].form
        assert form["MediaUrl"][0].startswith(f"{settings.PUBLIC_BASE_URL}/media/")
        assert form["Body"] == ["Look"]
