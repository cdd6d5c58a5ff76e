"""The site under a bench: the web server, workers and clock of `make run`, forked and kept by the same supervisor.

`running(…)` starts a keeper, which is this module as a program, and speaks with it: a part's name on its input kills
that part, the end of its input ends everything. The keeper knows its children, so nobody else is ever killed.
"""

import json
import os
import select
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import django

from apps.tenants.embedded import parts
from apps.tenants.embedded.supervisor import Child, Supervisor

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds until the web answers
AGAIN = 0.2  # seconds until a killed part starts again; the supervisor by itself would wait ever longer


class Site:
    """A running site: its port, and what has become of its parts."""

    def __init__(self, keeper: "subprocess.Popen[str]") -> None:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        self._orders, self._words = keeper.stdin, keeper.stdout
        self.pid = keeper.pid
        self.deaths: Counter[str] = Counter()
        self.last_words: deque[str] = deque(maxlen=40)
        self.port = int(json.loads(self._words.readline())["port"])
        self._listener = threading.Thread(target=self._listen, name="keeper", daemon=True)
        self._listener.start()

    def kill(self, part: str) -> None:
        """kill -9 one of the parts. It is started again."""
        self._orders.write(f"{part}\n")
        self._orders.flush()

    def memory(self) -> dict[int, int]:
        """The resident memory of the keeper and each process below it, in kB, by process id."""
        parents, sizes = {}, {}
        for status in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError):  # it has just ended
                facts = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
                parents[int(facts["Pid"])] = int(facts["PPid"])
                sizes[int(facts["Pid"])] = int(facts.get("VmRSS", "0 kB").split()[0])
        ours = {self.pid}
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        return {pid: sizes[pid] for pid in sorted(ours) if pid in sizes}

    def wait_until_ready(self) -> None:
        """Come back when the web answers. Raises TimeoutError with what the site last said."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.port}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("\n".join(self.last_words))

    def _listen(self) -> None:
        for line in self._words:
            part, _, words = line.partition("|")
            if "ended by signal 9" in words:
                self.deaths[part.strip()] += 1
            else:
                self.last_words.append(line.rstrip())


@contextmanager
def running(*names: str, **environment: str) -> Iterator[Site]:
    """The named parts ("web", a queue, "beat"), with these additions to the environment, until the block ends."""
    keeper = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", __name__, *names],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        site = Site(keeper)
        site.wait_until_ready()
        yield site
    finally:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait()


def keep(names: Sequence[str]) -> None:
    """The keeper: bind, load, fork, and do as told."""
    django.setup()
    (listener,) = parts.bind(HOST, 0)
    listener.listen(256)  # callers wait through a restart of the web, as before a balancer
    parts.load()
    supervisor = Supervisor(sys.stdout)
    children = []
    for name in names:
        if name == "web":
            children.append(Child(name, partial(parts.serve, [listener])))
        elif name == "beat":
            children.append(Child(name, partial(parts.keep_time, [listener]), stage=2))
        else:
            children.append(Child(name, partial(parts.work, name, [listener]), stage=1))
    with supervisor.in_charge():
        print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
        supervisor.keep(children, partial(_obey, supervisor, children))


def _obey(supervisor: Supervisor, children: Sequence[Child]) -> None:
    by_name = {child.name: child for child in children}
    for child in children:
        child.wait, child.due = AGAIN / 2, min(child.due, time.monotonic() + AGAIN) if child.due else 0.0
    while select.select([0], [], [], 0)[0]:
        orders = os.read(0, 65536)
        if not orders:
            supervisor.stopping = True
            return
        for name in orders.decode().split():
            if by_name[name].pid:
                os.kill(by_name[name].pid, 9)


if __name__ == "__main__":
    keep(sys.argv[1:])
