"""What Twilio posts, read to the letter."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.gateways.protocol import (
    Address,
    Element,
    Fact,
    Ignored,
    Inbound,
    Kind,
    Meaning,
    MediaRef,
    Person,
    StatusChange,
    Unknown,
)
from apps.gateways.twilio.interpret import interpret
from apps.gateways.twilio.parse import parse
from tests.gateways.samples import OPAQUE

ARRIVING = {
    "MessageSid": "SM1",
    "SmsMessageSid": "SM1",
    "SmsStatus": "received",
    "AccountSid": "AC1",
    "MessagingServiceSid": "MG1",
    "From": "whatsapp:+96170000001",
    "To": "whatsapp:+14155238886",
    "WaId": "96170000001",
    "ProfileName": "ليلى",
    "Body": "مرحبا",
    "NumMedia": "0",
    "MessageType": "text",
}
STATUS = {
    "MessageSid": "SM2",
    "MessageStatus": "undelivered",
    "ErrorCode": "63016",
    "ErrorMessage": "outside the window",
    "AccountSid": "AC1",
    "From": "whatsapp:+14155238886",
    "To": "whatsapp:+96170000001",
}
OURS = (
    Address("number", "+14155238886"),
    Address("service", "MG1"),
    Address("account", "AC1"),
)


def parsed(base: dict[str, str] = ARRIVING, **but: Any) -> Element:
    form = {key: value for key, value in {**base, **but}.items() if value is not None}
    (element,) = parse(urlencode(form).encode())
    return element


def heard(**but: Any) -> Any:
    return interpret(parsed(**but).raw)


def test_a_text() -> None:
    element = parsed()

    assert (element.kind, element.external_id, element.provider_at) == (Kind.TEXT, "SM1", None)
    assert element.addresses == OURS
    assert interpret(element.raw) == Inbound(
        external_id="SM1",
        provider_at=None,
        person=Person(phone="+96170000001", profile_name="ليلى"),
        type="text",
        body="مرحبا",
        payload={},
    )


@pytest.mark.parametrize(
    ("but", "person"),
    [
        ({"ExternalUserId": "whatsapp:LB.12"}, Person("LB.12", phone="+96170000001")),
        ({"From": "whatsapp:LB.12", "WaId": None}, Person("LB.12")),
        ({"From": "whatsapp:LB.12", "WaId": "LB.12"}, Person("LB.12")),
        ({"From": "whatsapp:LB.12"}, Person("LB.12", phone="+96170000001")),
        (
            {"From": "whatsapp:LB.ENT.9", "ExternalUserId": "whatsapp:LB.12", "WaId": ""},
            Person("LB.12"),
        ),
    ],
)
def test_who_writes(but: dict[str, Any], person: Person) -> None:
    fact = heard(ProfileName="", **but)

    assert fact.person == person


def test_nobody_and_ourselves() -> None:
    assert heard(From="", WaId=None) == Unknown("a message from nobody")
    assert heard(From="whatsapp:+14155238886", WaId="") == Ignored("own_number_echo")


@pytest.mark.parametrize(
    ("but", "kind", "type_", "body", "payload"),
    [
        (
            {"ButtonText": "نعم", "ButtonPayload": "yes", "MessageType": "button"},
            Kind.BUTTON,
            "interactive",
            "نعم",
            {"kind": "button", "id": "yes", "title": "نعم"},
        ),
        (
            {"ListId": "a", "ListTitle": "A", "MessageType": "interactive"},
            Kind.INTERACTIVE,
            "interactive",
            "A",
            {"kind": "list_reply", "id": "a", "title": "A"},
        ),
        (
            {"Latitude": "0", "Longitude": "-1.5", "Label": "Here", "Body": ""},
            Kind.LOCATION,
            "location",
            "Here",
            {"latitude": 0.0, "longitude": -1.5, "name": "Here", "address": "", "url": ""},
        ),
        (
            {"Latitude": "nan", "Longitude": "1"},
            Kind.TEXT,
            "text",
            "مرحبا",
            {},
        ),
        (
            {"Body": "", "MessageType": "poll"},
            Kind.UNSUPPORTED,
            "unsupported",
            "",
            {"provider_type": "poll", "errors": []},
        ),
        (
            {"ReferralSourceUrl": "https://fb.me/x", "ReferralCtwaClid": "c", "ReferralBody": ""},
            Kind.TEXT,
            "text",
            "مرحبا",
            {"referral": {"source_url": "https://fb.me/x", "ctwa_clid": "c"}},
        ),
        (
            {"FrequentlyForwarded": "true"},
            Kind.TEXT,
            "text",
            "مرحبا",
            {"frequently_forwarded": True},
        ),
    ],
)
def test_content_by_field(but: dict[str, Any], kind: Kind, type_: str, body: str, payload: dict[str, Any]) -> None:
    element = parsed(**but)

    fact = interpret(element.raw)
    assert isinstance(fact, Inbound)
    assert (element.kind, fact.type, fact.body, fact.payload) == (kind, type_, body, payload)


@pytest.mark.parametrize(
    ("mime", "named", "kind"),
    [
        ("image/jpeg", "image", Kind.IMAGE),
        ("image/webp", "sticker", Kind.STICKER),
        ("video/mp4", "video", Kind.VIDEO),
        ("audio/ogg; codecs=opus", "audio", Kind.VOICE),
        ("audio/mpeg", "audio", Kind.AUDIO),
        ("text/vcard", "contacts", Kind.CONTACTS),
        ("application/pdf", "document", Kind.DOCUMENT),
        ("", "document", Kind.DOCUMENT),
    ],
)
def test_files_by_their_type(mime: str, named: str, kind: Kind) -> None:
    address = "https://api.twilio.com/2010-04-01/x"
    files: Any = {"MediaUrl0": address, "MediaContentType0": mime, "NumMedia": "1"}

    element = parsed(Body="caption", MessageType=named, **files)

    fact = interpret(element.raw)
    assert isinstance(fact, Inbound)
    assert (element.kind, fact.type, fact.body) == (kind, kind.value, "caption")
    bare = mime.partition(";")[0]
    assert fact.media == MediaRef(address, bare, voice=kind == Kind.VOICE)


def test_every_file_is_kept() -> None:
    files = {f"MediaUrl{i}": f"https://x/{i}" for i in range(3)}

    fact = heard(NumMedia="3", **files)

    assert fact.media.reference == "https://x/0"
    more = [{"reference": f"https://x/{i}", "mime": ""} for i in (1, 2)]
    assert fact.payload["more_media"] == more


def test_a_reply_and_a_forward() -> None:
    fact = heard(OriginalRepliedMessageSid="SM0", Forwarded="true")

    assert (fact.reply_to_external, fact.forwarded) == ("SM0", True)


def test_a_status_is_addressed_by_its_sender() -> None:
    element = parsed(STATUS)

    assert (element.kind, element.external_id) == (Kind.STATUS, "SM2")
    assert element.addresses == (Address("number", "+14155238886"), Address("account", "AC1"))
    assert interpret({**element.raw, "opaque": str(OPAQUE)}) == StatusChange(
        external_id="SM2",
        status="failed",
        provider_at=None,
        opaque_id=OPAQUE,
        code="63016",
        detail="outside the window",
        meaning=Meaning.WINDOW_CLOSED,
    )


@pytest.mark.parametrize("opaque", [None, "", "not ours", 5, []])
def test_an_opaque_id_that_is_not_ours(opaque: Any) -> None:
    fact = interpret({**parsed(STATUS).raw, "opaque": opaque})

    assert isinstance(fact, StatusChange)
    assert fact.opaque_id is None


@pytest.mark.parametrize("word", ["queued", "sent", "delivered", "read", "failed", "in_orbit"])
def test_statuses_keep_their_word(word: str) -> None:
    fact = interpret(parsed(STATUS, MessageStatus=word, ErrorCode=None, ErrorMessage=None).raw)

    assert isinstance(fact, StatusChange)
    assert (fact.status, fact.code, fact.detail, fact.meaning) == (word, None, None, None)


def test_blank_and_repeated_fields_are_kept() -> None:
    (element,) = parse(b"MessageSid=SM1&A=1&A=2&Blank=&Odd=%00%ff")

    assert element.raw["form"]["A"] == ["1", "2"]
    assert element.raw["form"]["Blank"] == [""]
    assert element.raw["form"]["Odd"] == ["\ufffd\ufffd"]


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\x00", b"a=1", b"MessageSid=" + b"x" * 129])
def test_a_form_without_a_message_is_unknown(body: bytes) -> None:
    (element,) = parse(body)

    assert element.kind == Kind.UNKNOWN
    assert isinstance(interpret(element.raw), Unknown)


FIELDS = st.sampled_from([*ARRIVING, *STATUS, "Latitude", "Longitude", "MediaUrl0", "ListId", "Ü"])
VALUES = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [*ARRIVING.values(), *STATUS.values(), "1e999", "9" * 400]
)


@settings(max_examples=400, deadline=None)
@given(
    body=st.binary(max_size=200)
    | st.lists(st.tuples(FIELDS, VALUES), max_size=12).map(lambda pairs: urlencode(pairs).encode())
)
def test_no_form_raises(body: bytes) -> None:
    (element,) = parse(body)

    assert isinstance(interpret(element.raw), Fact)
    assert b"\x00" not in json.dumps(element.raw, ensure_ascii=False).encode()


@settings(max_examples=200, deadline=None)
@given(form=st.dictionaries(FIELDS, st.none() | st.integers() | VALUES | st.lists(st.none() | VALUES)))
def test_no_stored_element_raises(form: dict[str, Any]) -> None:
    assert isinstance(interpret({"form": form}), Fact)
