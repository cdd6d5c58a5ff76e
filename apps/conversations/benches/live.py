"""A busy hour in a minute: 300 open tabs, 50 messages a second over 20 conversations, for 60 seconds.

A tenth of the people see everything; each conversation is somebody's. From the POST's first byte to the frame in each
tab that may know; then whether one is missing, and whether a process grew.
"""

import os
import threading
import time
from typing import Any

from django.conf import settings
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.accounts.roles import AGENT, MANAGER
from apps.conversations.actions import assign_conversation
from apps.conversations.benches import stage
from apps.conversations.benches.nudge import cookie_of, tabs_of, team
from apps.conversations.benches.posting import Provider
from apps.conversations.benches.running import Site, running
from apps.conversations.models import Conversation, Message
from apps.conversations.queries import readers_of
from apps.core.actors import SYSTEM
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress

SOCKETS, RATE, SECONDS, CONVERSATIONS = 300, 50, 60, 20
POSTERS = 8
SETTLE = 10.0  # seconds until the last frames are there
MOST_GROWTH = 1.1  # of a process's memory

Posted = dict[str, tuple[float, float]]


def measure(progress: Progress, small: bool = False) -> dict[str, Any]:
    """Milliseconds from the POST to the frame, over every tab that may know."""
    return stage.at_home("live", progress, small=small)


def play(progress: Progress, small: bool = False) -> dict[str, Any]:
    """The same, on the configured database, broker and layer."""
    sockets, seconds, rate = (20, 5, 10) if small else (SOCKETS, SECONDS, RATE)
    with stage.a_business(progress) as business:
        number = stage.a_number(business)
        with tenant_context(business):
            people = team(sockets, progress, roles=(MANAGER, *[AGENT] * 9))
            cookies = [cookie_of(person) for person in people]
        host = f"{business.slug}.{settings.BASE_DOMAIN}"
        with running("web", "live", "slow") as site, tabs_of(site.port, host, cookies) as tabs:
            stage.warm_up(site.port, number, CONVERSATIONS)
            _post(site, number, CONVERSATIONS, rate, "first", progress)
            with tenant_context(business):
                audience = _share_out(people)
            time.sleep(SETTLE / 2)
            before = site.memory()
            posted = _post(site, number, rate * seconds, rate, "live", progress)
            time.sleep(SETTLE)
            after, frames = site.memory(), tabs.frames()
        with tenant_context(business):
            figures = _figures(posted, frames, audience, sockets, rate)
    growth = {pid: after[pid] / size for pid, size in before.items() if pid in after and size}
    figures["also"] |= {f"memory of process {n}, MB": _sizes(before, after, pid) for n, pid in enumerate(before)}
    figures["also"]["most growth of a process"] = max(growth.values())
    figures["also"]["load"] = f"{os.getloadavg()[0]:.1f}"
    if max(growth.values()) > MOST_GROWTH and not small:
        figures["failures"].append(f"A process grew to {max(growth.values()):.2f} of its memory.")
    return figures


def _sizes(before: dict[int, int], after: dict[int, int], pid: int) -> str:
    return f"{before[pid] // 1024} → {after.get(pid, 0) // 1024}"


def _share_out(people: list[Employee]) -> dict[str, int]:
    """Give each conversation to another agent. Returns how many people may know of each."""
    agents = [person for person in people if "conversations.view_all" not in person.permissions]
    found = {}
    for index, row in enumerate(
        Conversation.objects.filter(customer__phone__startswith="+96170000").order_by("number")
    ):
        row = assign_conversation(row, to=agents[index % len(agents)], by=SYSTEM)
        found[str(row.pk)] = readers_of(row).count()
    return found


def _post(site: Site, number: stage.Number, count: int, rate: int, word: str, progress: Progress) -> Posted:
    """So many messages at a steady pace, by several connections. Late ones go at once: what was promised is kept."""
    posted: Posted = {}
    began = time.monotonic() + 0.2

    def deliver(share: int) -> None:
        provider = Provider(site.port, seed=share, patience=30)
        for index in range(share, count, POSTERS):
            sender = stage.by_phone(index % CONVERSATIONS)
            text = stage.a_text(f"wamid.{word}.{index}", sender, timezone.now(), f"message {index}")
            post = number.signed(stage.a_body(number, [text]))
            time.sleep(max(0.0, began + index / rate - time.monotonic()))
            start = time.monotonic()
            provider.deliver(post)
            posted[text["id"]] = (start, time.monotonic())

    threads = [threading.Thread(target=deliver, args=(share,)) for share in range(POSTERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        progress(len(posted), count, "messages")
        time.sleep(0.5)
    return posted


def _figures(posted: Posted, frames: list[Any], audience: dict[str, int], sockets: int, rate: int) -> dict[str, Any]:
    """Each message beside the frames that say its sequence or, where a later one overtook it, the next that was told.

    A frame says how far the conversation is when it is sent, so under load one frame may speak for two messages.
    """
    heard: dict[str, dict[int, list[float]]] = {}
    for topic, id, seq, times in frames:
        if topic == "conversation" and seq is not None:
            heard.setdefault(str(id), {})[seq] = times
    rows = Message.objects.filter(external_id__in=posted).values_list("external_id", "conversation_id", "arrived_seq")
    waits: list[float] = []
    missing = expected = 0
    for name, conversation, seq in rows:
        told = heard.get(str(conversation), {})
        reached = min((said for said in told if said >= seq), default=None)
        times = sorted(told[reached])[: audience[str(conversation)]] if reached is not None else []
        expected += audience[str(conversation)]
        missing += max(0, audience[str(conversation)] - len(times))
        waits += [(at - posted[name][0]) * 1000 for at in times]
    answers = [(ended - began) * 1000 for began, ended in posted.values()]
    took = max(ended for _, ended in posted.values()) - min(began for began, _ in posted.values())
    figures: dict[str, Any] = {
        "name": "live", "unit": f"ms from POST to frame, {sockets} sockets", "ours": percentiles(waits)["p95"],
        "baseline": 1000, "ratio": percentiles(waits)["p95"] / 1000, "n": len(waits), **percentiles(waits),
        "also": {
            "messages": len(posted), "messages stored": len(rows), "asked for a second": rate,
            "posted a second": len(posted) / took, "frames that had to come": expected, "frames missing": missing,
            "webhook answered, p50, ms": percentiles(answers)["p50"],
            "webhook answered, p95, ms": percentiles(answers)["p95"],
        },
    }  # fmt: skip
    lost = [f"{missing} of {expected} nudges were lost."] if missing else []
    unstored = [f"{len(posted) - len(rows)} messages are not stored."] if len(rows) != len(posted) else []

    return {**figures, "failures": lost + unstored}
