"""The drill's accounts notice what they are there for: each loss, planted, is named."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from apps.assistant.actions import consider
from apps.conversations.benches import accounting, stage
from apps.conversations.benches.clients import Answer
from apps.conversations.benches.news import news
from apps.conversations.models import Conversation, Message
from apps.customers.models import Customer
from apps.gateways.models import Delivery, DeliveryElement


@pytest.fixture
def people_number(acme):
    return stage.a_number(acme)


@pytest.fixture
def assistant_number(acme):
    return stage.a_number(acme, mode="ai")


@pytest.fixture
def told(people_number, assistant_number):
    """Sixty bodies posted, twenty of them twice, every customer of the assistant greeted."""
    found = news(people_number, assistant_number, deliveries=60, duplicates=20, seed=1)
    client = Client(headers={"host": "localhost"})
    for post in found.posts:
        client.post(post["path"], post["body"].encode(), "application/json", headers=post["headers"])
    for conversation in Conversation.objects.filter(inbox_id=assistant_number.inbox_id):
        consider(conversation.messages.earliest("arrived_seq"))
    for message in Message.objects.filter(direction="out"):
        Message.objects.filter(pk=message.pk).update(status="sent", external_id=f"wamid.out.{message.pk}")
    return found


@pytest.fixture
def answers(told):
    return [Answer(post["n"], 200, 1, 0.0, 0.1) for post in told.posts]


@pytest.fixture
def accounts(told, answers, people_number, assistant_number):
    """Every failure there is now; `heard` are the greetings on phones."""

    def of(heard=None):
        once = Counter(told.to_assistant)
        verdicts = [
            accounting.of_messages(told, answers),
            accounting.of_order(people_number.inbox_id),
            accounting.of_elements(told, answers),
            accounting.of_greetings(told, assistant_number.inbox_id, once if heard is None else heard),
            accounting.of_counters(),
        ]
        return [failure for _, failures in verdicts for failure in failures]

    return of


def test_a_drill_without_a_loss_has_no_failures(accounts):
    assert accounts() == []


def lose_a_message(told):
    Message.objects.filter(external_id="wamid.1.7").delete()


def leave_a_gap(told):
    first = Conversation.objects.filter(last_seq=4, mode="human").first()
    first.messages.filter(arrived_seq=4).update(arrived_seq=5, seq=5)


def miscount(told):
    Conversation.objects.filter(pk=Conversation.objects.first().pk).update(last_seq=F("last_seq") + 1)


def fork_a_customer(told):
    Customer.objects.create(phone="+96179999999")


def lose_an_element(told):
    DeliveryElement.objects.filter(outcome="duplicate").first().delete()


def lose_a_delivery(told):
    Delivery.objects.first().delete()


def leave_an_element_undone(told):
    DeliveryElement.objects.filter(pk=DeliveryElement.objects.first().pk).update(outcome="failed")


def forget_a_customer(told):
    waiting = Conversation.objects.filter(mode="ai").first()
    long_ago = timezone.now() - timedelta(hours=1)
    Conversation.objects.filter(pk=waiting.pk).update(waiting_since=long_ago)


def lose_a_greeting(told):
    Message.objects.filter(direction="out").first().delete()


@pytest.mark.parametrize(
    ("plant", "sentence"),
    [
        (lose_a_message, "1 acknowledged messages are lost"),
        (leave_a_gap, "1 conversations have gaps"),
        (miscount, "1 conversations count wrongly"),
        (fork_a_customer, "customers for"),
        (lose_an_element, "1 deliveries miss elements"),
        (lose_a_delivery, "1 acknowledged bodies left no delivery"),
        (leave_an_element_undone, "1 elements still undone"),
        (forget_a_customer, "1 customers wait for an assistant that has forgotten them"),
        (lose_a_greeting, "1 customers were never greeted"),
    ],
)
def test_a_planted_loss_is_named(accounts, told, plant, sentence):
    plant(told)

    assert any(sentence in failure for failure in accounts()), accounts()


def test_a_second_greeting_on_a_phone_is_named(accounts, told):
    heard = Counter(dict.fromkeys(told.to_assistant, 2))

    assert f"{len(told.to_assistant)} customers were greeted twice" in accounts(heard)


def test_a_body_that_nobody_acknowledged_is_named(accounts, told, answers):
    sha = told.shas[answers[0].n]
    answers[:] = [answer._replace(status=0) if told.shas[answer.n] == sha else answer for answer in answers]

    assert accounts() == ["1 bodies were never acknowledged"]
