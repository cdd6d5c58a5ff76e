"""The same count(*) page three ways: plain Django with one schema, django-tenants' own middleware, ours.

Each way is a process of its own with its own pool, behind the same server, without other middleware. They take turns,
so that what else the machine does falls on all three; a ratio is taken within each turn, and the median of the turns
is told. Under "also" the same without server and socket, where the three round trips stand against almost nothing.
"""

import http.client
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connections

from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress, throwaway_businesses

BUSINESSES = 300
TURNS = 40
REQUESTS = 150  # a turn and way
WAYS = ("plain", "stock", "ours")

Ask = Callable[[Sequence[str]], list[float]]  # hosts → milliseconds of each request
Times = dict[str, list[list[float]]]  # way → turn → request


def measure(progress: Progress) -> dict[str, Any]:
    """Milliseconds from the request's first byte to the answer's last, one visitor at a time."""
    with throwaway_businesses(BUSINESSES, progress) as businesses:
        hosts = [f"{business.slug}.{settings.BASE_DOMAIN}" for business in businesses]
        schema = businesses[0].schema_name
        with ExitStack() as stack:
            served = {way: stack.enter_context(_server(way, schema)) for way in WAYS}
            one = _turns(served, hosts[:1], progress)
            many = _turns(served, hosts, progress)
        with ExitStack() as stack:
            bare = _turns({way: stack.enter_context(_caller(way, schema)) for way in WAYS}, hosts[:1], progress)
    return {
        "name": "request",
        "unit": "ms per request",
        "ours": median(_flat(one["ours"])),
        "baseline": median(_flat(one["plain"])),
        "ratio": _ratio(one, "ours"),
        "n": TURNS * REQUESTS,
        **percentiles(_flat(one["ours"])),
        "also": {
            "plain p95": percentiles(_flat(one["plain"]))["p95"],
            "stock": median(_flat(one["stock"])),
            "stock / plain": _ratio(one, "stock"),
            "300 businesses in turn: ours": median(_flat(many["ours"])),
            "300 in turn: ours / plain": _ratio(many, "ours"),
            "300 in turn: stock / plain": _ratio(many, "stock"),
            "no server: plain": median(_flat(bare["plain"])),
            "no server: ours": median(_flat(bare["ours"])),
            "no server: ours / plain": _ratio(bare, "ours"),
            "no server: stock / plain": _ratio(bare, "stock"),
        },
    }


def _turns(ways: dict[str, Ask], hosts: Sequence[str], progress: Progress) -> Times:
    times: Times = {way: [] for way in ways}
    for ask in ways.values():
        ask([*hosts, *[hosts[0]] * REQUESTS])  # everything is touched before the clock counts
    for turn in range(TURNS):
        chosen = [hosts[(turn * REQUESTS + number) % len(hosts)] for number in range(REQUESTS)]
        for way in random.sample(WAYS, len(WAYS)):
            times[way].append(ways[way](chosen))
        progress(turn + 1, TURNS, "turns")
    return times


def _ratio(times: Times, way: str) -> float:
    return median(median(one) / median(plain) for one, plain in zip(times[way], times["plain"], strict=True))


def _flat(turns: list[list[float]]) -> list[float]:
    return [value for turn in turns for value in turn]


@contextmanager
def _contender(way: str, schema: str, *more: str, **popen: Any) -> "Iterator[subprocess.Popen[str]]":
    database = str(connections["default"].settings_dict["NAME"])
    command = [sys.executable, "-m", "apps.tenants.benches.contender", way, database, schema, *more]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, text=True, **popen) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def _server(way: str, schema: str) -> Iterator[Ask]:
    """A contender behind HTTP, asked over one kept connection as a browser does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with _contender(way, schema, str(listener.fileno()), pass_fds=[listener.fileno()]):
            client = http.client.HTTPConnection(address[0], address[1], timeout=60)
            client.connect()
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield lambda hosts: [_get(client, host) for host in hosts]
            client.close()


def _get(client: http.client.HTTPConnection, host: str) -> float:
    began = time.perf_counter()
    client.request("GET", "/count/", headers={"Host": host})
    response = client.getresponse()
    body = response.read()
    took = (time.perf_counter() - began) * 1000
    if response.status != 200 or not body.isdigit():
        raise RuntimeError(f"{host} answered {response.status}: {body[:200]!r}")
    return took


@contextmanager
def _caller(way: str, schema: str) -> Iterator[Ask]:
    """A contender that calls the application itself and keeps the time."""
    with _contender(way, schema, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def ask(hosts: Sequence[str]) -> list[float]:
            print(json.dumps(hosts), file=process.stdin, flush=True)
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError("A contender ended; its words are above.")
            times: list[float] = json.loads(line)
            return times

        yield ask
