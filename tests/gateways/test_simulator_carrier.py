"""The pretend network stands in for Meta's, faults included (GW-41, GW-42)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from apps.gateways.protocol import (
    ACTIONS,
    Inbound,
    Line,
    Meaning,
    OutcomeUnknown,
    Refused,
    SendTrouble,
    Sent,
    Temporary,
    gateway,
)
from apps.gateways.simulator.parse import entry, signed
from apps.gateways.whatsapp_cloud.errors import MEANINGS
from tests.gateways.samples import OPAQUE, outbound

SIMULATOR = gateway("simulator")
LINE = Line("inbox", "10010001", "2001", {})
ACCEPTED = {"messages": [{"id": "sim.1"}]}


class Carrier:
    """Answers what the test said. The setting makes instances, so the lists are shared."""

    answers: list[Any] = []
    heard: list[tuple[Line, dict[str, Any]]] = []

    def accept(self, line: Line, body: dict[str, Any]) -> dict[str, Any]:
        self.heard.append((line, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        found: dict[str, Any] = answer
        return found


@pytest.fixture(autouse=True)
def carrier(settings: Any) -> type[Carrier]:
    settings.SIMULATOR_CARRIER = f"{__name__}.Carrier"
    Carrier.answers, Carrier.heard = [], []
    return Carrier


def test_a_message_is_carried_in_metas_words(carrier: type[Carrier]) -> None:
    carrier.answers = [ACCEPTED]

    assert SIMULATOR.send(LINE, outbound("text", "مرحبا")) == Sent(("sim.1",))

    ((line, body),) = carrier.heard
    assert line is LINE
    assert body["text"] == {"body": "مرحبا", "preview_url": False}
    assert body["biz_opaque_callback_data"] == str(OPAQUE)


@pytest.mark.parametrize("code", MEANINGS)
def test_every_code_can_be_produced(carrier: type[Carrier], code: str) -> None:
    carrier.answers = [{"error": {"code": int(code), "error_data": {"details": "d"}}}]
    retried = ACTIONS[MEANINGS[code]].outcome == "retry"

    with pytest.raises(Temporary if retried else Refused) as raised:
        SIMULATOR.send(LINE, outbound("text", "x"))

    assert (raised.value.meaning, raised.value.detail) == (MEANINGS[code], "d")


@pytest.mark.parametrize(
    ("fault", "kind", "meaning"),
    [
        (httpx.ReadTimeout("silence"), OutcomeUnknown, Meaning.TIMEOUT),
        (httpx.ConnectTimeout("far"), Temporary, Meaning.PASSING),
        (httpx.ConnectError("closed"), Temporary, Meaning.PASSING),
        ({"http_status": 503}, Temporary, Meaning.PASSING),
        ({"http_status": 429, "retry_after": 6}, Temporary, Meaning.THROUGHPUT),
        ({}, OutcomeUnknown, Meaning.TIMEOUT),
        (None, OutcomeUnknown, Meaning.TIMEOUT),
    ],
)
def test_faults_of_the_network(carrier: type[Carrier], fault: Any, kind: type[SendTrouble], meaning: Meaning) -> None:
    carrier.answers = [ACCEPTED, fault]

    with pytest.raises(kind) as raised:
        SIMULATOR.send(LINE, outbound("text", "word " * 1000))

    assert raised.value.meaning == meaning
    assert raised.value.sent_so_far == ("sim.1",)
    if meaning == Meaning.THROUGHPUT:
        assert isinstance(raised.value, Temporary)
        assert raised.value.retry_after == 6.0


def test_read_receipts_are_carried(carrier: type[Carrier]) -> None:
    carrier.answers = [{"success": True}]

    SIMULATOR.mark_read(LINE, "sim.7", typing=False)

    assert carrier.heard[0][1]["status"] == "read"


def test_what_the_phone_posts_is_proven_and_read() -> None:
    said = {"from": "96170000001", "id": "sim.2", "type": "text", "text": {"body": "مرحبا"}}
    entries = [entry("2001", "10010001", "96100000001", messages=[said])]

    body, headers = signed(entries, "secret")

    assert SIMULATOR.verify(body, headers, "", None, ["secret"]) == "secret"
    (element,) = SIMULATOR.parse(body)
    fact = SIMULATOR.interpret(element.raw)
    assert isinstance(fact, Inbound)
    assert fact.body == "مرحبا"
    assert set(headers) & set(SIMULATOR.signature_headers)
