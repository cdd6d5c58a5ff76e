"""Consent where messages leave (CUS-13, R-059, R-019)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.conversations import actions as conversations
from apps.conversations.actions.consent import provider_refused
from apps.conversations.facts import apply
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM, Actor, ActorKind
from apps.core.refusals import Refusal
from apps.customers import actions, consent
from apps.customers.models import ConsentEntry, Customer
from apps.gateways import protocol
from apps.tenants.models import Business
from tests import people
from tests.factories import a_message, an_inbox

OFFER: dict[str, Any] = {"name": "summer", "language": "en", "components": [], "category": "marketing"}
BOT = Actor(ActorKind.AUTOMATION, None, "Workflow")


@pytest.fixture
def conversation(acme: Business) -> Conversation:
    return a_message(an_inbox()).conversation.fresh()


@pytest.fixture(autouse=True)
def _by_day() -> Any:
    with patch("apps.customers.consent.is_quiet", return_value=False):
        yield


def agree(customer: Customer) -> None:
    actions.grant_all(customer, source="staff", by=SYSTEM, wording="signed the form")


@pytest.mark.parametrize("word", ["stop", "STOP!", "Unsubscribe", "توقف", "إلغاء الاشتراك", "ايقاف", "تَوَقَّف"])
def test_a_word_of_withdrawal_stops_offers_and_reminders(word: str, conversation: Conversation) -> None:
    customer = conversation.customer
    agree(customer)

    proof = a_message(conversation.inbox, word)

    assert not consent.may_send(customer, "marketing")
    assert not consent.may_send(customer, "reminders")
    assert set(ConsentEntry.objects.filter(granted=False).values_list("proof_id", flat=True)) == {proof.pk}
    confirmation = Message.objects.get(direction="out")
    assert "START" in confirmation.body
    a_message(conversation.inbox, word)
    assert Message.objects.filter(direction="out").count() == 1

    before = Message.objects.count()
    for by, payload in ((SYSTEM, OFFER), (BOT, {"name": "reminder", "language": "en"})):
        with pytest.raises(Refusal) as refused:
            conversations.send_message(conversation.fresh(), type="template", payload=payload, by=by)
        assert refused.value.code == "consent_missing"
    with pytest.raises(Refusal):
        conversations.send_message(conversation.fresh(), body="Remember tomorrow", by=BOT)
    assert Message.objects.count() == before

    a_message(conversation.inbox, "ابدأ" if word[0] > "z" else "Start")
    assert consent.may_send(customer, "marketing")


@pytest.mark.parametrize("text", ["Please stop by tomorrow", "I want to cancel my booking", "توقفت السيارة", ""])
def test_a_sentence_is_no_word_of_withdrawal(text: str, acme: Business) -> None:
    assert consent.heard_in(text) is None


def test_a_business_may_add_words(acme: Business) -> None:
    assert consent.heard_in("khalas") is None
    actions.edit_settings(by=SYSTEM, stop_words={"en": ["Khalas"], "ar": ["خلص"]})

    assert consent.heard_in("khalas.") is False
    assert consent.heard_in("خلص") is False


def test_a_person_answering_is_never_stopped(conversation: Conversation) -> None:
    actions.withdraw_all(conversation.customer, source="message", by=SYSTEM)
    karim = people.employee("karim")

    said = conversations.send_message(conversation, body="Of course", by=karim.user.actor, employee=karim)

    assert said.status == "queued"


def test_what_was_withdrawn_while_waiting_fails_at_the_door(conversation: Conversation) -> None:
    agree(conversation.customer)
    message = conversations.send_message(conversation, type="template", payload=OFFER, by=SYSTEM)
    actions.withdraw_all(conversation.customer, source="staff", by=SYSTEM)

    claimed = conversations.claim(message.pk)
    assert claimed is not None
    conversations.hand_over_to_provider(claimed)

    failed = message.fresh()
    assert (failed.status, failed.error_meaning) == ("failed", "consent_missing")
    assert "not agreed" in failed.failure


def test_offers_come_once_a_day(conversation: Conversation) -> None:
    agree(conversation.customer)
    first = conversations.send_message(conversation, type="template", payload=OFFER, by=SYSTEM)

    with pytest.raises(Refusal) as refused:
        conversations.send_message(conversation.fresh(), type="template", payload=OFFER, by=SYSTEM)
    assert refused.value.code == "conflict"
    Message.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(hours=25))
    conversations.send_message(conversation.fresh(), type="template", payload=OFFER, by=SYSTEM)


def test_nobody_who_never_agreed_gets_offers(conversation: Conversation) -> None:
    with pytest.raises(Refusal) as refused:
        conversations.send_message(conversation, type="template", payload=OFFER, by=SYSTEM)

    assert refused.value.code == "consent_missing"
    assert consent.may_send(conversation.customer, "reminders")


def test_a_refusal_of_the_provider_is_a_withdrawal(conversation: Conversation) -> None:
    agree(conversation.customer)
    message = conversations.send_message(conversation, type="template", payload=OFFER, by=SYSTEM)

    message.error_code = "131049"  # its own cap of today
    provider_refused(message, "marketing_refused")
    assert consent.may_send(conversation.customer, "marketing")
    message.error_code = "131050"
    provider_refused(message, "marketing_refused")
    assert not consent.may_send(conversation.customer, "marketing")
    assert consent.may_send(conversation.customer, "reminders")
    message.error_code = "21610"
    provider_refused(message, "marketing_refused")
    assert not consent.may_send(conversation.customer, "reminders")


def test_the_preference_chosen_in_whatsapp_counts(conversation: Conversation) -> None:
    person = protocol.Person(phone=conversation.customer.phone)
    for value, expected in (("stop", False), ("resume", True)):
        wish = {"value": value, "category": "marketing_messages", "detail": "by the customer"}
        outcome = apply(conversation.inbox, protocol.Notice("preferences", wish, timezone.now(), person))

        assert outcome.outcome == "stored"
        assert consent.may_send(conversation.customer, "marketing") is expected
    assert ConsentEntry.objects.filter(source="provider").count() == 2


def test_a_yes_of_a_colleague_says_how(conversation: Conversation) -> None:
    with pytest.raises(Refusal):
        actions.set_consent(conversation.customer, purpose="marketing", granted=True, source="staff", by=SYSTEM)

    assert not ConsentEntry.objects.exists()


@pytest.mark.parametrize(("hour", "quiet"), [(8, True), (9, False), (20, False), (21, True), (3, True)])
def test_night_is_the_customers(hour: int, quiet: bool, acme: Business) -> None:
    at = datetime(2026, 5, 4, hour, 30, tzinfo=ZoneInfo("Asia/Beirut"))

    assert night(Customer(country="LB"), at) is quiet


night: Callable[..., bool] = consent.is_quiet
