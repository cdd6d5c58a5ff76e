"""The sweepers forget nobody: a message whose announcement was lost is taken up, whenever it was written."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.assistant import actions as assistant
from apps.assistant import tasks as assistant_tasks
from tests.factories import a_message, an_inbox


@pytest.fixture
def conversation(acme, settings):
    """A conversation in which the assistant has answered the first message."""
    settings.META_GRAPH_URL = "http://127.0.0.1:9"  # nobody listens there
    first = a_message(an_inbox(default_mode="ai"), at=timezone.now() - timedelta(minutes=5))
    assistant.consider(first)
    return first.conversation.fresh()


def sweep():
    with schema_context("public"):
        assistant_tasks.sweep_everywhere.delay()


def test_a_message_that_arrives_late_and_whose_announcement_is_lost_is_considered(conversation, globex):
    """By its provider's time it comes before the greeting, so the greeting stays the conversation's last message."""
    a_message(conversation.inbox, "And what does it cost?", at=timezone.now() - timedelta(minutes=4))
    assert conversation.fresh().last_message.direction == "out"

    sweep()

    after = conversation.fresh()
    assert (after.mode, after.holder, after.needs_human) == ("human", "nobody", True)


def test_an_answered_conversation_is_left_alone(conversation, globex):
    sweep()

    assert conversation.fresh().mode == "ai"
    assert conversation.messages.filter(direction="out").count() == 1
