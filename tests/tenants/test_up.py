"""`make run` itself, on a folder of its own: ready, quick the second time, small, and gone without a trace."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.e2e


class Run:
    """One running tree, its output in a file."""

    def __init__(self, var_dir: Path) -> None:
        self.port = port_of(var_dir)
        self.var_dir, self.log = var_dir, var_dir / "up.log"
        self.process = start(var_dir, self.port, self.log)
        self.began = time.monotonic()

    @property
    def said(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self, patience: float = 400.0) -> float:
        """Seconds from the start to the first answer."""
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                    assert answer.status == 200
                    return time.monotonic() - self.began
            except OSError:
                assert self.process.poll() is None, self.said
                assert time.monotonic() - self.began < patience, self.said
                time.sleep(0.05)

    def tree(self) -> list[psutil.Process]:
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def stop(self, sign: signal.Signals = signal.SIGINT) -> None:
        """Ask for a stop and see that nobody of the tree is left."""
        tree = self.tree()
        self.process.send_signal(sign)
        self.process.wait(timeout=30)
        _, left = psutil.wait_procs(tree, timeout=10)
        assert left == []


def port_of(var_dir: Path) -> int:
    """A free port, and always the same for one folder: addresses are part of what is prepared."""
    noted = var_dir / "port"
    if not noted.exists():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            noted.write_text(str(probe.getsockname()[1]))
    return int(noted.read_text())


def start(var_dir: Path, port: int, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "VAR_DIR": str(var_dir), "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def running(var_dir: Path) -> Iterator[Run]:
    run = Run(var_dir)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A VAR_DIR after its first start and stop."""
    with tempfile.TemporaryDirectory(prefix="majlis-up-") as name:
        var_dir = Path(name)
        var_dir.chmod(0o755)
        with running(var_dir) as run:
            run.wait_until_ready()
            run.stop()
            assert "Demo data" in run.said
        yield var_dir


def test_the_first_start_says_where_everything_is(prepared: Path) -> None:
    said = (prepared / "up.log").read_text()

    demo = json.loads((prepared / "demo.json").read_text())
    assert (prepared / "demo.json").stat().st_mode & 0o777 == 0o600
    assert {business["slug"] for business in demo["businesses"]} == {"samia-tarot", "cedar-clinic"}
    assert str(prepared / "demo.json") in said
    assert all(path in said for path in ("/inbox/", "/simulator/"))


def test_the_second_start_is_quick_small_and_does_nothing_twice(prepared: Path) -> None:
    with running(prepared) as run:
        assert run.wait_until_ready() <= 5.0
        time.sleep(3)

        assert sum(process.memory_full_info().pss for process in run.tree()) <= 500_000_000
        assert "setup" not in run.said
        run.stop()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_it(prepared: Path, sign: signal.Signals) -> None:
    with running(prepared) as run:
        run.wait_until_ready()

        run.stop(sign)


def test_a_part_that_dies_is_replaced(prepared: Path) -> None:
    with running(prepared) as run:
        run.wait_until_ready()
        web = next(
            process for process in run.tree()[1:] if any(c.laddr.port == run.port for c in process.net_connections())
        )

        web.kill()

        time.sleep(1)
        run.wait_until_ready()
        assert "web      | ended by signal 9" in run.said
        run.stop()


def test_a_second_copy_on_the_same_folder_or_port_is_refused(prepared: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with running(prepared) as run:
        run.wait_until_ready()

        same_folder = start(prepared, run.port + 1, tmp_path / "folder.log")
        same_port = start(tmp_path, run.port, tmp_path / "port.log")

        assert (same_folder.wait(timeout=30), same_port.wait(timeout=30)) == (1, 1)
        assert f"runs on {prepared} already (process {run.process.pid})" in (tmp_path / "folder.log").read_text()
        assert f"Cannot listen on 127.0.0.1 port {run.port}" in (tmp_path / "port.log").read_text()
        assert not (tmp_path / "postgres").exists()
        run.stop()


def test_two_copies_run_side_by_side(prepared: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="majlis-up-") as name:
        Path(name).chmod(0o755)
        with running(prepared) as one, running(Path(name)) as other:
            one.wait_until_ready()
            other.wait_until_ready()
            other.stop()

            with urllib.request.urlopen(f"http://127.0.0.1:{one.port}/healthz", timeout=5) as answer:
                assert answer.status == 200
            one.stop()
