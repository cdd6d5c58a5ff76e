"""One process that keeps others: forks them, names their log lines, restarts them, stops them in order.

It knows nothing about what they do. They are forks, so what was loaded before is shared memory and they start at once.
Fork before any thread or database connection exists. None outlives this process, even if that dies by kill -9.
"""

import fcntl
import os
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TextIO

from apps.tenants.embedded.process import follower

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_WAIT = 30.0
SETTLED = 60.0
TICK = 0.5


@dataclass
class Child:
    """A process to keep: its name in the log, its work, and how long it may take to stop before it is killed.

    Children of one `stage` stop together; lower stages stop first.
    """

    name: str
    work: Callable[[], object]
    patience: float = 8.0
    stage: int = 0
    pid: int = field(default=0, init=False)
    pipe: int = field(default=-1, init=False)
    born: float = field(default=0.0, init=False)
    due: float = field(default=0.0, init=False)
    wait: float = field(default=0.5, init=False)


class Supervisor:
    """Use it within `with supervisor.in_charge():`, which takes the signals and ends with no child left."""

    def __init__(self, out: TextIO) -> None:
        self.stopping = False
        self.hurried = False
        self._asked = 0.0
        self._out = out
        self._selector = selectors.DefaultSelector()
        self._names: dict[int, str] = {}
        self._rests: dict[int, bytes] = {}
        self._children: list[Child] = []

    @contextmanager
    def in_charge(self) -> Iterator[None]:
        """From here a SIGINT, SIGTERM or SIGHUP asks us to stop, and a second one to hurry."""
        waker, wakes = os.pipe()
        for end in (waker, wakes):
            os.set_blocking(end, False)
        self._selector.register(waker, selectors.EVENT_READ)
        before: dict[signal.Signals, Any] = {
            sign: signal.signal(sign, self._on_signal)
            for sign in STOPS
            if sign != signal.SIGHUP or signal.getsignal(sign) != signal.SIG_IGN  # nohup means it
        }
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        try:
            yield
        finally:
            self.stop()
            signal.set_wakeup_fd(-1)
            for sign, handler in before.items():
                signal.signal(sign, handler)
            self._selector.close()
            for descriptor in (waker, wakes, *self._names):
                os.close(descriptor)

    def run(self, child: Child) -> int:
        """Run one child to its end. Returns its exit code; a stop that we are asked for meanwhile ends it."""
        self._fork(child)
        while True:
            if self.stopping:
                self._stop([child])
                return 1
            code = self._ended(child)
            if code is not None:
                return code
            self._listen(TICK)

    def keep(self, children: Sequence[Child], tick: Callable[[], None]) -> None:
        """Keep the children alive until we are asked to stop. `tick` is called at least twice a second."""
        for child in children:
            self._fork(child)
        while not self.stopping:
            for child in children:
                self._mend(child)
            tick()
            self._listen(TICK)

    def say(self, name: str, line: str) -> None:
        """Print one line under a name. When nobody reads our output any more, we stop."""
        try:
            print(f"{name:<8} | {line}", file=self._out, flush=True)
        except (BrokenPipeError, ValueError):
            self.stopping = True

    def _on_signal(self, number: int, _frame: object) -> None:
        now = time.monotonic()
        self._asked = self._asked or now
        self.hurried = now - self._asked > 1.0  # one wish may reach us twice at once: from the terminal and from make
        self.stopping = True

    def _fork(self, child: Child) -> None:
        reader, writer = os.pipe()
        follow = follower(signal.SIGKILL)
        child.pid, child.born, child.due = os.fork(), time.monotonic(), 0.0
        if child.pid == 0:
            self._become(child, writer, follow)
        os.close(writer)
        os.set_blocking(reader, False)
        fcntl.fcntl(reader, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        child.pipe = reader
        self._names[reader], self._rests[reader] = child.name, b""
        self._selector.register(reader, selectors.EVENT_READ)
        self._children.append(child)

    def _become(self, child: Child, writer: int, follow: Callable[[], None]) -> None:
        """The child's side of the fork. Never returns: what the parent has on its stack is not the child's."""
        code = 1
        try:
            follow()
            os.setsid()  # a Ctrl-C in the terminal is for the supervisor, who stops us in order
            signal.set_wakeup_fd(-1)
            for sign in (*STOPS, signal.SIGCHLD):
                signal.signal(sign, signal.SIG_DFL)
            for descriptor in self._names:
                os.close(descriptor)
            self._selector.close()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(writer, 1)
            os.dup2(writer, 2)
            child.work()
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
            if isinstance(leaving.code, str):
                print(leaving.code, file=sys.stderr)
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _listen(self, patience: float) -> None:
        """Pass on what the children say, for at most `patience` seconds of silence."""
        for key, _ in self._selector.select(patience):
            self._hear(key.fd)

    def _hear(self, descriptor: int) -> bool:
        """Pass on the lines that a descriptor holds now. False: there is nothing more at the moment, or ever."""
        try:
            data = os.read(descriptor, 65536)
        except BlockingIOError:
            return False
        name = self._names.get(descriptor)
        if name is None:
            return False  # a signal woke us
        *lines, rest = (self._rests[descriptor] + data).split(b"\n")
        if not data:
            lines, rest = [rest], b""
            self._selector.unregister(descriptor)
            os.close(descriptor)
            del self._names[descriptor], self._rests[descriptor]
        else:
            self._rests[descriptor] = rest
        for line in filter(bytes.strip, lines):
            self.say(name, line.decode(errors="replace").rstrip())
        return bool(data)

    def _ended(self, child: Child) -> int | None:
        """The exit code of a child that has ended since we last asked."""
        try:
            pid, status = os.waitpid(child.pid, os.WNOHANG) if child.pid else (0, 0)
        except ChildProcessError:
            pid, status = child.pid, 1
        if pid == 0:
            return None
        self._children.remove(child)
        child.pid = 0
        while child.pipe in self._names and self._hear(child.pipe):
            pass  # its last words come before what we say about its end
        return os.waitstatus_to_exitcode(status)

    def _mend(self, child: Child) -> None:
        """Start a child again that has ended: at once at first, then ever later, until it stays alive for a minute."""
        now = time.monotonic()
        code = self._ended(child)
        if code is not None:
            child.wait = 0.5 if now - child.born > SETTLED else min(child.wait * 2, LONGEST_WAIT)
            child.due = now + child.wait
            reason = f"by signal {-code}" if code < 0 else f"with code {code}"
            self.say(child.name, f"ended {reason}; starts again in {child.wait:.0f} s")
        elif child.due and now >= child.due:
            self._fork(child)

    def stop(self) -> None:
        """Stop every child, stage by stage."""
        for stage in sorted({child.stage for child in self._children}):
            self._stop([child for child in self._children if child.stage == stage])

    def _stop(self, children: Sequence[Child]) -> None:
        """Ask them to end, wait, and kill who does not. Somebody who presses Ctrl-C twice does not wait."""
        for child in children:
            self._signal(child, signal.SIGTERM)
        asked = time.monotonic()
        waiting = list(children)
        while waiting:
            waiting = [child for child in waiting if self._ended(child) is None]
            for child in waiting:
                if self.hurried or time.monotonic() - asked > child.patience:
                    self._signal(child, signal.SIGKILL)
            if waiting:
                self._listen(0.05)

    def _signal(self, child: Child, sign: signal.Signals) -> None:
        if child.pid:
            with suppress(ProcessLookupError):
                os.kill(child.pid, sign)
