"""The first answer: greet in the customer's language, hand over when a person is asked for, never stay silent."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.assistant import actions as assistant
from apps.assistant import tasks
from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from tests.factories import a_message, an_inbox
from tests.people import employee


@pytest.fixture
def inbox(acme):
    return an_inbox(default_mode="ai")


@pytest.mark.parametrize(
    ("body", "answer"),
    [("Hi, are you open today?", "Hello! Thank you"), ("مرحبا، هل أنتم مفتوحون؟", "أهلاً بك!")],
)
def test_a_first_message_is_greeted_in_its_language(inbox, body, answer):
    said = assistant.consider(a_message(inbox, body))

    assert said.body.startswith(answer)
    assert (said.actor_kind, said.status) == ("assistant", "queued")
    assert said.conversation.fresh().mode == "ai"


def test_a_text_without_letters_is_greeted_in_the_business_language(inbox):
    assert assistant.consider(a_message(inbox, "👋")).body.startswith("Hello!")


def test_considering_twice_answers_once(inbox):
    message = a_message(inbox)
    assistant.consider(message)
    assistant.consider(message.fresh())

    assert Message.objects.filter(direction="out").count() == 1
    assert Conversation.objects.get().mode == "ai"


def test_a_burst_is_answered_once(inbox):
    burst = [a_message(inbox, body) for body in ("Hello", "I have a question", "about tarot")]
    for message in burst:
        assistant.consider(message.fresh())

    assert Message.objects.filter(direction="out").count() == 1
    assert Conversation.objects.get().mode == "ai"


@pytest.mark.parametrize("body", ["Can I talk to a person?", "أريد التحدث مع موظف لو سمحت"])
def test_who_asks_for_a_person_is_told_and_handed_over(inbox, body):
    said = assistant.consider(a_message(inbox, body))

    conversation = said.conversation.fresh()
    assert said.body
    assert (conversation.mode, conversation.holder, conversation.needs_human, conversation.needs_reason) == (
        "human", "nobody", True, "asked",
    )  # fmt: skip


def test_beyond_the_greeting_a_person_is_called(inbox):
    assistant.consider(a_message(inbox, "Hello"))
    assistant.consider(a_message(inbox, "How much is the golden reading?"))

    conversation = Conversation.objects.get()
    assert (conversation.mode, conversation.needs_reason) == ("human", "low_confidence")
    assert conversation.messages.filter(direction="out").count() == 1


def test_an_old_message_gets_no_answer_but_a_person_is_told(inbox):
    message = a_message(inbox, at=timezone.now() - timedelta(minutes=30))
    type(inbox).objects.filter(pk=inbox.pk).update(stale_minutes=5)

    assert assistant.consider(message.fresh()) is None

    assert Message.objects.filter(direction="out").count() == 0
    assert Conversation.objects.get().needs_reason == "late"


def test_in_hybrid_nothing_is_sent_and_a_person_is_told(acme):
    assert assistant.consider(a_message(an_inbox(default_mode="hybrid"))) is None

    assert Message.objects.filter(direction="out").count() == 0
    assert Conversation.objects.get().needs_human


def test_the_assistant_is_silent_while_a_person_speaks(inbox):
    message, mona = a_message(inbox), employee("mona")
    actions.take_over(message.conversation, employee=mona, by=mona.user.actor)

    assert assistant.consider(message.fresh()) is None
    assert Message.objects.filter(direction="out").count() == 0


def test_a_message_whose_announcement_was_lost_is_taken_up(inbox, globex, django_capture_on_commit_callbacks):
    a_message(inbox, at=timezone.now() - timedelta(minutes=1))

    tasks.sweep_everywhere.delay()

    assert Message.objects.get(direction="out").actor_kind == "assistant"
    with tenant_context(globex):
        assert Message.objects.count() == 0
