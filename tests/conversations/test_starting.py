"""Writing first, reacting, and taking back: what leaves only in the ways the provider allows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.conversations import actions
from apps.conversations.events import ReactionMade
from apps.conversations.models import Conversation, Message, Reaction
from apps.conversations.tasks import send_reaction
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.core.tasks import Temporary
from apps.customers.models import Customer
from apps.gateways import protocol
from apps.gateways.models import Template
from tests.factories import a_message, an_inbox
from tests.people import employee

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def inbox(acme):
    return an_inbox("simulator")


@pytest.fixture
def stranger(acme):
    """A customer who has never written here."""
    return Customer.objects.create(name="Nour", phone="+96170999999")


@pytest.fixture
def template(inbox):
    return Template.objects.create(
        inbox=inbox, name="hello", language="en", category="utility", status="approved",
        components=[{"type": "BODY", "text": "Good morning"}],
    )  # fmt: skip


def start(client, customer, inbox, **facts):
    form = {"customer": str(customer.pk), "inbox": str(inbox.pk), **facts}
    return client.post(reverse("start-conversation", urlconf="config.urls"), form, headers=SCRIPT)


def test_free_text_to_somebody_without_a_window_is_refused(inbox, stranger, client_of):
    answer = start(client_of("mona"), stranger, inbox, body="Hello")

    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")
    assert not Conversation.objects.exists()


def test_a_template_starts_a_conversation_that_is_the_writers(inbox, stranger, template, client_of):
    assert start(client_of("mona"), stranger, inbox, template=str(template.pk)).status_code == 302

    made = Conversation.objects.get()
    assert (made.customer, made.mode, made.assignee) == (stranger, "human", employee("mona"))
    assert made.last_message.type == "template"


def test_an_open_window_of_the_conversation_before_still_counts(inbox, client_of):
    before = a_message(inbox).conversation
    actions.close_conversation(before, by=SYSTEM)

    assert start(client_of("mona"), before.customer, inbox, body="One more thing").status_code == 302
    made = Conversation.objects.exclude(pk=before.pk).get()
    assert (made.window_until, made.last_message.body) == (before.fresh().window_until, "One more thing")


def test_what_a_colleague_has_is_theirs(inbox, client_of):
    conversation, karim = a_message(inbox).conversation, employee("karim")
    actions.take_over(conversation, employee=karim, by=karim.user.actor)
    answer = start(client_of("mona"), conversation.customer, inbox, body="Hello")

    assert (answer.status_code, answer.json()["name"]) == (409, "Karim")
    assert Message.objects.filter(direction="out").count() == 0


def test_a_blocked_customer_is_not_written_to(inbox, stranger, template, client_of):
    Customer.objects.update(blocked_at=timezone.now())

    assert start(client_of("mona"), stranger, inbox, template=str(template.pk)).status_code == 409
    assert not Conversation.objects.exists()


def test_the_api_starts_one(inbox, stranger, template, client_of):
    body = {"customer": str(stranger.pk), "inbox": str(inbox.pk), "template": {"id": str(template.pk), "values": {}}}
    answer = client_of("mona").post("/api/v1/conversations/", body, "application/json")

    assert answer.status_code == 201, answer.content
    assert answer.json()["customer"] == str(stranger.pk)
    both = client_of("mona").post("/api/v1/conversations/", {**body, "body": "Hi"}, "application/json")
    assert both.status_code == 400


def test_an_emoji_replaces_the_one_before_and_is_taken_off(inbox, announced, django_capture_on_commit_callbacks):
    message = a_message(inbox)
    with django_capture_on_commit_callbacks() as callbacks:
        actions.react_to_message(message, emoji="👍", by=SYSTEM)
    actions.react_to_message(message, emoji="❤️", by=SYSTEM)
    standing = message.reactions.filter(removed_at=None)

    assert [event for event in announced(callbacks) if isinstance(event, ReactionMade)]
    assert list(standing.values_list("by", "emoji")) == [("us", "❤️")]
    actions.react_to_message(message, emoji="", by=SYSTEM)
    assert not standing.exists()
    assert message.reactions.count() == 3


@pytest.fixture
def told(monkeypatch):
    """What the gateway was asked to send; it refuses with what `told.trouble` holds."""

    class Told(list):
        trouble = None

    found = Told()

    def send(self, line, said):
        found.append(said)
        if found.trouble:
            raise found.trouble
        return protocol.Sent(("wamid.reaction",))

    monkeypatch.setattr("apps.gateways.simulator.gateway.Simulator.send", send)
    return found


def test_the_customers_phone_shows_the_newest_only(inbox, told):
    message = a_message(inbox)
    for emoji in ("👍", "❤️"):
        actions.react_to_message(message, emoji=emoji, by=SYSTEM)
    for reaction in message.reactions.order_by("at"):
        send_reaction.delay(reaction.pk)

    assert [said.payload for said in told] == [{"target_external": message.external_id, "emoji": "❤️"}]


def test_a_reaction_the_provider_refuses_leaves_our_screen_and_a_passing_trouble_is_tried_again(inbox, told):
    message = a_message(inbox)
    actions.react_to_message(message, emoji="👍", by=SYSTEM)
    reaction = message.reactions.get()

    told.trouble = protocol.trouble(protocol.Meaning.PASSING, "131000", "later")
    with pytest.raises(Temporary):
        actions.send_reaction(reaction)
    told.trouble = protocol.trouble(protocol.Meaning.UNDELIVERABLE, "131026", "no")
    actions.send_reaction(reaction)

    assert not message.reactions.filter(removed_at=None).exists()


@pytest.mark.parametrize("emoji", ["a", "hello", "👍" * 20, "<b>"])
def test_only_an_emoji_is_a_reaction(inbox, emoji):
    message = a_message(inbox)
    with pytest.raises(Refusal) as refusal:
        actions.react_to_message(message, emoji=emoji, by=SYSTEM)

    assert refusal.value.code == "invalid"
    assert not Reaction.objects.exists()


def test_a_number_that_carries_no_reactions_says_so(acme, client_of):
    message = a_message(an_inbox("twilio"))
    address = reverse("message-react", args=[message.pk], urlconf="config.urls")
    answer = client_of("karim").post(address, {"emoji": "👍"}, headers=SCRIPT)

    assert (answer.status_code, answer.json()["detail"]) == (409, "Reactions cannot be sent from this number.")
    assert not Reaction.objects.exists()


def test_a_closed_window_takes_no_reaction(inbox):
    message = a_message(inbox, at=timezone.now() - timedelta(hours=30))
    with pytest.raises(Refusal) as refusal:
        actions.react_to_message(message, emoji="👍", by=SYSTEM)

    assert refusal.value.code == "window_closed"
    assert not Reaction.objects.exists()


def test_a_queued_message_is_taken_back_before_the_claim_and_not_after(inbox, client_of):
    message = actions.send_message(a_message(inbox).conversation, body="Hi", by=SYSTEM)
    address = reverse("message-cancel", args=[message.pk], urlconf="config.urls")

    assert client_of("karim").post(address, headers=SCRIPT).status_code == 204
    assert (message.fresh().status, actions.claim(message.pk)) == ("canceled", None)
    assert client_of("karim").post(address, headers=SCRIPT).status_code == 409
