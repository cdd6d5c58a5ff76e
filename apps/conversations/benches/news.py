"""What the drill posts: who writes what to which number, which bodies come twice, in which order. All by one seed."""

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.conversations.benches import stage

SHARE_OF_ASSISTANT = 5  # every fifth message is for the number on which the assistant answers
EACH = 3  # messages of one customer to that number
ODD = 20  # every twentieth body carries something besides its message


@dataclass
class News:
    """The posts, and what must be there when all of them are acknowledged."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)  # provider id → sender
    to_assistant: set[str] = field(default_factory=set)  # senders
    sizes: dict[str, int] = field(default_factory=dict)  # sha256 of a body → its elements
    shas: dict[int, str] = field(default_factory=dict)  # post → sha256 of its body

    def tried(self, tries: dict[int, int]) -> Counter[str]:
        """By body, how often it was sent, from how often each post was."""
        found: Counter[str] = Counter()
        for post, count in tries.items():
            found[self.shas[post]] += count
        return found


def news(people: stage.Number, assistant: stage.Number, *, deliveries: int, duplicates: int, seed: int) -> News:
    """So many bodies of one message each, for two numbers, and some of them a second time."""
    dice = random.Random(seed)  # noqa: S311
    found = News()
    began = timezone.now() - timedelta(minutes=10)
    senders = max(1, deliveries // 8)
    bodies = []
    for index in range(deliveries):
        to_assistant = index % SHARE_OF_ASSISTANT == 0
        number = assistant if to_assistant else people
        who = 1_000_000 + index // SHARE_OF_ASSISTANT // EACH if to_assistant else dice.randrange(senders)
        sender = stage.by_user_id(who) if who % 3 == 0 else stage.by_phone(who)
        text = stage.a_text(f"wamid.{seed}.{index}", sender, began + timedelta(seconds=index / 5), f"word {index}")
        found.messages[text["id"]] = next(iter(sender.values()))
        if to_assistant:
            found.to_assistant.add(next(iter(sender.values())))
        extras = _extras(index) if index % ODD == 1 else {}
        items = [text, *extras.pop("messages", [])]
        bodies.append(number.signed(stage.a_body(number, items, **extras)))
        sha = hashlib.sha256(bodies[-1]["body"].encode()).hexdigest()
        found.sizes[sha] = len(items) + sum(map(len, extras.values()))
    again = dice.sample(range(deliveries), duplicates)
    order = [*range(deliveries), *again]
    dice.shuffle(order)
    for place, index in enumerate(order):
        found.posts.append({"n": place, **bodies[index]})
        found.shas[place] = hashlib.sha256(bodies[index]["body"].encode()).hexdigest()
    return found


def _extras(index: int) -> dict[str, list[Any]]:
    """A status of a message nobody knows, which is held; something malformed, a dead letter."""
    status = {"id": f"wamid.unknown.{index}", "status": "delivered", "timestamp": "1763800000", "recipient_id": "9611"}
    return {"statuses": [status]} if index % (2 * ODD) == 1 else {"messages": ["malformed"]}
