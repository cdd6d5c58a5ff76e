"""A pretend customer and the business talk, through the webhook, the ledger, the outbox and the statuses."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways.actions import line_of
from apps.gateways.models import Delivery, DeliveryElement, SimulatorBubble
from apps.gateways.protocol import Outbound, Recipient, Refused, gateway
from apps.gateways.simulator import phone as verbs
from apps.media.models import Attachment
from apps.tenants.models import QuarantinedDelivery
from tests import people
from tests.factories import an_inbox

BUTTONS = {"buttons": [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}]}
LIST = {
    "button": "Choose",
    "sections": [{"title": "Readings", "rows": [{"id": "r1", "title": "Golden", "description": "30 min"}]}],
}


def the_conversation():
    return Conversation.objects.get()


def answer(text="Welcome", **but):
    mona = people.employee("mona")
    return actions.send_message(the_conversation(), body=text, by=mona.user.actor, employee=mona, **but)


def test_what_the_phone_writes_is_a_customer_s_message_here_and_nowhere_else(phone, globex):
    bubble = verbs.write(phone, text="مرحبا\x00 ")

    message = Message.objects.get()
    assert (message.direction, message.body, message.external_id) == ("in", "مرحبا", bubble.external_id)
    assert message.conversation.customer.phone == phone.number
    assert message.conversation.customer.profile_name == "Rana"
    assert (bubble.status, bubble.pending) == ("sent", [])
    assert list(DeliveryElement.objects.values_list("kind", "outcome")) == [("text", "stored")]
    with tenant_context(globex):
        assert (Message.objects.count(), Delivery.objects.count(), SimulatorBubble.objects.count()) == (0, 0, 0)


def test_an_answer_shows_on_the_phone_and_its_ticks_come_back(phone, aftermath):
    verbs.write(phone, text="Hello")

    with aftermath():
        message = answer("مرحبا *Rana*")

    message = message.fresh()
    bubble = phone.bubbles.get(direction="out")
    assert (bubble.body, bubble.status, bubble.pending) == ("مرحبا *Rana*", "read", [])
    assert (message.status, message.external_id) == ("read", bubble.external_id)
    assert message.sent_at <= message.delivered_at <= message.read_at
    assert [event.status for event in message.status_events.order_by("provider_at")] == ["sent", "delivered", "read"]


def test_a_long_answer_comes_in_parts(phone, aftermath):
    verbs.write(phone, text="Hello")

    with aftermath():
        message = answer("word " * 1000)

    assert phone.bubbles.filter(direction="out").count() == 2
    assert message.fresh().status == "read"


@pytest.mark.parametrize(("offer", "choice", "title"), [(BUTTONS, "no", "No"), (LIST, "r1", "Golden")])
def test_a_choice_is_tapped(phone, aftermath, offer, choice, title):
    verbs.write(phone, text="Hello")
    with aftermath():
        message = answer("Which?", type="buttons" if "buttons" in offer else "list", payload=offer)
    shown = phone.bubbles.get(direction="out")

    tapped = verbs.choose(phone, external_id=shown.external_id, choice=choice)

    stored = Message.objects.get(external_id=tapped.external_id)
    assert (stored.type, stored.body, stored.payload["id"]) == ("interactive", title, choice)
    assert stored.reply_to == message
    with pytest.raises(Refusal):
        verbs.choose(phone, external_id=shown.external_id, choice="maybe")
    assert Message.objects.filter(direction="in").count() == 2


def test_reactions_edits_and_deletions_arrive(phone):
    bubble = verbs.write(phone, text="Helo")
    message = Message.objects.get()

    verbs.react(phone, external_id=bubble.external_id, emoji="👍")
    verbs.react(phone, external_id=bubble.external_id, emoji="")
    verbs.edit(phone, external_id=bubble.external_id, text="Hello")
    edited = message.fresh().body
    verbs.revoke(phone, external_id=bubble.external_id)

    message = message.fresh()
    assert edited == "Hello"
    assert (message.body, message.revoked_at is None) == ("", False)
    assert [(each.emoji, each.removed_at is None) for each in message.reactions.order_by("created_at")] == [
        ("👍", False),
        ("", False),
    ]
    assert Message.objects.count() == 1


def test_places_and_pictures_arrive(phone):
    verbs.share_location(phone, latitude=33.89, longitude=35.5, name="Hamra")
    verbs.send_image(phone, caption="My hand")

    place, picture = Message.objects.order_by("arrived_seq")
    assert (place.type, place.payload["latitude"], place.payload["name"]) == ("location", 33.89, "Hamra")
    assert (picture.type, picture.body) == ("image", "My hand")


def test_a_file_that_comes_late_is_fetched_at_the_second_try(phone):
    verbs.set_faults(phone, faults={"files_late": 1}, seed=None, by=SYSTEM)
    verbs.send_image(phone)
    expected = Attachment.objects.get()

    first = actions.fetch_file(expected.pk)
    Attachment.objects.update(next_at=timezone.now())
    second = actions.fetch_file(expected.pk)

    assert (first.state, first.reason, first.storage_key) == ("failed", "unavailable", "")
    assert (second.state, second.reason) == ("ready", "")
    assert second.bytes > 0
    assert phone.fresh().faults == {}


def test_a_new_number_is_the_same_customer(phone, aftermath):
    verbs.write(phone, text="Hello")
    before = the_conversation().customer_id

    verbs.change_number(phone, number="+96170999999")
    verbs.write(phone, text="Still me")
    with aftermath():
        answer("Welcome back")

    assert the_conversation().customer_id == before
    assert the_conversation().customer.phone == "+96170999999"
    assert phone.bubbles.filter(direction="out").count() == 1


def test_our_reading_turns_the_phone_s_ticks_blue(phone, aftermath):
    first, second = verbs.write(phone, text="One"), verbs.write(phone, text="Two")

    with aftermath():
        actions.mark_read(the_conversation(), employee=people.employee("mona"))

    assert (first.fresh().status, second.fresh().status) == ("read", "read")


def test_the_clock_closes_the_window_on_both_sides(phone, aftermath):
    verbs.set_clock(phone, offset=timedelta(hours=-25), by=SYSTEM)
    verbs.write(phone, text="Yesterday")
    with pytest.raises(Refusal, match="24 hours"):
        answer()
    verbs.set_clock(phone, offset=timedelta(), by=SYSTEM)
    outbound = Outbound(the_conversation().pk, Recipient(None, phone.number), "text", "Hello?")

    with pytest.raises(Refused) as refused:
        gateway("simulator").send(line_of(phone.inbox), outbound)

    assert refused.value.code == "131047"
    assert the_conversation().window_until < timezone.now()
    assert phone.bubbles.filter(direction="out").count() == 0


def test_a_stranger_to_this_inbox_cannot_be_written_to(phone, inbox):
    outbound = Outbound(inbox.pk, Recipient(None, "+96170000000"), "text", "Hello?")

    with pytest.raises(Refused) as refused:
        gateway("simulator").send(line_of(inbox), outbound)

    assert (refused.value.code, SimulatorBubble.objects.count()) == ("131026", 0)


def test_equal_numbers_in_two_businesses_never_meet(phone, globex, aftermath):
    with tenant_context(globex):
        there = verbs.add_phone(an_inbox("simulator"), number=phone.number, name="Other", by=SYSTEM)
        verbs.write(there, text="At globex")
    verbs.write(phone, text="At acme")

    with aftermath():
        answer("From acme")

    assert [bubble.body for bubble in phone.bubbles.all()] == ["At acme", "From acme"]
    with tenant_context(globex):
        assert [bubble.body for bubble in there.bubbles.all()] == ["At globex"]
        assert Message.objects.get().body == "At globex"


def test_only_the_app_s_own_secret_opens_the_door(phone, monkeypatch):
    monkeypatch.setattr("apps.gateways.simulator.network.secret", lambda *_, **__: "another")

    with pytest.raises(Refusal, match="403"):
        verbs.write(phone, text="Forged")

    assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)
    assert phone.bubbles.get().status == "waiting"
    with schema_context("public"):
        assert QuarantinedDelivery.objects.count() == 0


def test_what_could_not_be_posted_goes_with_the_next(phone, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("apps.gateways.simulator.network.secret", lambda *_, **__: "another")
        with pytest.raises(Refusal):
            verbs.write(phone, text="One")

    verbs.write(phone, text="Two")

    assert list(Message.objects.order_by("arrived_seq").values_list("body", flat=True)) == ["One", "Two"]
    assert set(phone.bubbles.values_list("status", flat=True)) == {"sent"}


def test_no_branch_of_the_domain_asks_for_the_simulator():
    apps = Path(__file__).parents[2] / "apps"
    domain = [
        path for name in ("assistant", "conversations", "customers", "realtime") for path in (apps / name).rglob("*.py")
    ]
    domain += [
        path for path in (apps / "gateways").glob("*.py") if path.name not in ("protocol.py", "urls.py", "pages.py")
    ]

    asking = [
        f"{path.name}:{node.lineno}"
        for path in domain
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare | ast.match_case)
        and any(isinstance(inner, ast.Constant) and inner.value == "simulator" for inner in ast.walk(node))
    ]

    assert len(domain) > 30
    assert asking == []
