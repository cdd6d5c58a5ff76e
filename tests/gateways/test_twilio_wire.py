"""Twilio's REST client over a real socket: what is asked, and what failures mean."""

from __future__ import annotations

import dataclasses
import json
import socket
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from apps.gateways.protocol import (
    Line,
    Meaning,
    Outbound,
    OutcomeUnknown,
    Recipient,
    Refused,
    SendTrouble,
    Sent,
    Temporary,
    gateway,
)
from apps.gateways.twilio.compose import parts
from tests.gateways.provider import Answer
from tests.gateways.samples import OPAQUE, outbound

if TYPE_CHECKING:
    from tests.gateways.provider import Loopback

TWILIO = gateway("twilio")
CONTENT = "HX" + "0a" * 16
CALLBACK = f"https://majlis.example/hooks/twilio/hook/status/?opaque={OPAQUE}"


def accepted(sid: str) -> Answer:
    return Answer(201, {"sid": sid, "status": "queued", "account_sid": "AC1"})


def refused(code: int, status: int = 400, **headers: str) -> Answer:
    return Answer(status, {"code": code, "message": "why", "status": status}, headers)


def test_a_text_leaves_with_its_callback(twilio_line: Line, loopback: Loopback) -> None:
    loopback.will(accepted("SM1"))

    assert TWILIO.send(twilio_line, outbound("text", "مرحبا")) == Sent(("SM1",))

    (asked,) = loopback.heard
    basic = b64encode(b"AC1:an-auth-token").decode()
    assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert asked.headers["Authorization"] == f"Basic {basic}"
    assert asked.form == {
        "From": ["whatsapp:+14155238886"],
        "To": ["whatsapp:+96170000001"],
        "Body": ["مرحبا"],
        "StatusCallback": [CALLBACK],
    }


def test_a_pool_and_a_user_id(twilio_line: Line, loopback: Loopback) -> None:
    loopback.will(accepted("SM1"))
    pool = dataclasses.replace(twilio_line, external_id="MG1", base_url=loopback.url)
    message = Outbound(OPAQUE, Recipient("LB.1", "+96170000001"), "text", "x")

    TWILIO.send(pool, message)

    form = loopback.heard[0].form
    assert (form["MessagingServiceSid"], form["To"]) == (["MG1"], ["whatsapp:LB.1"])
    assert "From" not in form


def test_long_text_leaves_in_order(twilio_line: Line, loopback: Loopback) -> None:
    loopback.will(accepted("SM1"), accepted("SM2"), accepted("SM3"))

    sent = TWILIO.send(twilio_line, outbound("text", "كلمة " * 800))

    assert sent.external_ids == ("SM1", "SM2", "SM3")
    bodies = [asked.form["Body"][0] for asked in loopback.heard]
    assert " ".join(bodies) == ("كلمة " * 800).strip()
    assert all(len(body) <= 1600 for body in bodies)


def test_a_part_that_fails_says_which_left_before(twilio_line: Line, loopback: Loopback) -> None:
    loopback.will(accepted("SM1"), refused(63016))

    with pytest.raises(Refused) as raised:
        TWILIO.send(twilio_line, outbound("text", "word " * 400))

    assert raised.value.sent_so_far == ("SM1",)
    assert raised.value.meaning == Meaning.WINDOW_CLOSED


@pytest.mark.parametrize(
    ("answer", "kind", "meaning"),
    [
        (refused(21211), Refused, Meaning.BAD_PARAMETERS),
        (refused(20003, 401), Refused, Meaning.TOKEN),
        (refused(21610), Refused, Meaning.MARKETING_REFUSED),
        (refused(63018, 429, **{"Retry-After": "4"}), Temporary, Meaning.THROUGHPUT),
        (Answer(429, b"", {"Retry-After": "4"}), Temporary, Meaning.THROUGHPUT),
        (Answer(500, b"<html>", {"Retry-After": "4"}), Temporary, Meaning.PASSING),
        (Answer(302, b"", {"Location": "/x"}), Refused, Meaning.BAD_PARAMETERS),
        (Answer(late=1.4), OutcomeUnknown, Meaning.TIMEOUT),
        (Answer(cut=True), OutcomeUnknown, Meaning.TIMEOUT),
        (Answer(201, b"not json"), OutcomeUnknown, Meaning.TIMEOUT),
        (Answer(201, b"[]"), OutcomeUnknown, Meaning.TIMEOUT),
        (Answer(201, b"{}"), OutcomeUnknown, Meaning.TIMEOUT),
    ],
)
def test_failures(
    twilio_line: Line, loopback: Loopback, answer: Answer, kind: type[SendTrouble], meaning: Meaning
) -> None:
    loopback.will(answer)

    with pytest.raises(kind) as raised:
        TWILIO.send(twilio_line, outbound("text", "x"))

    assert raised.value.meaning == meaning
    assert len(loopback.heard) == 1
    if isinstance(raised.value, Temporary):
        assert raised.value.retry_after == 4.0


