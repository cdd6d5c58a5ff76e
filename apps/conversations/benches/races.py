"""Who speaks when two want to at once: takeovers against each other, and against the assistant's answer."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connections, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.core.actors import ASSISTANT
from apps.core.refusals import Refusal
from apps.gateways import protocol
from apps.gateways.models import Inbox
from apps.tenants.models import Business

TWO_HOURS = timedelta(hours=2)
LONGEST_DELAY = 0.004  # seconds; about as long as each verb takes, so that either may be first


def together(business: Business, *deeds: Callable[[], object]) -> list[object]:
    """Do all of them at the same moment, each in a thread in this business; what each returned, or its Refusal."""
    results: list[object] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def play(index: int) -> None:
        try:
            with tenant_context(business):
                start.wait(10)
                results[index] = deeds[index]()
        except Refusal as refusal:
            results[index] = refusal
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=play, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def takeover_against_assistant(
    business: Business, inbox: Inbox, employee: Employee, *, count: int, seed: int
) -> dict[str, int]:
    """So many races, each in a new conversation; who came first, and in how many both spoke (none, if all is well)."""
    dice = random.Random(seed)  # noqa: S311
    tally = {"assistant first": 0, "takeover first": 0, "two speakers": 0}
    for number in range(count):
        conversation = an_open_conversation(inbox, f"{seed}.{number}")
        first, second = dice.uniform(0, LONGEST_DELAY), dice.uniform(0, LONGEST_DELAY)
        together(
            business,
            _after(first, partial(_answer, conversation)),
            _after(second, partial(actions.take_over, conversation, employee=employee, by=employee.user.actor)),
        )
        tally[_verdict(conversation)] += 1
    return tally


def two_takeovers(business: Business, conversation: Conversation, people: Sequence[Employee]) -> list[object]:
    """All of them at once; the conversation for whoever won, a Refusal for the others."""
    return together(
        business,
        *(
            lambda employee=employee: actions.take_over(conversation, employee=employee, by=employee.user.actor)
            for employee in people
        ),
    )


def an_open_conversation(inbox: Inbox, name: str) -> Conversation:
    """Somebody wrote two hours ago, too long for the assistant to answer by itself, and the assistant has the word."""
    conversation = a_message(inbox, f"LB.{name}", name, at=timezone.now() - TWO_HOURS).conversation
    give_to_assistant(conversation)
    return conversation.fresh()


def give_to_assistant(conversation: Conversation) -> None:
    """Let it be the assistant's turn, without a word said about it."""
    Conversation.objects.filter(pk=conversation.pk).update(mode="ai", holder="assistant")


def a_message(inbox: Inbox, sender: str, name: str, *, at: datetime | None = None) -> Message:
    """One message of a customer, stored as the webhook stores it. An inbox of people's keeps the assistant quiet."""
    fact = protocol.Inbound(
        external_id=f"wamid.race.{name}", provider_at=at or timezone.now(), type="text", body="Hello", payload={},
        person=protocol.Person(provider_user=sender, profile_name="Rana"),
    )  # fmt: skip
    with transaction.atomic():
        return actions.receive_message(inbox, fact)


def _after(seconds: float, deed: Callable[[], Any]) -> Callable[[], Any]:
    def wait_and_do() -> Any:
        time.sleep(seconds)
        return deed()

    return wait_and_do


def _answer(conversation: Conversation) -> Message:
    """What the assistant does: it reads the epoch, thinks, and speaks under what it has read."""
    return actions.send_message(conversation, body="Hello!", by=ASSISTANT, epoch=conversation.epoch)


def _verdict(conversation: Conversation) -> str:
    said = dict(conversation.messages.exclude(direction="in").values_list("type", "arrived_seq"))
    if "system" not in said:
        return "two speakers"  # the takeover was lost
    if "text" not in said:
        return "takeover first"
    return "assistant first" if said["text"] < said["system"] else "two speakers"
