"""The process tree of `make run`: who dies is replaced, who is asked to stop stops in order, nobody is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

BEGIN = """
import os, signal, sys, time
from apps.tenants.embedded.supervisor import Child, Supervisor

def name_myself(name):
    print(f"{name} is {os.getpid()}", flush=True)

def sleeper(name):
    def work():
        signal.signal(signal.SIGTERM, lambda *_: (print(f"{name} stops", flush=True), sys.exit(0)))
        name_myself(name)
        time.sleep(60)
    return work

def deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    name_myself("deaf")
    time.sleep(60)

supervisor = Supervisor(sys.stdout)
"""


class Tree:
    """A supervisor in a process of its own, and what it has said so far."""

    def __init__(self, script: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", BEGIN + script],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self.said = ""

    def wait_for(self, words: str) -> str:
        wait_until(lambda: words in self.listen())
        return self.said

    def listen(self) -> str:
        assert self.process.stdout is not None
        self.said += (self.process.stdout.read() or b"").decode()
        return self.said

    def pid_of(self, name: str) -> int:
        self.wait_for(f"{name} is ")
        wait_until(lambda: "\n" in self.listen().rpartition(f"{name} is ")[2])
        return int(self.said.rpartition(f"{name} is ")[2].split()[0])

    def end(self, sign: signal.Signals = signal.SIGINT, *, times: int = 1) -> int:
        for _ in range(times):
            self.process.send_signal(sign)
            time.sleep(1.2 if times > 1 else 0)
        code = self.process.wait(timeout=20)
        self.listen()
        return code


@pytest.fixture
def grow() -> Iterator[Callable[[str], Tree]]:
    trees: list[Tree] = []

    def plant(script: str) -> Tree:
        trees.append(Tree(script))
        return trees[-1]

    yield plant
    for tree in trees:
        if tree.process.poll() is None:
            tree.process.kill()
        tree.process.wait()
        assert tree.process.stdout is not None
        tree.process.stdout.close()


KEEP = """
with supervisor.in_charge():
    supervisor.keep([{children}], lambda: None)
    supervisor.say("tree", "stopping")
print("end", flush=True)
"""


def test_a_stop_goes_stage_by_stage_and_leaves_nobody(grow: Callable[[str], Tree]) -> None:
    stages = {"beat": 2, "web": 0, "work": 1}
    children = ", ".join(f"Child('{name}', sleeper('{name}'), stage={stage})" for name, stage in stages.items())
    tree = grow(KEEP.format(children=children))
    pids = [tree.pid_of(name) for name in ("web", "work", "beat")]

    assert tree.end(signal.SIGINT) == 0

    order = ["tree     | stopping", "web      | web stops", "work     | work stops", "beat     | beat stops", "end"]
    assert [line for line in tree.said.splitlines() if line in order] == order
    assert [pid for pid in pids if is_alive(pid)] == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_any_request_to_stop_is_heard(grow: Callable[[str], Tree], sign: signal.Signals) -> None:
    tree = grow(KEEP.format(children="Child('one', sleeper('one'))"))
    pid = tree.pid_of("one")

    assert tree.end(sign) == 0
    assert not is_alive(pid)


def test_who_dies_is_started_again(grow: Callable[[str], Tree]) -> None:
    tree = grow(KEEP.format(children="Child('one', sleeper('one')), Child('two', sleeper('two'))"))
    first, other = tree.pid_of("one"), tree.pid_of("two")

    os.kill(first, signal.SIGKILL)

    tree.wait_for("one      | ended by signal 9; starts again in 1 s")
    wait_until(lambda: tree.pid_of("one") != first)
    assert is_alive(other)
    assert is_alive(tree.pid_of("one"))
    assert tree.end() == 0


def test_who_cannot_live_is_tried_ever_more_rarely(grow: Callable[[str], Tree]) -> None:
    tree = grow(KEEP.format(children="Child('one', lambda: sys.exit(3))"))

    tree.wait_for("one      | ended with code 3; starts again in 1 s")
    tree.wait_for("one      | ended with code 3; starts again in 2 s")
    tree.wait_for("one      | ended with code 3; starts again in 4 s")
    assert tree.end() == 0


def test_a_failing_child_shows_its_traceback_under_its_name(grow: Callable[[str], Tree]) -> None:
    tree = grow(KEEP.format(children="Child('one', lambda: 1 / 0)"))

    tree.wait_for("one      | ZeroDivisionError: division by zero")
    tree.wait_for("one      | ended with code 1")


def test_who_does_not_stop_in_time_is_killed(grow: Callable[[str], Tree]) -> None:
    tree = grow(KEEP.format(children="Child('deaf', deaf, patience=1.0)"))
    pid = tree.pid_of("deaf")

    assert tree.end() == 0
    assert not is_alive(pid)


def test_a_second_ctrl_c_does_not_wait(grow: Callable[[str], Tree]) -> None:
    tree = grow(KEEP.format(children="Child('deaf', deaf, patience=60.0)"))
    pid = tree.pid_of("deaf")

    assert tree.end(times=2) == 0
    assert not is_alive(pid)


def test_nobody_outlives_a_supervisor_that_is_killed(grow: Callable[[str], Tree]) -> None:
    tree = grow(KEEP.format(children="Child('one', sleeper('one')), Child('deaf', deaf)"))
    pids = [tree.pid_of("one"), tree.pid_of("deaf")]

    tree.process.kill()

    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_a_tree_whose_output_nobody_reads_stops(grow: Callable[[str], Tree]) -> None:
    chatter = "lambda: [(print('word', flush=True), time.sleep(0.1)) for _ in range(600)]"
    tree = grow(KEEP.format(children=f"Child('one', {chatter})"))
    tree.wait_for("one      | word")

    assert tree.process.stdout is not None
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, tree.process.stdout.fileno())  # closes our end of the pipe
    os.close(nowhere)

    assert tree.process.wait(timeout=20) is not None


def test_a_run_to_its_end_tells_its_code_and_can_be_stopped(grow: Callable[[str], Tree]) -> None:
    tree = grow("""
with supervisor.in_charge():
    print(supervisor.run(Child("setup", lambda: sys.exit(4))), flush=True)
    print(supervisor.run(Child("setup", lambda: print("done"))), flush=True)
    print(supervisor.run(Child("setup", sleeper("setup"))), supervisor.stopping, flush=True)
""")
    pid = tree.pid_of("setup")

    assert tree.end() == 0
    assert [line for line in tree.said.splitlines() if "is" not in line] == [
        "4", "setup    | done", "0", "setup    | setup stops", "1 True",
    ]  # fmt: skip
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    """A zombie is not: some containers have nobody to bury orphans."""
    listing = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(listing.strip()) and not listing.startswith("Z")


def wait_until(true: Callable[[], bool], patience: float = 20.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
