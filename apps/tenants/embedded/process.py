"""Facts about processes that the standard library does not tell. No PostgreSQL here."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def follower(death: signal.Signals, leader: int | None = None) -> Callable[[], None]:
    """A function for the child's side of a fork: the child then gets `death` when its parent ends, even by kill -9.

    The parent is this process, or `leader`. Only Linux can do that; elsewhere the function does nothing. Call it after
    the child has taken its final uid: a change of uid makes the kernel forget the wish.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = leader or os.getpid()

    def follow() -> None:
        prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0)
        if os.getppid() != parent:  # it died between the fork and the line above
            os._exit(1)

    return follow


def command_line(pid: int) -> str:
    """The command line of a living process, or "" when there is none (a zombie has none either)."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    listing = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603
    return "" if "<defunct>" in listing.stdout else listing.stdout


def is_gone(pid: int) -> bool:
    """Has this process ended? One of our own children is buried on the way, so that no zombie stays."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return True
    except ChildProcessError:
        return not command_line(pid)
    if command_line(pid):
        return False
    os.waitpid(pid, 0)  # it ended between the two looks
    return True