def test_a_refused_connection_is_temporary(twilio_line: Line) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody_there = f"http://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(Temporary):
        TWILIO.send(dataclasses.replace(twilio_line, base_url=nobody_there), outbound("text", "x"))


@pytest.mark.parametrize(
    ("but", "meaning"),
    [
        ({"account_ref": ""}, Meaning.TOKEN),
        ({"secrets": {"webhook_token": "hook"}}, Meaning.TOKEN),
        ({"secrets": {"twilio_auth_token": "t"}}, Meaning.BAD_PARAMETERS),
    ],
)
def test_a_line_that_lacks_something_stops_before_the_wire(
    twilio_line: Line, loopback: Loopback, but: dict[str, Any], meaning: Meaning
) -> None:
    with pytest.raises(Refused) as raised:
        TWILIO.send(dataclasses.replace(twilio_line, **but), outbound("text", "x"))

    assert raised.value.meaning == meaning
    assert loopback.heard == []


def test_typing_is_shown_and_ticks_alone_are_not(twilio_line: Line, loopback: Loopback) -> None:
    loopback.will(Answer(200, {"success": True}))

    TWILIO.mark_read(twilio_line, "SM7", typing=False)
    TWILIO.mark_read(twilio_line, "SM7", typing=True)

    (asked,) = loopback.heard
    assert asked.path == "/v2/Indicators/Typing.json"
    assert asked.form == {"channel": ["whatsapp"], "messageId": ["SM7"]}


def test_a_template_is_content_and_variables_only() -> None:
    body = {"type": "body", "parameters": [{"type": "text", "text": "ليلى"}, {"text": "5"}]}

    by_name = parts(outbound("template", "never sent", name=CONTENT, components=[body]))
    by_sid = parts(outbound("template", content_sid=CONTENT, variables={"1": "a"}))
    plain = parts(outbound("template", content_sid=CONTENT))

    assert [sorted(told) for told in by_name] == [["content_sid", "content_variables"]]
    assert json.loads(by_name[0]["content_variables"]) == {"1": "ليلى", "2": "5"}
    assert json.loads(by_sid[0]["content_variables"]) == {"1": "a"}
    assert plain == [{"content_sid": CONTENT}]
    with pytest.raises(Refused) as raised:
        parts(outbound("template", name="hello_world", language="en"))
    assert raised.value.meaning == Meaning.TEMPLATE_FAULT


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            outbound("image", "caption", link="https://x/i.jpg"),
            {"media_url": ["https://x/i.jpg"], "body": "caption"},
        ),
        (outbound("voice", "not sent", link="https://x/v.ogg"), {"media_url": ["https://x/v.ogg"]}),
        (
            outbound("location", latitude=1, longitude=2.5, name="Here", address="Street 1"),
            {"body": "Here", "persistent_action": ["geo:1.0,2.5|Street 1"]},
        ),
        (
            outbound("location", latitude=1, longitude=2.5),
            {"body": "1.0, 2.5", "persistent_action": ["geo:1.0,2.5"]},
        ),
        (
            outbound(
                "buttons",
                "Sure?",
                buttons=[{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}],
                header="Head",
                footer="Foot",
            ),
            {"body": "Head\n\nSure?\n\n1. Yes\n2. No\n\nFoot"},
        ),
        (
            outbound(
                "list",
                "Which?",
                button="Choose",
                sections=[{"rows": [{"id": "a", "title": "A", "description": "first"}]}],
            ),
            {"body": "Which?\n\n1. A: first"},
        ),
    ],
)
def test_other_kinds(message: Outbound, told: dict[str, Any]) -> None:
    assert parts(message) == [told]


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (outbound("text", " "), "a text without text"),
        (outbound("image", id="5"), "a file sent through Twilio needs a link"),
        (outbound("reaction", target_external="SM1", emoji="x"), "reaction is not sent"),
        (outbound("location", latitude="x"), "a location without latitude and longitude"),
        (outbound("buttons", "b", buttons=[]), "no buttons"),
        (outbound("image", "c" * 1601, link="https://x"), "caption longer than 1600 characters"),
    ],
)
def test_what_cannot_be_sent_is_refused_here(message: Outbound, why: str) -> None:
    with pytest.raises(Refused, match=why):
        parts(message)
