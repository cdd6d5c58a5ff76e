"""Parallel news and parallel people: in a committed business of its own, because threads and processes see no test's
transaction."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.actions import add_employee
from apps.accounts.models import Role
from apps.assistant.actions import consider
from apps.conversations import actions, ledger
from apps.conversations.actions import dealing
from apps.conversations.benches import races, stage
from apps.conversations.models import Conversation, Message, StatusEvent
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.customers.models import Customer, Identity
from apps.gateways.models import DeliveryElement, Inbox
from apps.gateways.protocol import gateway
from apps.tenants.benches.stage import throwaway_businesses
from tests.gateways.samples import OUTSIDE_WEBHOOKS, OWN

RANK = {"sent": 2, "delivered": 3, "read": 4}


@pytest.fixture(scope="module")
def committed(django_db_setup, django_db_blocker):
    """A business whose rows every thread and process sees; it is removed afterwards."""
    with django_db_blocker.unblock():
        with throwaway_businesses(1) as (business,):
            yield business
            connections.close_all()


@pytest.fixture
def business(committed, django_db_blocker, settings):
    settings.META_GRAPH_URL = "http://127.0.0.1:9"  # nobody listens there
    with django_db_blocker.unblock(), tenant_context(committed):
        yield committed
        connections.close_all()


@pytest.fixture
def number(business):
    return stage.a_number(business)


@pytest.fixture
def people(business):
    role = Role.objects.get(name="agent")
    start = Customer.objects.count()
    return [
        add_employee(email=f"{name}.{start}@example.test", full_name=name, role=role, by=SYSTEM) for name in ("A", "B")
    ]


def delivered(number, text):
    """A function that posts one text, in whichever thread it is called."""
    post = number.signed(stage.a_body(number, [text]))

    def deliver():
        client = Client(headers={"host": "localhost"})
        return client.post(post["path"], post["body"].encode(), "application/json", headers=post["headers"]).status_code

    return deliver


def of(number):
    return {"inbox_id": number.inbox_id}


def outcomes(number):
    return Counter(DeliveryElement.objects.filter(**of(number)).values_list("outcome", flat=True))


@pytest.mark.parametrize("sender", [stage.by_phone(7_700_001), stage.by_user_id(1)], ids=["phone", "user id"])
def test_the_same_body_four_times_at_once_makes_one_row_of_each(business, number, sender):
    customers = Customer.objects.count()
    deliver = delivered(number, stage.a_text("wamid.same", sender, timezone.now(), "Hello"))

    assert races.together(business, *[deliver] * 4) == [200] * 4

    message = Message.objects.get(**of(number))
    assert (Conversation.objects.filter(**of(number)).count(), Customer.objects.count()) == (1, customers + 1)
    assert (message.arrived_seq, message.conversation.last_seq) == (1, 1)
    assert outcomes(number) == {"stored": 1, "duplicate": 3}


@pytest.mark.parametrize("sender", [stage.by_phone(7_700_002), stage.by_user_id(2)], ids=["phone", "user id"])
def test_four_first_messages_of_one_person_at_once_meet_one_customer(business, number, sender):
    customers = Customer.objects.count()
    texts = [stage.a_text(f"wamid.first.{n}", sender, timezone.now(), f"Hello {n}") for n in range(4)]

    assert races.together(business, *[delivered(number, text) for text in texts]) == [200] * 4

    conversation = Conversation.objects.get(**of(number))
    assert Customer.objects.count() == customers + 1
    assert Identity.objects.filter(customer=conversation.customer).count() == 1
    assert sorted(conversation.messages.values_list("arrived_seq", flat=True)) == [1, 2, 3, 4]
    assert conversation.last_seq == 4
    assert outcomes(number) == {"stored": 4}


def readdressed(body, number):
    """A recorded body, sent to our number."""
    raw = json.dumps(body)
    for element in gateway("whatsapp_cloud").parse(raw.encode()):
        for address in element.addresses:
            ours = number.external_id if address.kind == "number" else f"waba-{number.external_id}"
            raw = raw.replace(f'"{address.external_id}"', f'"{ours}"')
    return json.loads(raw)


def in_processes(posts, count=4):
    """Post shares of the bodies from so many processes at once; every status that came back."""
    database = settings.DATABASES["default"]["NAME"]
    environment = {**os.environ, "DATABASE_NAME": database, "META_GRAPH_URL": "http://127.0.0.1:9"}
    words = [sys.executable, "-m", "tests.conversations.poster"]
    running = [
        subprocess.Popen(
            words, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )
        for _ in range(count)
    ]  # fmt: skip
    shares = ["".join(json.dumps(post) + "\n" for post in posts[index::count]) for index in range(count)]
    with ThreadPoolExecutor(count) as waiting:
        said = waiting.map(lambda process, share: process.communicate(share, timeout=240)[0], running, shares)
        return Counter(int(status) for words in said for status in words.split())


def test_recorded_bodies_merged_shuffled_and_five_times_each(business, number):
    bodies = [readdressed(body, number) for body in [*OUTSIDE_WEBHOOKS.values(), *OWN.values()]]
    facts = [
        gateway("whatsapp_cloud").interpret(element.raw)
        for body in bodies
        for element in gateway("whatsapp_cloud").parse(json.dumps(body).encode())
    ]
    expected = {fact.external_id for fact in facts if type(fact).__name__ in ("Inbound", "Echo") and not is_ours(fact)}
    posts = [number.signed(body) for body in bodies] * 5
    random.Random(1).shuffle(posts)

    assert in_processes(posts) == {200: len(posts)}

    stored = Counter(
        Message.objects.filter(**of(number)).exclude(external_id=None).values_list("external_id", flat=True)
    )
    assert stored == dict.fromkeys(expected, 1)
    found = outcomes(number)
    assert (found["failed"], found["pending"], found["processing"]) == (0, 0, 0)
    for conversation in Conversation.objects.filter(**of(number)):
        messages = conversation.messages.order_by("provider_at", "created_at")
        assert conversation.last_message == messages.last() or messages.last().type == "system"
        seqs = list(conversation.messages.values_list("seq", flat=True))
        assert (len(set(seqs)), max(seqs)) == (len(seqs), conversation.last_seq)


def is_ours(fact):
    return getattr(fact, "is_group", False)


def test_statuses_in_any_order_from_four_processes_only_move_forward(business, number):
    inbox = Inbox.objects.get(pk=number.inbox_id)
    conversation = races.an_open_conversation(inbox, "statuses")
    ids = [f"wamid.out.{n}" for n in range(20)]
    for place, external_id in enumerate(ids, 2):
        Message.objects.create(
            conversation=conversation, inbox=inbox, seq=place, arrived_seq=place, direction="out", status="sent",
            external_id=external_id, provider_at=timezone.now(), **SYSTEM.as_fields(),
        )  # fmt: skip
    Conversation.objects.filter(pk=conversation.pk).update(last_seq=len(ids) + 1)
    said = [
        {"id": external_id, "status": status, "timestamp": str(1_763_800_000 + rank), "recipient_id": "96171555001"}
        for external_id in ids
        for status, rank in RANK.items()
    ]
    posts = [number.signed(stage.a_body(number, [], statuses=[status])) for status in said] * 3
    random.Random(2).shuffle(posts)

    assert in_processes(posts) == {200: len(posts)}

    sent = Message.objects.filter(external_id__in=ids)
    assert set(sent.values_list("status", flat=True)) == {"read"}
    assert set(sent.values_list("read_at", flat=True)) == {datetime.fromtimestamp(1_763_800_004, UTC)}
    events = StatusEvent.objects.filter(message__in=sent)
    assert events.count() == len(said)
    for message in sent:
        moves = [RANK[event.status] for event in events.filter(message=message, moved=True).order_by("created_at")]
        assert moves == sorted(set(moves)), moves
    assert outcomes(number) == {"stored": len(said), "duplicate": len(posts) - len(said)}


def test_of_two_takeovers_at_once_one_wins(business, number, people):
    for turn in range(20):
        conversation = races.an_open_conversation(Inbox.objects.get(pk=number.inbox_id), f"two.{turn}")

        results = races.two_takeovers(business, conversation, people)

        winners = [result for result in results if isinstance(result, Conversation)]
        losers = [result for result in results if isinstance(result, Refusal)]
        assert (len(winners), [loser.code for loser in losers]) == (1, ["held_by_other"])
        after = conversation.fresh()
        assert (after.assignee_id, after.epoch) == (winners[0].assignee_id, conversation.epoch + 1)
        assert after.assignments.filter(status="active").count() == 1


def test_of_two_conversations_dealt_at_once_one_gets_the_last_free_place(business, number, people, monkeypatch):
    """Both candidates are looked at under their rows' locks: nobody is given more than there is room for."""
    monkeypatch.setattr(dealing, "CAPACITY", 1)
    monkeypatch.setattr(dealing, "_is_there", lambda person: person.pk == people[0].pk)
    Inbox.objects.filter(pk=number.inbox_id).update(assign_policy="least_busy")
    inbox = Inbox.objects.get(pk=number.inbox_id)
    for turn in range(5):
        Conversation.objects.filter(assignee=people[0]).update(status="resolved", assignee=None)
        waiting = [races.an_open_conversation(inbox, f"dealt.{turn}.{n}") for n in range(2)]
        Conversation.objects.filter(pk__in=[row.pk for row in waiting]).update(
            assignee=None, mode="human", holder="nobody", needs_human=True
        )

        results = races.together(business, *[partial(dealing.deal, row) for row in waiting])

        assert [row.assignee for row in results].count(people[0]) == 1, results


