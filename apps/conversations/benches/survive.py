"""The kill drill: deliveries and duplicates, shuffled, from several providers, while web, workers and clock are killed
with -9 at random moments and PostgreSQL crashes once. Everything acknowledged must be there, once, in order.

The seed decides bodies, order, victims and pauses; what the machine makes of them differs from run to run.
"""

import os
import random
import signal
import time
from typing import Any

from django.conf import settings
from django_tenants.utils import tenant_context

from apps.accounts.actions import add_employee
from apps.accounts.models import Role
from apps.conversations.benches import accounting, races, stage
from apps.conversations.benches.clients import Answer, Clients, dealt
from apps.conversations.benches.graph import a_graph
from apps.conversations.benches.news import news
from apps.conversations.benches.running import Site, running
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.gateways.models import DeliveryElement, Inbox
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress
from apps.tenants.embedded import Cluster
from apps.tenants.models import Business

PARTS = ("web", "live", "outbound", "slow", "beat")
FULL = {"deliveries": 1500, "duplicates": 500}
SMALL = {"deliveries": 150, "duplicates": 50}
RACES = {False: 1000, True: 20}  # small?
CLIENTS = 4
PAUSES = (0.05, 0.35)  # seconds between two kills
UNDER_WAY = 2.0  # seconds, more than any living worker takes to send
PATIENCE = 150.0  # seconds: of a provider for one body, and of us until the site has come to rest


def measure(progress: Progress, *, seed: int = 1, small: bool = False) -> dict[str, Any]:
    """What was lost or doubled (none), beside how long an acknowledgement took with all retries, in ms."""
    return stage.at_home("survive", progress, seed=seed, small=small)


def play(progress: Progress, *, seed: int = 1, small: bool = False) -> dict[str, Any]:
    """The drill itself, on the configured database, which is crashed only if it is the bundled one."""
    with stage.a_business(progress) as business, a_graph() as graph:
        people, assistant = stage.a_number(business), stage.a_number(business, mode="ai")
        told = news(people, assistant, seed=seed, **(SMALL if small else FULL))
        with running(*PARTS, META_GRAPH_URL=graph.url) as site:
            clients = Clients(site.port, dealt(told.posts, CLIENTS), seed=seed, patience=PATIENCE)
            dice = random.Random(seed)  # noqa: S311
            crashes = _disturb(site, clients, dice, len(told.posts), progress)
            answers = clients.wait()
            stage.forget_connections()
            with tenant_context(business):
                rested = _rest(progress, assistant)
                verdicts = [
                    accounting.of_messages(told, answers),
                    accounting.of_order(people.inbox_id),
                    accounting.of_elements(told, answers),
                    accounting.of_greetings(told, assistant.inbox_id, graph.heard),
                    accounting.of_counters(),
                ]
                tally = _race(business, seed, RACES[small])
    return _figures(site, answers, crashes, rested, tally, verdicts)


def _disturb(site: Site, clients: Clients, dice: random.Random, posts: int, progress: Progress) -> int:
    """Kill until everything is posted; crash the database once, halfway. How often the database crashed."""
    crashes = 0
    while clients.are_posting:
        time.sleep(dice.uniform(*PAUSES))
        site.kill(dice.choice(PARTS))
        if settings.EMBEDDED and not crashes and len(clients.answers) > posts / 2:
            _crash(Cluster(settings.VAR_DIR))
            crashes += 1
        progress(len(clients.answers), posts, f"posted, {site.deaths.total()} kills")
    return crashes


def _crash(cluster: Cluster) -> None:
    """kill -9 of the server, and its start with recovery."""
    pid = cluster.pid()
    if pid:
        os.kill(pid, signal.SIGKILL)
        while cluster.pid():
            time.sleep(0.05)
    cluster.start(follow_parent=True)


def _rest(progress: Progress, assistant: stage.Number) -> float:
    """Wait until nothing is left to do but what a killed worker had under way; how many seconds that took."""
    began = time.monotonic()
    while (waited := time.monotonic() - began) < PATIENCE:
        queued = Message.objects.filter(status="queued").count()
        undone = DeliveryElement.objects.filter(outcome__in=("pending", "processing", "failed")).count()
        theirs = Conversation.objects.filter(inbox_id=assistant.inbox_id, holder="assistant")
        waiting = theirs.exclude(waiting_since=None).count()
        progress(int(waited), int(PATIENCE), f"s until rest: {queued} queued, {undone} undone, {waiting} waiting")
        if not queued + undone + waiting:
            break
        time.sleep(0.5)
    time.sleep(UNDER_WAY)
    return waited


def _race(business: Business, seed: int, count: int) -> dict[str, int]:
    role = Role.objects.get(name="agent")
    person = add_employee(email="racer@example.test", full_name="Racer", role=role, by=SYSTEM)
    inbox = Inbox.objects.get(pk=stage.a_number(business).inbox_id)
    return races.takeover_against_assistant(business, inbox, person, count=count, seed=seed)


def _figures(
    site: Site, answers: list[Answer], crashes: int, rested: float, tally: dict[str, int],
    verdicts: list[accounting.Verdict],
) -> dict[str, Any]:  # fmt: skip
    counted = {name: value for figures, _ in verdicts for name, value in figures.items()}
    failures = [failure for _, found in verdicts for failure in found]
    if tally["two speakers"]:
        failures.append(f"{tally['two speakers']} races ended with two speakers")
    return {
        "name": "survive",
        "unit": "messages lost or double; percentiles: ms to the acknowledgement",
        "ours": counted["lost"] + counted["double"],
        "n": len(answers),
        **percentiles([answer.ms for answer in answers]),
        "failures": failures,
        "also": {
            "kills": site.deaths.total(),
            **{f"kills of {name}": count for name, count in sorted(site.deaths.items())},
            "PostgreSQL crashed": crashes if settings.EMBEDDED else "not ours: left alone",
            "posts tried": sum(answer.tries for answer in answers),
            "seconds to rest": rested,
            **counted,
            **{f"races, {name}": count for name, count in tally.items()},
        },
    }
