"""Our messages in Meta's words: against its published examples, and inside its limits."""

from __future__ import annotations

from typing import Any

import pytest

from apps.gateways.limits import BODY_LIMIT, CAPTION_LIMIT
from apps.gateways.protocol import Meaning, Outbound, OutcomeUnknown, Recipient, Refused
from apps.gateways.whatsapp_cloud.client import sent_id
from apps.gateways.whatsapp_cloud.compose import parts
from apps.gateways.whatsapp_cloud.gateway import read_receipt
from tests.gateways.samples import OPAQUE, needs_outside, outbound, outside

EXAMPLES: dict[str, Any] = outside("meta_send_requests_official_openapi.json")
RESPONSES: dict[str, Any] = outside("meta_send_responses_official_openapi.json")
OUT_OF_SCOPE = {
    "Send Catalog Message": "catalogue: GW-36, P2",
    "Send Multi-Product Message": "catalogue: GW-36, P2",
    "Send Single Product Message": "catalogue: GW-36, P2",
    "Send Order Details Message": "payments in WhatsApp: not in GW-16",
    "Send Order Status Message": "payments in WhatsApp: not in GW-16",
    "Send Draft Flow by ID": "forms: GW-36, P2",
    "Send Draft Flow by Name": "forms: GW-36, P2",
    "Send Published Flow by ID": "forms: GW-36, P2",
    "Send Published Flow by Name": "forms: GW-36, P2",
    "Send Contact Message": "contacts are understood inbound only (GW-15, GW-16)",
    "Send Reply to Contact Message": "contacts are understood inbound only",
    "Send Sticker Message by ID": "stickers are understood inbound only",
    "Send Sticker Message by URL": "stickers are understood inbound only",
    "Send Reply to Sticker Message by ID": "stickers are understood inbound only",
    "Send Reply to Sticker Message by URL": "stickers are understood inbound only",
}
RECEIPT = "Send typing indicator and read receipt"
IN_SCOPE = sorted(set(EXAMPLES) - set(OUT_OF_SCOPE) - {RECEIPT})


def with_defaults(example: dict[str, Any]) -> dict[str, Any]:
    """The example with what Meta takes for granted where it leaves it out."""
    kinds = ("interactive", "template", "text")
    kind = next((kind for kind in kinds if kind in example), None)
    full = {"recipient_type": "individual", "type": kind, **example}
    if full["type"] == "template":
        told = full["template"]
        language = {"code": told["language"]["code"]}  # the only policy is deterministic
        full["template"] = {**told, "language": language}
    return full


def ours(example: dict[str, Any]) -> Outbound:
    """The message of ours that should become the example."""
    kind, body, payload = example["type"], "", {}
    told = example[kind]
    if kind == "text":
        body, payload = told["body"], {"preview_url": told["preview_url"]}
    elif kind == "interactive":
        body = told["body"]["text"]
        payload = {key: told[key]["text"] for key in ("header", "footer") if key in told}
        if told["type"] == "button":
            kind = "buttons"
            payload["buttons"] = [button["reply"] for button in told["action"]["buttons"]]
        else:
            kind = "list"
            payload.update(told["action"])
    elif kind == "template":
        payload = {**told, "language": told["language"]["code"]}
    elif kind == "reaction":
        payload = {"target_external": told["message_id"], "emoji": told["emoji"]}
    else:
        payload = dict(told)
    reply = example.get("context", {}).get("message_id")
    return Outbound(OPAQUE, Recipient(None, example["to"]), kind, body, payload, reply)


@needs_outside
def test_every_example_is_compared_or_named_out_of_scope() -> None:
    assert len(EXAMPLES) == 50
    assert set(OUT_OF_SCOPE) <= set(EXAMPLES)
    assert len(IN_SCOPE) == 34
    assert len(OUT_OF_SCOPE) == 15


@pytest.mark.parametrize("name", IN_SCOPE)
def test_a_request_equals_the_published_one(name: str) -> None:
    example = with_defaults(EXAMPLES[name])

    (body,) = parts(ours(example))

    assert body.pop("biz_opaque_callback_data") == str(OPAQUE)
    assert body == example


@needs_outside
def test_the_read_receipt_equals_the_published_one() -> None:
    example = EXAMPLES[RECEIPT]

    assert read_receipt(example["message_id"], typing=True) == example
    assert "typing_indicator" not in read_receipt("wamid.1", typing=False)


@pytest.mark.parametrize("name", RESPONSES)
def test_a_published_response_is_understood(name: str) -> None:
    answer = RESPONSES[name]

    if name == f"200/{RECEIPT}":
        with pytest.raises(OutcomeUnknown):
            sent_id(answer)
    else:
        assert sent_id(answer) == answer["messages"][0]["id"]


@needs_outside
def test_there_are_forty_four_responses() -> None:
    assert len(RESPONSES) == 44


def test_a_voice_note_is_audio_that_says_so() -> None:
    (body,) = parts(outbound("voice", "not sent", id="5"))

    assert (body["type"], body["audio"]) == ("audio", {"id": "5", "voice": True})


def test_a_user_id_goes_before_the_phone_and_elsewhere() -> None:
    both = Outbound(OPAQUE, Recipient("LB.1", "+96170000001"), "text", "x")
    nobody = Outbound(OPAQUE, Recipient(None, None), "text", "x")

    (body,) = parts(both)

    assert body["recipient"] == "LB.1"
    assert "to" not in body
    with pytest.raises(Refused, match="nobody"):
        parts(nobody)


