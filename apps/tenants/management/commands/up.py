"""`manage.py up`, the heart of `make run`: prepares what is missing, then keeps web, workers and beat until Ctrl-C."""

import fcntl
import gc
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.tenants.embedded import Cluster, ClusterError, parts
from apps.tenants.embedded.preparation import prepare
from apps.tenants.embedded.process import follower
from apps.tenants.embedded.supervisor import Child, Supervisor


class Command(BaseCommand):
    """One process tree on one machine. In production each part is a container of its own: compose.yaml."""

    help = "Run Majlis on this machine: database, web, workers, beat, demo data."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", help="the address to listen on; by default loopback, both families")
        parser.add_argument("--with-parent", action="store_true", help="end when the calling process does (Linux)")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        if options["with_parent"]:
            follower(signal.SIGTERM, os.getppid())()
        supervisor = Supervisor(sys.stdout)
        cluster = Cluster(settings.VAR_DIR) if settings.EMBEDDED else None
        with _the_only_copy(settings.VAR_DIR), supervisor.in_charge():
            sockets = parts.bind(options["host"], settings.PORT)
            database = _Database(cluster)
            try:
                database.start()
                if prepare(supervisor, cluster):
                    parts.load()
                    gc.collect()
                    gc.freeze()  # nothing loaded is ever collected: its pages stay shared between the forks
                    supervisor.keep(_children(sockets), _Watch(supervisor, database, sockets[0], began))
                    supervisor.say("majlis", "stopping")
                elif not supervisor.stopping:
                    raise CommandError("Set-up failed; the lines above say why.")
            except ClusterError as error:
                raise CommandError(str(error)) from error
            finally:
                for listener in sockets:
                    listener.close()
                supervisor.stop()
                database.stop()


class _Database:
    """The bundled PostgreSQL as this tree sees it: started if need be, and stopped only if this tree started it."""

    def __init__(self, cluster: Cluster | None) -> None:
        self._cluster = cluster
        self._ours = False

    def start(self) -> None:
        if self._cluster:
            self._ours = self._cluster.start(follow_parent=True) or self._ours

    def stop(self) -> None:
        if self._cluster and self._ours:
            self._cluster.stop()

    def has_ended(self) -> bool:
        return self._cluster is not None and self._cluster.pid() is None


class _Watch:
    """What the supervisor does beside: it says when the site answers, and revives the database."""

    def __init__(self, supervisor: Supervisor, database: _Database, listener: socket.socket, began: float) -> None:
        self._supervisor, self._database = supervisor, database
        self._address, self._family = listener.getsockname(), listener.family
        self._began = began
        self._welcomed = False

    def __call__(self) -> None:
        if not self._welcomed and self._answers():
            self._welcomed = True
            for line in _welcome(time.monotonic() - self._began):
                self._supervisor.say("majlis", line)
        if self._database.has_ended():
            self._supervisor.say("majlis", "PostgreSQL has ended; starting it again")
            self._database.start()

    def _answers(self) -> bool:
        with socket.socket(self._family, socket.SOCK_STREAM) as probe:
            return probe.connect_ex(self._address) == 0


def _children(sockets: list[socket.socket]) -> list[Child]:
    """The parts in the order of their end: first nobody comes in, then what was begun is finished, then time stops."""
    workers = [Child(name, partial(parts.work, name, sockets), patience=8.0, stage=1) for name in parts.WORKERS]
    beat = Child("beat", partial(parts.keep_time, sockets), patience=3.0, stage=2)
    return [Child("web", partial(parts.serve, sockets), patience=5.0), *workers, beat]


def _welcome(seconds: float) -> list[str]:
    site = urlsplit(settings.PUBLIC_BASE_URL)
    port = f":{site.port}" if site.port else ""
    business = f"{site.scheme}://samia-tarot.{settings.BASE_DOMAIN}{port}"
    lines = [f"ready after {seconds:.1f} s; Ctrl-C stops everything", f"platform    {settings.PUBLIC_BASE_URL}/"]
    if not settings.PRODUCTION:
        lines += [
            f"inbox       {business}/inbox/",
            f"simulator   {business}/simulator/",
            f"passwords   {Path(settings.VAR_DIR) / 'demo.json'}",
        ]
    return lines


@contextmanager
def _the_only_copy(var_dir: Path) -> Iterator[None]:
    """Two trees on one VAR_DIR would do everything twice."""
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            other = lock.read().strip() or "?"
            raise CommandError(f"Majlis runs on {var_dir} already (process {other}). Set VAR_DIR and PORT.") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
