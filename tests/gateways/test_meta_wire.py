"""The Graph API over a real socket: what is asked, and what every kind of failure means."""

from __future__ import annotations

import dataclasses
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from apps.gateways.protocol import (
    Line,
    Meaning,
    OutcomeUnknown,
    Refused,
    SendTrouble,
    Sent,
    Temporary,
    gateway,
)
from tests.gateways.provider import Answer
from tests.gateways.samples import OPAQUE, outbound

if TYPE_CHECKING:
    from tests.gateways.provider import Loopback

META = gateway("whatsapp_cloud")


def accepted(external_id: str) -> Answer:
    contact = {"input": "x", "user_id": "LB.1"}
    told = {"messaging_product": "whatsapp", "contacts": [contact]}
    return Answer(200, {**told, "messages": [{"id": external_id}]})


def refused(code: int, status: int = 400, **headers: str) -> Answer:
    error = {"message": "m", "type": "OAuthException", "code": code, "fbtrace_id": "t"}
    return Answer(status, {"error": {**error, "error_data": {"details": "the details"}}}, headers)


def test_a_text_reaches_the_number_with_the_token(line: Line, loopback: Loopback) -> None:
    loopback.will(accepted("wamid.1"))

    assert META.send(line, outbound("text", "مرحبا")) == Sent(("wamid.1",))

    (asked,) = loopback.heard
    assert asked.path == "/v26.0/10010001/messages"
    assert asked.headers["Authorization"] == "Bearer a-token"
    assert asked.json == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+96170000001",
        "type": "text",
        "text": {"body": "مرحبا", "preview_url": False},
        "biz_opaque_callback_data": str(OPAQUE),
    }


def test_the_line_may_name_its_own_base(line: Line, loopback: Loopback, settings: Any) -> None:
    settings.META_GRAPH_URL = "http://127.0.0.1:1"
    loopback.will(accepted("wamid.1"))

    META.send(dataclasses.replace(line, base_url=f"{loopback.url}/"), outbound("text", "x"))

    assert len(loopback.heard) == 1


def test_a_read_receipt_with_typing(line: Line, loopback: Loopback) -> None:
    loopback.will(Answer(200, {"success": True}))

    META.mark_read(line, "wamid.7", typing=True)

    assert loopback.heard[0].json["typing_indicator"] == {"type": "text"}


def test_parts_leave_in_order(line: Line, loopback: Loopback) -> None:
    loopback.will(accepted("wamid.1"), accepted("wamid.2"), accepted("wamid.3"))

    sent = META.send(line, outbound("text", "word " * 2000, reply="wamid.0"))

    assert sent.external_ids == ("wamid.1", "wamid.2", "wamid.3")
    texts = [asked.json["text"]["body"] for asked in loopback.heard]
    assert " ".join(texts) == ("word " * 2000).strip()
    assert ["context" in asked.json for asked in loopback.heard] == [True, False, False]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (refused(131000, 500), Temporary),
        (refused(131047), Refused),
        (Answer(late=1.4), OutcomeUnknown),
    ],
)
def test_a_part_that_fails_says_which_left_before(
    line: Line, loopback: Loopback, answer: Answer, trouble: type[SendTrouble]
) -> None:
    loopback.will(accepted("wamid.1"), accepted("wamid.2"), answer)

    with pytest.raises(trouble) as raised:
        META.send(line, outbound("text", "word " * 2000))

    assert raised.value.sent_so_far == ("wamid.1", "wamid.2")
    assert len(loopback.heard) == 3


def test_a_refusal_tells_code_and_details(line: Line, loopback: Loopback) -> None:
    loopback.will(refused(131062))

    with pytest.raises(Refused) as raised:
        META.send(line, outbound("text", "x"))

    trouble = raised.value
    assert (trouble.meaning, trouble.code, trouble.detail) == (
        Meaning.USER_ID_REFUSED,
        "131062",
        "the details",
    )


def test_an_error_inside_a_success_is_an_error(line: Line, loopback: Loopback) -> None:
    loopback.will(refused(131047, status=200))

    with pytest.raises(Refused, match="131047"):
        META.send(line, outbound("text", "x"))