def test_long_text_is_several_requests_and_one_reply() -> None:
    bodies = parts(outbound("text", "كلمة " * 2000, reply="wamid.0"))

    assert len(bodies) == 3
    assert [body.get("context") for body in bodies] == [{"message_id": "wamid.0"}, None, None]
    assert {body["biz_opaque_callback_data"] for body in bodies} == {str(OPAQUE)}
    assert all(len(body["text"]["body"]) <= 4096 for body in bodies)


def buttons(**but: Any) -> dict[str, Any]:
    return {"buttons": [{"id": "a", "title": "A"}], **but}


def listed(**but: Any) -> dict[str, Any]:
    rows = [{"id": "a", "title": "A", "description": "first"}]
    return {"button": "Choose", "sections": [{"title": "One", "rows": rows}], **but}


def many(count: int) -> list[dict[str, str]]:
    return [{"id": str(index), "title": f"T{index}"} for index in range(count)]


LONGEST: dict[str, tuple[str, dict[str, Any]]] = {
    "buttons": ("b" * BODY_LIMIT, {"buttons": many(3), "header": "h" * 60, "footer": "f" * 60}),
    "button title": ("b", {"buttons": [{"id": "i" * 256, "title": "t" * 20}]}),
    "ten rows": ("b", {"button": "c" * 20, "sections": [{"rows": many(10)}]}),
    "a row": (
        "b",
        listed(sections=[{"rows": [{"id": "i" * 200, "title": "t" * 24, "description": "d" * 72}]}]),
    ),
    "caption": ("c" * CAPTION_LIMIT, {"id": "5"}),
}


@pytest.mark.parametrize("name", LONGEST)
def test_what_just_fits_is_sent(name: str) -> None:
    body, payload = LONGEST[name]
    kind = "image" if "id" in payload else "buttons" if "buttons" in payload else "list"

    assert len(parts(outbound(kind, body, **payload))) == 1


@pytest.mark.parametrize(
    ("kind", "body", "payload", "why"),
    [
        ("buttons", "b" * 1025, buttons(), "body longer than 1024 characters"),
        ("list", "b" * 1025, listed(), "body longer than 1024 characters"),
        ("buttons", "b", buttons(header="h" * 61), "header longer than 60 characters"),
        ("buttons", "b", buttons(footer="f" * 61), "footer longer than 60 characters"),
        ("buttons", "b", {"buttons": many(4)}, "more than 3 buttons"),
        (
            "buttons",
            "b",
            {"buttons": [{"id": "a", "title": "t" * 21}]},
            "button title longer than 20 characters",
        ),
        (
            "buttons",
            "b",
            {"buttons": [{"id": "i" * 257, "title": "t"}]},
            "button id longer than 256 characters",
        ),
        ("list", "b", listed(button="c" * 21), "list button longer than 20 characters"),
        ("list", "b", listed(sections=[{"rows": many(11)}]), "more than 10 rows"),
        (
            "list",
            "b",
            listed(
                sections=[{"title": "x", "rows": many(6)}, {"title": "y", "rows": many(5)}],
            ),
            "more than 10 rows",
        ),
        (
            "list",
            "b",
            listed(sections=[{"title": "s" * 25, "rows": many(1)}]),
            "section title longer than 24 characters",
        ),
        (
            "list",
            "b",
            listed(sections=[{"rows": [{"id": "a", "title": "t" * 25}]}]),
            "row title longer than 24 characters",
        ),
        (
            "list",
            "b",
            listed(sections=[{"rows": [{"id": "a", "title": "t", "description": "d" * 73}]}]),
            "row description longer than 72 characters",
        ),
        (
            "list",
            "b",
            listed(sections=[{"rows": [{"id": "i" * 201, "title": "t"}]}]),
            "row id longer than 200 characters",
        ),
        ("image", "c" * 1025, {"id": "5"}, "caption longer than 1024 characters"),
    ],
)
def test_what_is_too_long_is_refused_here(kind: str, body: str, payload: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused) as refused:
        parts(outbound(kind, body, **payload))

    assert (refused.value.meaning, refused.value.detail) == (Meaning.TOO_LONG, why)


@pytest.mark.parametrize(
    ("kind", "body", "payload", "why"),
    [
        ("text", " \n", {}, "a text without text"),
        ("buttons", "", buttons(), "no body"),
        ("buttons", "b", {"buttons": []}, "no buttons"),
        ("buttons", "b", {"buttons": [{"id": "a"}]}, "no button title"),
        ("buttons", "b", {"buttons": [*many(1), *many(1)]}, "buttons with the same id"),
        ("list", "b", {"button": "Choose"}, "no rows"),
        ("list", "b", listed(button=""), "no list button"),
        (
            "list",
            "b",
            listed(sections=[{"rows": many(1)}, {"title": "y", "rows": [{"id": "z", "title": "Z"}]}]),
            "no section title",
        ),
        ("image", "", {}, "a file needs either an id or a link"),
        ("image", "", {"id": "1", "link": "x"}, "a file needs either an id or a link"),
        ("location", "", {"latitude": 1}, "a location without longitude"),
        ("template", "", {"name": "x"}, "a template needs a name and a language"),
        ("reaction", "", {"emoji": "x"}, "a reaction to no message"),
    ],
)
def test_what_makes_no_sense_is_refused_here(kind: str, body: str, payload: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused) as refused:
        parts(outbound(kind, body, **payload))

    assert refused.value.detail == why
    assert refused.value.meaning in {Meaning.BAD_PARAMETERS, Meaning.TEMPLATE_FAULT}