def test_of_two_transfers_at_once_each_turn_ends_once(business, number, people):
    first, second = people
    conversation = races.an_open_conversation(Inbox.objects.get(pk=number.inbox_id), "passed on")
    actions.take_over(conversation, employee=first, by=SYSTEM, force=True)

    both = [partial(actions.transfer_conversation, conversation, to=second, by=SYSTEM)] * 2
    results = races.together(business, *both)

    assert sorted(isinstance(result, Refusal) for result in results) == [False, True]
    assert conversation.assignments.filter(status="active").get().employee == second


def test_the_assistant_and_a_person_never_both_speak(business, people):
    """Fifty here; `manage.py bench survive` races a thousand times."""
    inbox = Inbox.objects.get(pk=stage.a_number(business).inbox_id)

    tally = races.takeover_against_assistant(business, inbox, people[0], count=50, seed=1)

    assert tally["two speakers"] == 0
    assert tally["assistant first"] + tally["takeover first"] == 50
    assert min(tally["assistant first"], tally["takeover first"]) > 2, tally


def test_two_first_messages_at_once_are_greeted_once(business, people):
    inbox = Inbox.objects.get(pk=stage.a_number(business).inbox_id)
    for turn in range(10):
        conversation = races.a_message(inbox, f"LB.greeted.{turn}", f"greeted.{turn}").conversation
        races.a_message(inbox, f"LB.greeted.{turn}", f"greeted.{turn}.again")
        races.give_to_assistant(conversation)

        races.together(business, *[partial(consider, message) for message in conversation.fresh().messages.all()])

        assert conversation.messages.filter(direction="out").count() == 1


def test_one_element_is_taken_up_again_by_one_sweeper(business, number):
    """Two sweepers at once: each due element is handled once."""
    status = {"id": "wamid.later", "status": "delivered", "timestamp": "1763800000", "recipient_id": "96170000003"}
    text = stage.a_text("wamid.kept", stage.by_phone(7_700_003), timezone.now(), "Hello")
    post = number.signed(stage.a_body(number, [text], statuses=[status]))
    Client(headers={"host": "localhost"}).post(
        post["path"], post["body"].encode(), "application/json", headers=post["headers"]
    )
    DeliveryElement.objects.filter(**of(number), outcome="held").update(next_at=timezone.now())

    races.together(business, *[ledger.retry_due] * 4)

    element = DeliveryElement.objects.get(**of(number), kind="status")
    assert (element.outcome, element.reason, element.attempts) == ("held", "message_not_here_yet", 2)
