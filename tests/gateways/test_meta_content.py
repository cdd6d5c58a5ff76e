"""What a WhatsApp message holds, type by type."""

from __future__ import annotations

from typing import Any

import pytest

from apps.gateways.protocol import Ignored, Inbound, Kind, MediaRef
from apps.gateways.whatsapp_cloud.interpret import interpret
from apps.gateways.whatsapp_cloud.parse import parse
from tests.gateways.samples import encoded, fact, message


@pytest.mark.parametrize(
    ("item", "kind", "type_", "body", "payload"),
    [
        (
            {"type": "location", "location": {"latitude": 0, "longitude": 0.0, "name": "Null"}},
            Kind.LOCATION,
            "location",
            "Null",
            {"latitude": 0.0, "longitude": 0.0, "name": "Null", "address": "", "url": ""},
        ),
        (
            {"type": "contacts", "contacts": [{"phones": [{}]}, {"name": {"first_name": "Mona"}}]},
            Kind.CONTACTS,
            "contacts",
            "Mona",
            {"contacts": [{"phones": [{}]}, {"name": {"first_name": "Mona"}}]},
        ),
        (
            {"type": "button", "button": {"payload": "yes", "text": "نعم"}},
            Kind.BUTTON,
            "interactive",
            "نعم",
            {"kind": "button", "id": "yes", "title": "نعم"},
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "list_reply",
                    "list_reply": {"id": "a", "title": "A", "description": "first"},
                },
            },
            Kind.INTERACTIVE,
            "interactive",
            "A",
            {"kind": "list_reply", "id": "a", "title": "A", "description": "first"},
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "nfm_reply",
                    "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '"5"'},
                },
            },
            Kind.FORM_REPLY,
            "interactive",
            "Sent",
            {"kind": "form_reply", "name": "flow", "answers": {"value": "5"}},
        ),
        (
            {"type": "interactive"},
            Kind.INTERACTIVE,
            "unsupported",
            "",
            {"provider_type": "interactive", "errors": []},
        ),
        (
            {"type": "hologram"},
            Kind.UNSUPPORTED,
            "unsupported",
            "",
            {"provider_type": "hologram", "errors": []},
        ),
        (
            {"type": "unsupported", "unsupported": {"type": "poll"}, "errors": [{"code": 131051}]},
            Kind.UNSUPPORTED,
            "unsupported",
            "",
            {"provider_type": "poll", "errors": [{"code": 131051}]},
        ),
        (
            {"type": "order", "order": {"catalog_id": 5, "text": "please", "product_items": []}},
            Kind.ORDER,
            "order",
            "please",
            {"catalog_id": "5", "items": []},
        ),
        (
            {"text": {"body": "ad"}, "referral": {"ctwa_clid": "c"}},
            Kind.TEXT,
            "text",
            "ad",
            {"referral": {"ctwa_clid": "c"}},
        ),
        (
            {"text": {"body": "fw"}, "context": {"frequently_forwarded": True}},
            Kind.TEXT,
            "text",
            "fw",
            {"frequently_forwarded": True},
        ),
    ],
)
def test_content_by_type(item: dict[str, Any], kind: Kind, type_: str, body: str, payload: dict[str, Any]) -> None:
    (element,) = parse(encoded(message(**item)))

    heard = interpret(element.raw)
    assert isinstance(heard, Inbound)
    assert (element.kind, heard.type, heard.body, heard.payload) == (kind, type_, body, payload)


def test_files_and_their_captions() -> None:
    sent = {"id": "5", "mime_type": "application/PDF; x=1", "caption": "bill", "filename": "b.pdf"}

    heard = fact(message(type="document", document=sent))
    lost = fact(message(type="image", image={"caption": "no id"}))

    assert heard.media == MediaRef("5", "application/pdf", None, "b.pdf", voice=False)
    assert (heard.type, heard.body) == ("document", "bill")
    assert (lost.type, lost.body, lost.media) == ("image", "no id", None)


def test_a_reply_and_a_forward() -> None:
    reply = fact(message(text={"body": "x"}, context={"id": "wamid.0", "from": "1"}))
    forward = fact(message(text={"body": "x"}, context={"forwarded": True}))

    assert (reply.reply_to_external, reply.forwarded) == ("wamid.0", False)
    assert (forward.reply_to_external, forward.forwarded) == (None, True)


def test_groups_are_told_apart() -> None:
    heard = fact(message(text={"body": "x"}, group_id="g1"))
    reaction = {"message_id": "wamid.0", "emoji": "x"}

    assert heard.is_group is True
    assert fact(message(type="reaction", reaction=reaction, group_id="g1")) == Ignored("group")


def test_our_own_number_speaking_is_ignored() -> None:
    assert fact(message(**{"from": "96100000001"}, text={"body": "x"})) == Ignored("own_number_echo")
