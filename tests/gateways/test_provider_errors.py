"""Every code of requirements 12.1 has the meaning and the action the table gives it."""

from __future__ import annotations

import pickle

import pytest

from apps.gateways.protocol import (
    ACTIONS,
    Meaning,
    OutcomeUnknown,
    Refused,
    SendTrouble,
    Temporary,
    trouble,
)
from apps.gateways.twilio import errors as twilio
from apps.gateways.whatsapp_cloud import errors as meta

META: dict[Meaning, list[int]] = {
    Meaning.WINDOW_CLOSED: [131047],
    Meaning.UNDELIVERABLE: [131026],
    Meaning.BAD_PARAMETERS: [100, 131008, 131009, 131051],
    Meaning.THROUGHPUT: [130429, 4, 80007],
    Meaning.PERSON_TOO_FAST: [131056],
    Meaning.TIER_LIMIT: [131048, 131064],
    Meaning.MARKETING_REFUSED: [131049, 131050],
    Meaning.TOKEN: [0, 190, 3, 10, *range(200, 300), 131005],
    Meaning.LOCKED: [131031, 368, 131042],
    Meaning.TEMPLATE_FAULT: list(range(132000, 132017)),
    Meaning.MEDIA: [131052, 131053],
    Meaning.USER_ID_REFUSED: [131062],
    Meaning.PASSING: [1, 2, 131000, 131016],
}
TWILIO: dict[Meaning, list[int]] = {
    Meaning.WINDOW_CLOSED: [63016],
    Meaning.UNDELIVERABLE: [63024],
    Meaning.BAD_PARAMETERS: [21211, 21614],
    Meaning.THROUGHPUT: [63018, 429],
    Meaning.MARKETING_REFUSED: [21610],
    Meaning.TOKEN: [20003],
    Meaning.TEMPLATE_FAULT: [63040, 63041],
    Meaning.MEDIA: [63019],
    Meaning.TOO_LONG: [21617],
}
RETRIED = {
    Meaning.THROUGHPUT: 8,
    Meaning.PERSON_TOO_FAST: 8,
    Meaning.MEDIA: 2,
    Meaning.PASSING: 8,
}


@pytest.mark.parametrize(("meaning", "code"), [(m, c) for m, cs in META.items() for c in cs])
def test_a_code_of_metas(meaning: Meaning, code: int) -> None:
    answer = {"error": {"code": code, "message": "m", "error_data": {"details": "d"}}}

    raised = meta.trouble_of(answer, 400, None)

    assert meta.meaning_of(str(code)) == meaning
    assert (raised.meaning, raised.code, raised.detail) == (meaning, str(code), "d")
    assert type(raised) is (Temporary if meaning in RETRIED else Refused)


@pytest.mark.parametrize(("meaning", "code"), [(m, c) for m, cs in TWILIO.items() for c in cs])
def test_a_code_of_twilios(meaning: Meaning, code: int) -> None:
    raised = twilio.trouble_of({"code": code, "message": "m"}, 400, None)

    assert twilio.meaning_of(str(code)) == meaning
    assert (raised.meaning, raised.code, raised.detail) == (meaning, str(code), "m")
    assert type(raised) is (Temporary if meaning in RETRIED else Refused)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (429, Meaning.THROUGHPUT),
        (500, Meaning.PASSING),
        (503, Meaning.PASSING),
        (401, Meaning.TOKEN),
        (403, Meaning.TOKEN),
        (404, Meaning.BAD_PARAMETERS),
        (400, Meaning.BAD_PARAMETERS),
    ],
)
@pytest.mark.parametrize("answer", [None, {}, [], {"error": "text"}, {"error": {"code": 987654}}])
def test_a_code_nobody_knows_goes_by_the_status(answer: object, status: int, meaning: Meaning) -> None:
    assert meta.trouble_of(answer, status, None).meaning == meaning
    assert twilio.trouble_of(answer, status, None).meaning == meaning


def test_no_code_is_told_twice() -> None:
    for module in (meta, twilio):
        told = [code for codes in module._CODES.values() for code in codes]
        assert len(told) == len(set(told)) == len(module.MEANINGS)


def test_the_actions_are_those_of_the_table() -> None:
    assert set(ACTIONS) == set(Meaning)
    assert {m: a.tries for m, a in ACTIONS.items() if a.outcome == "retry"} == RETRIED
    assert ACTIONS[Meaning.PERSON_TOO_FAST].first_delay == 6.0
    assert ACTIONS[Meaning.PERSON_TOO_FAST].pace == "person"
    assert ACTIONS[Meaning.THROUGHPUT].pace == "inbox"
    assert {m for m, a in ACTIONS.items() if a.outcome == "hold"} == {
        Meaning.TOKEN,
        Meaning.LOCKED,
    }
    assert ACTIONS[Meaning.TOKEN].inbox_health == "reconnect_needed"
    assert ACTIONS[Meaning.LOCKED].inbox_health == "stopped"
    assert [m for m, a in ACTIONS.items() if a.offers_template] == [Meaning.WINDOW_CLOSED]
    assert [m for m, a in ACTIONS.items() if a.withdraws_consent] == [Meaning.MARKETING_REFUSED]
    assert [m for m, a in ACTIONS.items() if a.marks_template] == [Meaning.TEMPLATE_FAULT]
    assert [m for m, a in ACTIONS.items() if a.pauses_campaigns] == [Meaning.TIER_LIMIT]
    assert [m for m, a in ACTIONS.items() if a.alarms_operators] == [Meaning.BAD_PARAMETERS]
    assert ACTIONS[Meaning.USER_ID_REFUSED].outcome == "fall_back"
    assert ACTIONS[Meaning.TIMEOUT].outcome == "unknown"


@pytest.mark.parametrize("meaning", Meaning)
def test_trouble_survives_a_queue(meaning: Meaning) -> None:
    raised = trouble(meaning, "1", "d", 2.0)
    raised.sent_so_far = ("wamid.1",)

    again = pickle.loads(pickle.dumps(raised))  # noqa: S301 - our own

    assert isinstance(again, SendTrouble)
    assert type(again) is type(raised)
    assert again.__dict__ == raised.__dict__
    assert isinstance(again, OutcomeUnknown) == (meaning == Meaning.TIMEOUT)
