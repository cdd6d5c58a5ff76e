"""From a customer's message to every open tab: POST of a signed webhook → websocket frame, at 200 sockets.

The real way: web server, the workers, the configured broker and channel layer; each socket is another employee's. The
baseline is the channel layer alone: the same nudge to the same people, told from here.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.actions import add_employee
from apps.accounts.models import Employee, Role
from apps.accounts.sessions import begin
from apps.conversations.benches import stage
from apps.conversations.benches.posting import Provider
from apps.conversations.benches.running import running
from apps.conversations.models import Message
from apps.core.actors import SYSTEM
from apps.core.models import new_id
from apps.realtime.actions import nudge
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress
from apps.tenants.models import Business

SOCKETS, MESSAGES, CUSTOMERS = 200, 100, 30
PAUSE = (0.2, 0.6)  # seconds between two messages: a quiet inbox, where somebody waits for each
SETTLE = 2.0  # seconds until the last frames are there


def measure(progress: Progress, *, small: bool = False) -> dict[str, Any]:
    """Milliseconds from the POST's first byte to the frame, over every socket and message."""
    return stage.at_home("nudge", progress, small=small)


def play(progress: Progress, *, small: bool = False) -> dict[str, Any]:
    """The measurement itself, on the configured database, broker and layer."""
    sockets, messages = (10, 5) if small else (SOCKETS, MESSAGES)
    with stage.a_business(progress) as business:
        number = stage.a_number(business)
        with tenant_context(business):
            people = team(sockets, progress)
            cookies = [cookie_of(person) for person in people]
        host = f"{business.slug}.{settings.BASE_DOMAIN}"
        with running("web", "live", "slow") as site, tabs_of(site.port, host, cookies) as tabs:
            stage.warm_up(site.port, number)
            time.sleep(SETTLE)
            posted, told = _play(site.port, number, people, messages, progress)
            frames = tabs.frames()
        return _figures(business, posted, told, frames, sockets)


def _play(
    port: int, number: stage.Number, people: list[Employee], messages: int, progress: Progress
) -> tuple[dict[str, tuple[float, float]], dict[str, float]]:
    """Messages and bare nudges in turn: when each post began and was answered, when each nudge was told."""
    provider, dice = Provider(port, seed=1, patience=30), random.Random(1)  # noqa: S311
    users = [person.user_id for person in people]
    posted, told = {}, {}
    for index in range(messages):
        time.sleep(dice.uniform(*PAUSE))
        text = stage.a_text(f"wamid.nudge.{index}", stage.by_phone(index % CUSTOMERS), timezone.now(), "مرحبا")
        post = number.signed(stage.a_body(number, [text]))
        began = time.monotonic()
        provider.deliver(post)
        posted[text["id"]] = (began, time.monotonic())
        time.sleep(dice.uniform(*PAUSE))
        mark = new_id()
        told[str(mark)] = time.monotonic()
        with tenant_context(number.business):
            nudge(users, topic="bench", id=mark)
        progress(index + 1, messages, "messages")
    time.sleep(SETTLE)
    return posted, told


def _figures(
    business: Business, posted: dict[str, tuple[float, float]], told: dict[str, float], frames: list[Any], sockets: int
) -> dict[str, Any]:
    heard = {(topic, id, seq): times for topic, id, seq, times in frames}
    with tenant_context(business):
        rows = Message.objects.filter(external_id__in=posted).values_list(
            "external_id", "conversation_id", "arrived_seq"
        )
        keys = {external_id: ("conversation", str(conversation), seq) for external_id, conversation, seq in rows}
    ours = [[(at - began) * 1000 for at in heard.get(keys[name], [])] for name, (began, _) in posted.items()]
    bare = [[(at - began) * 1000 for at in heard.get(("bench", mark, None), [])] for mark, began in told.items()]
    every, every_bare = [ms for times in ours for ms in times], [ms for times in bare for ms in times]
    answers = [(ended - began) * 1000 for began, ended in posted.values()]
    return {
        "name": "nudge",
        "unit": f"ms from POST to frame, {sockets} sockets",
        "ours": percentiles(every)["p95"],
        "baseline": percentiles(every_bare)["p95"],
        "ratio": percentiles(every_bare)["p95"] / percentiles(every)["p95"],
        "n": len(every),
        **percentiles(every),
        "also": {
            "frames missing": len(posted) * sockets - len(every),
            "webhook answered, p50, ms": percentiles(answers)["p50"],
            "webhook answered, p95, ms": percentiles(answers)["p95"],
            "first socket, p50, ms": percentiles([min(times) for times in ours if times])["p50"],
            "last socket, p50, ms": percentiles([max(times) for times in ours if times])["p50"],
            "last socket, p95, ms": percentiles([max(times) for times in ours if times])["p95"],
            "layer alone, p50, ms": percentiles(every_bare)["p50"],
            "layer alone, frames missing": len(told) * sockets - len(every_bare),
        },
    }


def team(count: int, progress: Progress, roles: Sequence[str] = ()) -> list[Employee]:
    """People of these roles in turn; unless named, of every role: they all may read an inbox that is nobody's."""
    system = {role.name: role for role in Role.objects.filter(is_system=True)}
    roles = roles or list(system)
    people = []
    for index in range(count):
        name, role = f"Person {index}", system[roles[index % len(roles)]]
        people.append(add_employee(email=f"person.{index}@example.test", full_name=name, role=role, by=SYSTEM))
        progress(index + 1, count, "people")
    return people


def cookie_of(person: Employee) -> str:
    """What a browser of this person sends after signing in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
    session.create()
    begin(session, person.user, remembered=True, address="127.0.0.1", agent="")
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


class Tabs:
    """The process with the open sockets."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._orders, self._words = process.stdin, process.stdout

    def open(self, cookies: list[str]) -> None:
        self._say(json.dumps(cookies))
        if self._words.readline() != "open\n":
            raise RuntimeError("The sockets could not be opened.")

    def frames(self) -> list[Any]:
        """Everything heard so far, after which the sockets close."""
        self._say("report")
        found: list[Any] = json.loads(self._words.readline())
        return found

    def _say(self, line: str) -> None:
        self._orders.write(f"{line}\n")
        self._orders.flush()


@contextmanager
def tabs_of(port: int, host: str, cookies: list[str]) -> Iterator[Tabs]:
    words = [sys.executable, "-m", f"{__package__}.listening", str(port), host]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        tabs = Tabs(process)
        tabs.open(cookies)
        yield tabs
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)
