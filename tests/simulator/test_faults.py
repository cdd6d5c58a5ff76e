"""Every fault the pretend network can show, and what it must not cost us (GW-42, R-078)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.conversations import actions
from apps.conversations.models import Conversation, Message, MessageAttempt
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.core.tasks import Temporary
from apps.gateways.models import Delivery, DeliveryElement
from apps.gateways.simulator import phone as verbs
from apps.gateways.simulator import statuses
from apps.gateways.simulator.faults import ERRORS, FAULTS, switched_on, switches
from apps.gateways.tasks import tell_status
from apps.tenants.models import QuarantinedDelivery
from tests import people
from tests.factories import an_inbox


def switch(phone, **faults):
    seed = faults.pop("seed", None)
    return verbs.set_faults(phone, faults=faults, seed=seed, by=SYSTEM)


def bodies():
    return list(
        Message.objects.filter(direction="in").order_by("provider_at", "arrived_seq").values_list("body", flat=True)
    )


def outcomes():
    return sorted(DeliveryElement.objects.values_list("outcome", flat=True))


def send(phone, aftermath, text="Welcome"):
    """A reply of Mona's, after everything that follows it."""
    mona = people.employee("mona")
    with aftermath():
        conversation = Conversation.objects.get()
        message = actions.send_message(conversation, body=text, by=mona.user.actor, employee=mona)
    return message.fresh()


@pytest.fixture
def greeted(phone):
    """The customer has said hello, so that we may answer."""
    verbs.write(phone, text="Hello")
    return phone


def test_what_arrives_twice_is_stored_once(phone):
    switch(phone, duplicate=3)

    verbs.write(phone, text="Hello")

    assert bodies() == ["Hello"]
    assert outcomes() == ["duplicate", "duplicate", "stored"]


def test_a_batch_is_one_body(phone):
    switch(phone, batch=3)

    held = [verbs.write(phone, text=text).status for text in ("One", "Two")]
    before = bodies()
    verbs.write(phone, text="Three")

    assert (held, before) == (["waiting", "waiting"], [])
    assert bodies() == ["One", "Two", "Three"]
    assert list(Delivery.objects.values_list("element_count", flat=True)) == [3]


def test_another_order_is_the_same_for_the_same_seed(phone, inbox):
    other = verbs.add_phone(inbox, number="+96170111111", by=SYSTEM)
    for each in (phone, other):
        switch(each, reorder=5, seed=4)
        for text in "abcde":
            verbs.write(each, text=text)

    arrived = list(DeliveryElement.objects.order_by("created_at").values_list("external_id", flat=True))
    orders = [
        [row.body for row in sorted(each.bubbles.all(), key=lambda row: arrived.index(row.external_id))]
        for each in (phone, other)
    ]
    assert orders[0] == orders[1] != list("abcde")
    assert sorted(orders[0]) == list("abcde")
    assert Delivery.objects.count() == 10


def test_switching_off_lets_go_of_what_was_held(phone):
    switch(phone, batch=10)
    verbs.write(phone, text="One")

    switch(phone)

    assert bodies() == ["One"]


def test_what_comes_three_days_late_keeps_its_time_and_opens_no_window(phone):
    switch(phone, delay=3 * 86_400)

    bubble = verbs.write(phone, text="From long ago")

    message = Message.objects.get()
    assert abs(timezone.now() - timedelta(days=3) - message.provider_at) < timedelta(seconds=5)
    assert abs(bubble.provider_at - message.provider_at) < timedelta(seconds=1)
    assert message.conversation.window_until < timezone.now()


def test_a_broken_element_costs_the_others_nothing(phone):
    switch(phone, malformed=True)

    verbs.write(phone, text="Hello")

    assert bodies() == ["Hello"]
    assert outcomes() == ["dead_letter", "stored"]


def test_a_stranger_s_number_in_our_body_reaches_no_business(phone, globex):
    with tenant_context(globex):
        theirs = an_inbox("simulator").external_id
    switch(phone, foreign=theirs)
    verbs.write(phone, text="Mine")
    switch(phone, foreign=FAULTS["foreign"].value)
    verbs.write(phone, text="Mine too")

    assert bodies() == ["Mine", "Mine too"]
    with tenant_context(globex):
        assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)
    with schema_context("public"):
        reasons = QuarantinedDelivery.objects.order_by("created_at").values_list("reason", flat=True)
        assert list(reasons) == ["foreign_number", "unknown_number"]


def test_late_ticks_wait(greeted, aftermath, monkeypatch):
    asked = []
    monkeypatch.setattr(tell_status, "apply_async", lambda args, countdown: asked.append((args, countdown)))
    switch(greeted, statuses_late=600)

    message = send(greeted, aftermath)

    bubble = greeted.bubbles.get(direction="out")
    assert message.status == "sent"
    assert asked == [([bubble.pk], 600.2)]
    assert [step["status"] for step in bubble.pending] == ["sent", "delivered", "read"]


def test_lost_ticks_never_come(greeted, aftermath):
    switch(greeted, statuses_lost=True)

    message = send(greeted, aftermath)

    assert (message.status, message.status_events.count()) == ("sent", 0)


