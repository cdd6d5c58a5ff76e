"""Not faster than a provider takes it: nobody is refused, nobody overtakes (R-028)."""

import time
from collections import deque
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conversations import actions, tasks
from apps.conversations.actions import pacing
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.gateways import protocol
from apps.gateways.models import Inbox
from tests.factories import a_conversation, a_message, an_inbox
from tests.gateways.conftest import loopback  # noqa: F401  a fixture
from tests.gateways.provider import Answer, obliging

CROWD = 200


def say(conversation, body):
    return actions.send_message(conversation, body=body, by=SYSTEM)


def somebody(inbox, number):
    return a_message(inbox, phone=f"+9617{number:07}").conversation.fresh()


@pytest.fixture
def strict(loopback, settings):  # noqa: F811
    """Meta as it is: more than 80 of one number in any second are refused."""
    heard: deque[float] = deque()

    def answer(request):
        now = time.monotonic()
        heard.append(now)
        while heard[0] <= now - 1:
            heard.popleft()
        return Answer(429, {"error": {"code": 130429}}) if len(heard) > 80 else obliging(request)

    settings.META_GRAPH_URL = loopback.url
    loopback.standing = answer
    return loopback


def test_a_crowd_of_sends_through_a_limited_provider_is_never_refused(acme, strict, monkeypatch):
    inbox = an_inbox()
    messages = [say(somebody(inbox, number), f"Hello {number}") for number in range(CROWD)]
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda *args, **kwargs: None)  # the row says when it is due

    until = time.monotonic() + 60
    while (due := Message.objects.filter(status="queued").values_list("pk", flat=True)) and time.monotonic() < until:
        for pk in list(due):
            tasks.deliver.run(pk)

    assert [message.fresh().status for message in messages] == ["sent"] * CROWD
    assert [message.fresh().attempts for message in messages] == [1] * CROWD
    assert len(strict.heard) == CROWD


def test_one_customer_gets_a_burst_and_then_one_in_six_seconds(acme, strict):
    conversation = a_conversation()
    burst = protocol.WHATSAPP_CUSTOMER.burst
    messages = [say(conversation, f"{number}") for number in range(burst + 2)]

    for message in messages[:burst]:
        assert actions.claim(message.pk) is not None
        Message.objects.filter(pk=message.pk).update(status="unknown")
    with pytest.raises(tasks.Temporary) as pause:
        actions.claim(messages[burst].pk)

    waiting = messages[burst].fresh()
    assert 5 < pause.value.args[0] <= 6
    assert (waiting.status, waiting.attempts, waiting.claimed_at) == ("queued", 0, None)
    assert timezone.now() < waiting.next_at <= timezone.now() + timedelta(seconds=6)
    assert actions.claim(messages[burst + 1].pk) is None, "nobody overtakes"


def test_the_clock_runs_on_while_nobody_writes(acme):
    conversation = a_conversation()
    message = say(conversation, "Hello again")
    ahead = timezone.now() + timedelta(seconds=60)
    Conversation.objects.filter(pk=conversation.pk).update(paced_until=ahead)
    assert pacing.wait_before(message) > pacing.AT_ONCE

    Conversation.objects.filter(pk=conversation.pk).update(paced_until=timezone.now() - timedelta(days=1))

    assert pacing.wait_before(message) == pacing.AT_ONCE
    assert conversation.fresh().paced_until > timezone.now()


def test_one_number_s_pace_is_not_another_s(acme):
    busy, quiet = an_inbox(), an_inbox(external_id="15550009999")
    Inbox.objects.filter(pk=busy.pk).update(paced_until=timezone.now() + timedelta(minutes=1))
    waits = [pacing.wait_before(say(a_conversation(inbox=inbox), "Hello")) for inbox in (busy, quiet)]

    assert waits[0] > timedelta(seconds=59)
    assert waits[1] == pacing.AT_ONCE
