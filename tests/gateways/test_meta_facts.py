"""What single elements of Meta's say, to the letter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.gateways.protocol import (
    Address,
    Echo,
    Edited,
    IdentityChanged,
    Ignored,
    Inbound,
    Kind,
    Meaning,
    MediaRef,
    Notice,
    Person,
    ReactionChange,
    Revoked,
    StatusChange,
    Unknown,
)
from apps.gateways.whatsapp_cloud.interpret import interpret
from apps.gateways.whatsapp_cloud.parse import parse
from tests.gateways.samples import OPAQUE, OUTSIDE_WEBHOOKS, OWN, encoded, fact, facts, message, needs_outside

LAYLA = Person(provider_user="LB.1234567890", phone="+96170000001", profile_name="ليلى")


def test_a_text_with_its_person_and_moment() -> None:
    (element,) = parse(encoded(OWN["text"]))

    assert element.kind == Kind.TEXT
    assert element.addresses == (Address("number", "10010001"),)
    assert element.external_id == "wamid.own1"
    assert element.provider_at == datetime.fromtimestamp(1763800001, UTC)
    assert interpret(element.raw) == Inbound(
        external_id="wamid.own1",
        provider_at=datetime.fromtimestamp(1763800001, UTC),
        person=LAYLA,
        type="text",
        body="مرحبا، هل أنتم مفتوحون؟",
        payload={},
    )


def test_a_voice_note_of_somebody_without_a_phone() -> None:
    heard = fact(OWN["voice_from_username"])

    assert heard.person == Person("LB.77AbC", None, None, "karim.k", "Karim")
    assert heard.type == "voice"
    assert heard.media == MediaRef(
        "9001", "audio/ogg", "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=", None, voice=True
    )


def test_a_user_id_in_the_phone_field_is_no_phone() -> None:
    heard = fact(OWN["user_id_in_the_phone_field"])

    assert heard.person == Person(provider_user="LB.ENT.88Zz")


@pytest.mark.parametrize(
    ("sender", "phone", "user"),
    [
        ("96170000001", "+96170000001", None),
        ("+96170000001", "+96170000001", None),
        (96170000001, "+96170000001", None),
        ("US.13491208655302741918", None, "US.13491208655302741918"),
        ("٩٦١٧٠٠٠٠٠٠١", None, None),
        ("0x1", None, None),
        ("123", None, None),
        ("1" * 16, None, None),
    ],
)
def test_whose_name_a_sender_field_holds(sender: Any, phone: str | None, user: str | None) -> None:
    heard = fact(message(**{"from": sender}, text={"body": "x"}))

    if phone is None and user is None:
        assert heard == Unknown("a message from nobody")
    else:
        assert (heard.person.phone, heard.person.provider_user) == (phone, user)


def test_the_card_of_another_person_is_not_used() -> None:
    cards = [
        {"profile": {"name": "Other"}, "wa_id": "96170000002", "user_id": "LB.2"},
        {"profile": {"name": "Me"}, "wa_id": "96170000001", "user_id": "LB.1"},
    ]

    (element,) = parse(encoded(message(cards=cards, text={"body": "x"})))

    assert element.raw["contacts"] == [cards[1]]
    assert interpret(element.raw).person == Person(  # type: ignore[union-attr]
        "LB.1", None, "+96170000001", None, "Me"
    )
    alone = fact(message(cards=cards[:1], text={"body": "x"}))
    assert alone.person == Person(phone="+96170000001")


def test_a_message_that_names_nobody_takes_the_only_card() -> None:
    card = {"profile": {"name": "Me"}, "user_id": "LB.1"}

    one = fact(message(cards=[card], **{"from": ...}, text={"body": "x"}))
    two = fact(message(cards=[card, {"user_id": "LB.2"}], **{"from": ...}))

    assert one.person == Person("LB.1", profile_name="Me")
    assert two == Unknown("a message from nobody")


@pytest.mark.parametrize("moment", [..., None, "", "soon", "-5", "0", True, [], "9" * 30, 1e300, "١٧٦٣٨٠٠٠٠٠"])
def test_a_moment_that_is_none(moment: Any) -> None:
    heard = fact(message(timestamp=moment, text={"body": "x"}))

    assert heard.provider_at is None


@pytest.mark.parametrize("moment", ["1763800000", 1763800000, 1763800000.0, " 1763800000 "])
def test_a_moment_however_written(moment: Any) -> None:
    heard = fact(message(timestamp=moment, text={"body": "x"}))

    assert heard.provider_at == datetime.fromtimestamp(1763800000, UTC)


@pytest.mark.parametrize("reaction", [{"emoji": ""}, {}])
def test_a_reaction_taken_back(reaction: dict[str, str]) -> None:
    heard = fact(message(type="reaction", reaction={"message_id": "wamid.0", **reaction}))

    assert isinstance(heard, ReactionChange)
    assert (heard.target_external, heard.emoji, heard.by_business) == ("wamid.0", None, False)


def test_an_edit_and_a_revoke() -> None:
    new = {"type": "image", "image": {"id": "9", "caption": "new caption"}}
    who = Person(phone="+96170000001")
    at = datetime.fromtimestamp(1763800000, UTC)

    edit = fact(message(type="edit", edit={"original_message_id": "wamid.0", "message": new}))
    revoke = fact(message(type="revoke", revoke={"original_message_id": "wamid.0"}))
    nothing = fact(message(type="revoke"))

    assert edit == Edited("wamid.1", "wamid.0", "new caption", at, who)
    assert revoke == Revoked("wamid.1", "wamid.0", at, who)
    assert nothing == Unknown("revoke of no message")


def test_statuses() -> None:
    delivered, failed, strange = facts(OWN["statuses"])

    assert delivered == StatusChange(
        external_id="wamid.out1",
        status="delivered",
        provider_at=datetime.fromtimestamp(1763800100, UTC),
        opaque_id=OPAQUE,
        pricing={"billable": False, "pricing_model": "PMP", "category": "service"},
    )
    assert (failed.status, failed.code, failed.meaning) == (
        "failed",
        "131047",
        Meaning.WINDOW_CLOSED,
    )
    assert failed.detail == "More than 24 hours have passed"
    assert (strange.status, strange.provider_at, strange.meaning) == ("in_orbit", None, None)


def test_coexistence() -> None:
    body = OWN["coexistence"]

    kinds = [element.kind for element in parse(encoded(body))]
    echo, *history, sync = facts(body)

    assert kinds == [Kind.ECHO, *[Kind.HISTORY] * 3, Kind.CONTACT_SYNC]
    assert echo == Echo(
        external_id="wamid.echo1",
        provider_at=datetime.fromtimestamp(1763800200, UTC),
        to=Person(provider_user="LB.1234567890", phone="+96170000001"),
        type="text",
        body="تفضلي",
        payload={},
    )
    assert history == [Ignored("history_import")] * 3
    assert (sync.kind, sync.detail["action"]) == ("contact_sync", "add")


@needs_outside
def test_the_owner_edits_and_deletes_on_the_phone() -> None:
    edited = fact(OUTSIDE_WEBHOOKS["outgoing_message/edit"])
    deleted = fact(OUTSIDE_WEBHOOKS["outgoing_message/delete"])

    assert (edited.body, edited.target_external) == ("Text was edited", "wamid.zzzzzz")
    assert (edited.by_business, deleted.by_business) == (True, True)
    assert edited.person == Person(phone="+972123456789")


def test_changes_of_identity() -> None:
    number, user, preference = facts(OWN["identity"])

    assert number == IdentityChanged(
        "wamid.sys1",
        datetime.fromtimestamp(1763800300, UTC),
        old=Person(provider_user="LB.1234567890", phone="+96170000001"),
        new=Person(provider_user="LB.99New", phone="+96170000009"),
        what="number",
    )
    assert (user.old.provider_user, user.new.provider_user) == ("LB.1234567890", "LB.99New")
    assert (user.what, user.external_id) == ("user_id", None)
    assert (preference.kind, preference.detail["value"]) == ("preferences", "stop")
    assert preference.person == Person(phone="+96170000001", profile_name="ليلى")


def test_system_messages_we_do_not_know_are_notices() -> None:
    known = fact(message(type="system", system={"type": "customer_identity_changed"}))
    new = fact(message(type="system", system={"type": "user_moved_to_mars"}))
    half = fact(message(type="system", system={"type": "user_changed_number"}))

    assert (known.what, known.old) == ("identity", known.new)
    assert isinstance(new, Notice)
    assert half == Unknown("a change of identity without both sides")


def test_account_fields_are_routed_by_the_account() -> None:
    elements = parse(encoded(OWN["account"]))

    assert [element.kind for element in elements] == [
        Kind.TEMPLATE_STATUS,
        Kind.PHONE_QUALITY,
        Kind.ACCOUNT_UPDATE,
        Kind.UNSUPPORTED_FIELD,
        Kind.ACCOUNT_UPDATE,
    ]
    assert elements[0].addresses == (Address("account", "2001"),)
    assert elements[4].addresses == (Address("account", "2001"), Address("account", "777"))
    assert elements[0].provider_at == datetime.fromtimestamp(1763800400, UTC)
    told = interpret(elements[0].raw)
    assert isinstance(told, Notice)
    assert told.detail["message_template_name"] == "reminder"
    assert interpret(elements[3].raw) == Ignored("unsupported_field")


def test_an_id_longer_than_any_is_none() -> None:
    (element,) = parse(encoded(message(id="w" * 129, text={"body": "x"})))

    assert (element.kind, element.external_id) == (Kind.UNKNOWN, None)
    assert interpret(element.raw) == Unknown("a message without an id")