@pytest.mark.parametrize(
    ("answer", "meaning", "wait"),
    [
        (refused(130429, 429, **{"Retry-After": "7"}), Meaning.THROUGHPUT, 7.0),
        (Answer(429, b"slow down", {"Retry-After": "3"}), Meaning.THROUGHPUT, 3.0),
        (refused(131056), Meaning.PERSON_TOO_FAST, None),
        (Answer(500, b"<html>"), Meaning.PASSING, None),
        (Answer(503, b"", {"Retry-After": "nonsense"}), Meaning.PASSING, None),
        (refused(2, 500), Meaning.PASSING, None),
    ],
)
def test_what_passes_is_temporary(
    line: Line, loopback: Loopback, answer: Answer, meaning: Meaning, wait: float | None
) -> None:
    loopback.will(answer)

    with pytest.raises(Temporary) as raised:
        META.send(line, outbound("text", "x"))

    assert (raised.value.meaning, raised.value.retry_after) == (meaning, wait)


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_retry_after_as_a_date(line: Line, loopback: Loopback, zone: str) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    loopback.will(Answer(429, b"", {"Retry-After": until.replace("GMT", zone)}))

    with pytest.raises(Temporary) as raised:
        META.send(line, outbound("text", "x"))

    assert 85 < (raised.value.retry_after or 0) <= 90


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("9" * 400, 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("-5", None),
        ("", None),
    ],
)
def test_an_odd_retry_after(line: Line, loopback: Loopback, asked: str, wait: float | None) -> None:
    loopback.will(Answer(503, b"", {"Retry-After": asked}))

    with pytest.raises(Temporary) as raised:
        META.send(line, outbound("text", "x"))

    assert raised.value.retry_after == wait


@pytest.mark.parametrize(
    "answer",
    [
        Answer(late=1.4),
        Answer(cut=True),
        Answer(200, b"not json"),
        Answer(200, {"messages": []}),
        Answer(200, []),
    ],
)
def test_after_it_left_nobody_knows(line: Line, loopback: Loopback, answer: Answer) -> None:
    loopback.will(answer)

    with pytest.raises(OutcomeUnknown) as raised:
        META.send(line, outbound("text", "x"))

    assert raised.value.meaning == Meaning.TIMEOUT
    assert len(loopback.heard) == 1


def test_a_refused_connection_is_temporary(line: Line) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody_there = f"http://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(Temporary) as raised:
        META.send(dataclasses.replace(line, base_url=nobody_there), outbound("text", "x"))

    assert raised.value.meaning == Meaning.PASSING


@pytest.mark.parametrize("base", ["nowhere", "ftp://127.0.0.1", "http://[::bad"])
def test_an_address_that_is_none_is_ours_to_mend(line: Line, base: str) -> None:
    with pytest.raises(Refused) as raised:
        META.send(dataclasses.replace(line, base_url=base), outbound("text", "x"))

    assert raised.value.meaning == Meaning.BAD_PARAMETERS


@pytest.mark.parametrize("token", ["", "رمز", "two\nlines"])
def test_a_token_that_is_none_stops_before_the_wire(line: Line, loopback: Loopback, token: str) -> None:
    with pytest.raises(Refused) as raised:
        META.send(dataclasses.replace(line, secrets={"meta_access_token": token}), outbound("text", "x"))

    assert raised.value.meaning == Meaning.TOKEN
    assert loopback.heard == []


def test_a_redirect_is_not_followed(line: Line, loopback: Loopback) -> None:
    loopback.will(Answer(302, b"", {"Location": f"{loopback.url}/elsewhere"}))

    with pytest.raises(Refused, match="http_302"):
        META.send(line, outbound("text", "x"))

    assert len(loopback.heard) == 1


def test_too_long_never_reaches_the_provider(line: Line, loopback: Loopback) -> None:
    with pytest.raises(Refused) as raised:
        META.send(line, outbound("image", "c" * 1025, id="5"))

    assert raised.value.meaning == Meaning.TOO_LONG
    assert loopback.heard == []


def test_a_line_does_not_show_its_secrets(line: Line) -> None:
    assert "a-token" not in repr(line)