def test_ticks_in_the_wrong_order_end_where_they_should(greeted, aftermath):
    switch(greeted, statuses_reversed=True)

    message = send(greeted, aftermath)

    events = message.status_events.order_by("created_at").values_list("status", "moved")
    assert list(events) == [("read", True), ("delivered", False), ("sent", False)]
    assert message.status == "read"
    assert message.sent_at <= message.delivered_at <= message.read_at


def test_ticks_before_the_answer_find_their_message(greeted, aftermath):
    switch(greeted, statuses_first=True)

    message = send(greeted, aftermath)

    bubble = greeted.bubbles.get(direction="out")
    assert (message.status, message.external_id) == ("read", bubble.external_id)
    assert outcomes() == ["stored"] * 4


def test_accepted_and_then_not_delivered_is_a_failure_with_its_reason(greeted, aftermath):
    switch(greeted, failed=131026)

    message = send(greeted, aftermath)

    assert (message.status, message.error_code) == ("failed", "131026")
    assert greeted.bubbles.get(direction="out").status == "failed"


def test_a_lost_answer_is_not_sent_again_and_its_ticks_resolve_it(greeted, aftermath):
    switch(greeted, timeout=True, statuses_lost=True)

    unsure = send(greeted, aftermath)
    bubble = greeted.bubbles.get(direction="out")
    statuses.tell(bubble, status="delivered")

    assert unsure.status == "unknown"
    assert (unsure.fresh().status, unsure.fresh().external_id) == ("delivered", bubble.external_id)
    assert greeted.bubbles.filter(direction="out").count() == 1


def test_no_answer_and_nothing_sent_is_unknown_too(greeted, aftermath):
    switch(greeted, timeout_lost=True)

    message = send(greeted, aftermath)

    assert (message.status, message.attempts) == ("unknown", 1)
    assert greeted.bubbles.filter(direction="out").count() == 0


def test_an_unreachable_network_is_tried_again(greeted, aftermath):
    switch(greeted, unreachable=True)

    message = send(greeted, aftermath)

    assert message.attempts >= 1
    assert message.status in ("queued", "failed")
    assert MessageAttempt.objects.first().result == "temporary"
    assert greeted.bubbles.filter(direction="out").count() == 0


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (131047, "failed"), (131026, "failed"), (100, "failed"), (131048, "failed"), (131049, "failed"),
        (132001, "failed"), (131031, "queued"), (190, "queued"),
    ],
)  # fmt: skip
def test_each_refusal_is_what_it_is_with_a_real_provider(greeted, aftermath, code, status):
    switch(greeted, error={"code": code})

    message = send(greeted, aftermath)

    assert message.status == status
    assert MessageAttempt.objects.first().code == str(code)
    assert greeted.bubbles.filter(direction="out").count() == 0


@pytest.mark.parametrize("code", [130429, 131056, 131053, 131000, 503])
def test_a_passing_refusal_passes(greeted, code):
    switch(greeted, error={"code": code, "times": 1, "retry_after": 1})
    mona = people.employee("mona")
    message = actions.send_message(Conversation.objects.get(), body="Welcome", by=mona.user.actor, employee=mona)

    with pytest.raises(Temporary):
        actions.hand_over_to_provider(actions.claim(message.pk))
    Message.objects.filter(pk=message.pk).update(next_at=None)
    actions.hand_over_to_provider(actions.claim(message.pk))

    assert message.fresh().status == "sent"
    assert greeted.fresh().faults == {}
    assert greeted.bubbles.filter(direction="out").count() == 1
    assert [each.result for each in MessageAttempt.objects.order_by("number")] == ["temporary", "accepted"]


def test_a_status_the_door_did_not_take_is_told_again(greeted, aftermath, monkeypatch):
    switch(greeted, statuses_late=600)
    monkeypatch.setattr(tell_status, "apply_async", lambda *_, **__: None)
    send(greeted, aftermath)
    bubble = greeted.bubbles.get(direction="out")
    with monkeypatch.context() as broken:
        broken.setattr("apps.gateways.simulator.network.secret", lambda *_, **__: "another")
        with pytest.raises(Refusal):
            statuses.tell_next(bubble.pk)

    assert statuses.tell_next(bubble.pk) == 0.5

    assert [step["status"] for step in bubble.fresh().pending] == ["delivered", "read"]
    assert Message.objects.get(direction="out").status_events.count() == 1


@pytest.mark.parametrize(
    "faults",
    [
        {"explode": True}, {"duplicate": 1}, {"duplicate": True}, {"batch": "3"}, {"delay": 3 * 86_400 + 1},
        {"malformed": 1}, {"foreign": ""}, {"error": 190}, {"error": {}}, {"error": {"code": -1}},
        {"error": {"code": 1, "also": 2}},
    ],
)  # fmt: skip
def test_a_fault_that_is_not_on_the_list_is_refused(phone, faults):
    with pytest.raises(Refusal):
        switch(phone, **faults)

    assert phone.fresh().faults == {}


def test_every_switch_of_the_page_can_be_switched_on_and_shows_so(phone):
    keys = [each["key"] for each in switches({})]

    for key in keys:
        on = [each["key"] for each in switches(switched_on([key])) if each["on"]]
        assert on == [key]
    assert len(keys) == len(FAULTS) - 1 + len(ERRORS)


def test_every_fault_is_used_here():
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert [name for name in FAULTS if f"{name}=" not in text and f'"{name}":' not in text] == []
