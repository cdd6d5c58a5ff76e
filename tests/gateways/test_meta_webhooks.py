"""Whatever Meta posts is taken apart completely and read without an exception."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from apps.gateways.protocol import (
    Address,
    ChannelTrouble,
    Echo,
    Edited,
    IdentityChanged,
    Ignored,
    Inbound,
    Kind,
    Notice,
    ReactionChange,
    Revoked,
    StatusChange,
    Unknown,
)
from apps.gateways.whatsapp_cloud.interpret import interpret
from apps.gateways.whatsapp_cloud.parse import parse
from tests.gateways.samples import OUTSIDE_WEBHOOKS, OWN, encoded, is_storable, message, needs_outside

LISTS = ("messages", "statuses", "errors", "message_echoes", "user_preferences")
ONE_ELEMENT_WHOLE = ("calls", "group_", "account_", "template_", "message_template_")
FACTS: dict[str, type] = {
    "account_update/": Notice,
    "call_connect/": Ignored,
    "call_permission_update/": Inbound,
    "call_status/": Ignored,
    "call_terminate/": Ignored,
    "callback_": Inbound,
    "deleted_message/": Revoked,
    "edited_message/": Edited,
    "flow_completion/": Inbound,
    "message/reaction": ReactionChange,
    "message/unreaction": ReactionChange,
    "message/": Inbound,
    "message_status/group": Ignored,
    "message_status/": StatusChange,
    "outgoing_message/text": Echo,
    "outgoing_message/delete": Revoked,
    "outgoing_message/edit": Edited,
    "system/": IdentityChanged,
    "template_": Notice,
    "user_marketing_preferences/": Notice,
    "Reaction Message": ReactionChange,
    "System Message": IdentityChanged,
    "Group": Ignored,
    "": Inbound,
}


def counted(body: dict[str, Any]) -> int:
    """How many elements the body holds, by the lengths of its lists alone."""
    total = 0
    for entry in body["entry"]:
        for change in entry["changes"]:
            whole = change["field"].startswith(ONE_ELEMENT_WHOLE)
            value = change["value"]
            total += 1 if whole else sum(len(value.get(name, [])) for name in LISTS)
    return total


def expected_fact(name: str) -> type:
    return next(fact for prefix, fact in FACTS.items() if name.startswith(prefix))


@needs_outside
def test_there_are_ninety_outside_webhooks() -> None:
    assert len(OUTSIDE_WEBHOOKS) == 16 + 74


@pytest.mark.parametrize("name", OUTSIDE_WEBHOOKS)
def test_an_outside_webhook_is_read_completely(name: str) -> None:
    body = OUTSIDE_WEBHOOKS[name]

    elements = parse(encoded(body))
    facts = [interpret(element.raw) for element in elements]

    expected = 2 if name == "message/interactive_message_with_err" else 1
    assert len(elements) == counted(body) == expected
    assert all(element.addresses for element in elements)
    assert not [element for element in elements if element.kind == Kind.UNKNOWN]
    assert type(facts[0]) is expected_fact(name)
    assert all(is_storable(element.raw) for element in elements)


@needs_outside
@pytest.mark.parametrize("together", [2, 7, 30, 90])
def test_webhooks_merged_into_one_body_give_the_same_elements(together: int) -> None:
    names = sorted(OUTSIDE_WEBHOOKS)
    random.Random(together).shuffle(names)
    bodies = [OUTSIDE_WEBHOOKS[name] for name in names]

    for start in range(0, len(bodies), together):
        batch = bodies[start : start + together]
        merged = {"object": "x", "entry": [entry for body in batch for entry in body["entry"]]}

        elements = parse(encoded(merged))

        apart = [element for body in batch for element in parse(encoded(body))]
        assert len(elements) == sum(counted(body) for body in batch)
        assert elements == apart


@needs_outside
def test_every_kind_met_outside_is_one_of_ours() -> None:
    kinds = Counter(e.kind for body in OUTSIDE_WEBHOOKS.values() for e in parse(encoded(body)))

    assert set(kinds) <= set(Kind)
    assert kinds[Kind.VOICE] == 1
    assert kinds[Kind.FORM_REPLY] == 2
    assert kinds[Kind.ECHO] == 3
    assert kinds[Kind.ERROR] == 1
    assert kinds[Kind.ACCOUNT_UPDATE] == 17


def test_one_torn_item_costs_the_other_twelve_nothing() -> None:
    elements = parse(encoded(OWN["two_businesses_and_one_malformed"]))

    facts = [interpret(element.raw) for element in elements]
    assert [type(fact) for fact in facts].count(Inbound) == 12
    assert [type(fact) for fact in facts].count(Unknown) == 1
    assert len(facts) == 13
    torn = next(element for element in elements if element.kind == Kind.UNKNOWN)
    assert torn.addresses == (Address("number", "10010002"),)
    assert torn.raw["item"] == "torn"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{}",
        b'{"entry": {}}',
        b"[" * 5000,
        b'{"entry": "\\ud800"}',
        "ليس جيسون".encode(),
    ],
)
def test_a_body_that_is_no_webhook_is_one_unknown_element(body: bytes) -> None:
    (element,) = parse(body)

    assert element.kind == Kind.UNKNOWN
    assert element.addresses == ()
    assert "unreadable" in element.raw
    assert isinstance(interpret(element.raw), Unknown)
    assert is_storable(element.raw)


def test_what_a_database_refuses_is_replaced_inside_its_item_only() -> None:
    nasty = (
        b'{"entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":'
        b'{"phone_number_id":"7"},"messages":[{"id":"wamid.1","from":"96170000001",'
        b'"type":"text","text":{"body":"a\\u0000b\\ud83d"},"x":1e999,"y":NaN,"z":'
        + b"9" * 5000
        + b',"deep":'
        + b"[" * 200
        + b"]" * 200
        + b"}]}}]}]}"
    )

    (element,) = parse(nasty)

    fact = interpret(element.raw)
    assert isinstance(fact, Inbound)
    assert fact.body == "a\ufffdb\ufffd"
    assert is_storable(element.raw)


@pytest.mark.parametrize("depth", [61, 200, 450, 700])
def test_a_message_with_something_bottomless_in_it_is_still_read(depth: int) -> None:
    body = encoded(message(text={"body": "x"}, odd="DEEP"))
    body = body.replace(b'"DEEP"', b"[" * depth + b"]" * depth)

    (element,) = parse(body)

    assert isinstance(interpret(element.raw), Inbound)
    assert "nested too deeply" in json.dumps(element.raw)


@pytest.mark.parametrize(
    ("body", "kind", "fact"),
    [
        ({"entry": ["torn"]}, Kind.UNKNOWN, Unknown),
        ({"entry": [{"id": "1"}]}, Kind.UNKNOWN, Unknown),
        ({"entry": [{"id": "1", "changes": [None]}]}, Kind.UNKNOWN, Unknown),
        ({"entry": [{"id": "1", "changes": [{"field": "messages"}]}]}, Kind.UNKNOWN, Unknown),
        (
            {"entry": [{"id": "1", "changes": [{"field": "messages", "value": {}}]}]},
            Kind.UNKNOWN,
            Unknown,
        ),
        (
            {"entry": [{"id": "1", "changes": [{"field": "new_thing", "value": {"a": 1}}]}]},
            Kind.UNSUPPORTED_FIELD,
            Ignored,
        ),
        (
            {"entry": [{"changes": [{"field": "messages", "value": {"messages": {"id": "wamid"}}}]}]},
            Kind.UNKNOWN,
            Unknown,
        ),
    ],
)
def test_a_malformed_level_is_one_element(body: Any, kind: Kind, fact: type) -> None:
    (element,) = parse(encoded(body))

    assert element.kind == kind
    assert type(interpret(element.raw)) is fact


def test_lists_are_taken_apart_only_in_the_fields_that_carry_them() -> None:
    value = {"event": "VIOLATION", "errors": [{"code": 1}, {"code": 2}], "messages": [{}, {}, {}]}
    changes = [{"field": field, "value": value} for field in ("account_update", "standby")]

    account, other = parse(encoded({"entry": [{"id": "1", "changes": changes}]}))

    assert interpret(account.raw) == Notice("account_update", value, None)
    assert interpret(other.raw) == Ignored("unsupported_field")


def test_empty_lists_say_nothing() -> None:
    assert parse(b'{"entry": []}') == []
    assert parse(b'{"entry": [{"id": "1", "changes": []}]}') == []


def test_an_error_of_the_channel_is_not_a_message() -> None:
    value = {"metadata": {"phone_number_id": "7"}, "errors": [{"code": 130429, "title": "Rate"}]}
    body = {"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}

    (element,) = parse(encoded(body))

    assert element.kind == Kind.ERROR
    fact = interpret(element.raw)
    assert isinstance(fact, ChannelTrouble)
    assert (fact.code, fact.detail, fact.meaning) == ("130429", "Rate", "throughput")
