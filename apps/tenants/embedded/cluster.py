"""The verbs of one bundled PostgreSQL: its birth, its start and its stop."""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from apps.tenants.embedded import wheel
from apps.tenants.embedded.place import SHORT_SOCKETS, Place
from apps.tenants.embedded.process import follower, is_gone
from apps.tenants.embedded.wheel import ClusterError, Runner

# For a VAR_DIR that the unprivileged user of a server started by root cannot enter, such as one under /root.
SYSTEM_HOME = Path("/var/lib/majlis")
PATIENCE = 60.0

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_locks_per_transaction": "512",
    "shared_buffers": "256MB",
    "jit": "off",
    "random_page_cost": "1.1",  # no disk turns any more: an index costs hardly more than reading on
    "autovacuum_max_workers": "2",
    "autovacuum_naptime": "60s",
    "max_parallel_workers": "2",
    "max_worker_processes": "4",
    "io_method": "sync",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}

INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)

# For data that nobody will miss, such as the suite's: quick, and lost when the machine fails.
DISPOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster(Place):
    """A `Place` that can be started and stopped. Two processes that try at once wait for each other."""

    def start(self, *, follow_parent: bool = False, disposable: bool = False) -> bool:
        """Start the server, creating it on first use, and come back when it answers. False: it was running already.

        With `follow_parent` it shuts down when the calling process ends, even by kill -9 (on Linux). With `disposable`
        it is quicker, and its data are lost when the machine fails.
        Raises ClusterError with the reason and the end of the log.
        """
        with self._alone():
            self._find_home()
            runner = Runner.choose(self.data_dir)
            if self._already_answers():
                return False
            wheel.settle(self.home, runner)
            if not self.data_dir.exists():
                self._create(runner)
            self._make_socket_dir(runner)
            settings = SETTINGS | (DISPOSABLE if disposable else {})
            settings["unix_socket_directories"] = str(self.socket_dir.resolve())
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                if self._launch(runner, settings, follow_parent):
                    return True
                time.sleep(0.25)
            raise ClusterError(f"PostgreSQL does not start: {self.last_words()}")

    def stop(self) -> bool:
        """Shut the server down, whoever started it, and come back when it is gone. False: it was not running."""
        with self._alone():
            pid = self.pid()
            if pid is None:
                return False
            Runner.choose(self.data_dir)  # says it if the server is not ours to stop
            for sign, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):
                os.kill(pid, sign)
                deadline = time.monotonic() + patience
                while time.monotonic() < deadline:
                    if is_gone(pid):
                        if self.socket_dir.parent == SHORT_SOCKETS:
                            shutil.rmtree(self.socket_dir, ignore_errors=True)
                        return True
                    time.sleep(0.02)
            raise ClusterError(f"PostgreSQL (process {pid}) does not stop: {self.last_words()}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.var_dir.mkdir(parents=True, exist_ok=True)
        with (self.var_dir / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _find_home(self) -> None:
        """Make the cluster's folder where the server's user can enter it."""
        if self.home.exists():
            return
        self.door.unlink(missing_ok=True)  # a link whose target is gone
        self.door.mkdir()
        self.door.chmod(0o755)  # whatever our umask; what is secret in it has its own mode
        if Runner.choose(self.data_dir).can_enter(self.home):
            return
        self.door.rmdir()
        SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        elsewhere = Path(tempfile.mkdtemp(prefix="cluster-", dir=SYSTEM_HOME))
        elsewhere.chmod(0o755)
        self.door.symlink_to(elsewhere)

    def _create(self, runner: Runner) -> None:
        """initdb, into a folder renamed only when whole, so that an interrupted first start leaves no half cluster."""
        password = self.home / "superuser"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(32))
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        runner.own(fresh)
        told = self.home / "superuser.told"  # initdb runs as the runner, who may not read ours
        told.unlink(missing_ok=True)
        told.touch(mode=0o600)
        told.write_text(password.read_text())
        runner.own(told)
        try:
            wheel.run(
                [self.tool("initdb"), f"--pgdata={fresh}", f"--username={self.superuser}", f"--pwfile={told}", *INITDB],
                runner,
            )
        finally:
            told.unlink()
        fresh.rename(self.data_dir)

    def _make_socket_dir(self, runner: Runner) -> None:
        """A folder that only the runner enters. One under /tmp made first by somebody else is refused."""
        try:
            self.socket_dir.mkdir(mode=0o700)
            runner.own(self.socket_dir)
        except FileExistsError:
            found = self.socket_dir.lstat()
            if found.st_uid != runner.uid or found.st_mode & 0o7777 != 0o700:
                reason = f"{self.socket_dir} exists and is not ours. Remove it or choose a shorter VAR_DIR."
                raise ClusterError(reason) from None

    def _launch(self, runner: Runner, settings: dict[str, str], follow_parent: bool) -> bool:
        """One attempt. False when processes of the last run are still leaving, after a kill -9: try again."""
        self._disown_stale_files()
        if self.log.exists():
            self.log.replace(self.home / "log.1")
        command = [self.tool("postgres"), "-D", self.data_dir, "-p", str(self.port)]
        command += [f"--{name}={value}" for name, value in settings.items()]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=wheel.environment(),
                umask=0o077,
                start_new_session=True,  # Ctrl-C in our terminal is not for the server: it goes last
                preexec_fn=follower(signal.SIGINT) if follow_parent else None,
                **runner.popen,  # type: ignore[call-overload]
            )
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None:
            if self._logs_in():
                process.returncode = 0  # it outlives this object: `stop` reaps it
                return True
            if time.monotonic() > deadline:
                process.send_signal(signal.SIGQUIT)
                process.wait()
                raise ClusterError(f"PostgreSQL does not answer within {PATIENCE:.0f} s: {self.last_words()}")
            time.sleep(0.02)
        if "pre-existing shared memory block" in self.last_words():
            return False
        raise ClusterError(f"PostgreSQL does not start: {self.last_words()}")

    def _already_answers(self) -> bool:
        """Waits out a server that is just starting or just stopping."""
        deadline = time.monotonic() + PATIENCE
        while self.pid() is not None:
            if self._logs_in():
                return True
            if time.monotonic() > deadline:
                raise ClusterError(f"A PostgreSQL runs in {self.data_dir} and does not answer: {self.last_words()}")
            time.sleep(0.05)
        return False

    def _logs_in(self) -> bool:
        if not self.is_running():
            return False
        try:
            psycopg.connect(self.admin_dsn(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _disown_stale_files(self) -> None:
        """After a kill -9 the number in postmaster.pid may be a stranger's by now, and PostgreSQL would not start.

        It takes its parent's number for stale, and still checks that no process of the last run holds the memory.
        The socket is in a folder of ours alone, and we hold the lock: what lies there is of the last run.
        """
        for leftover in self.socket_dir.glob(".s.PGSQL.*"):
            leftover.unlink()
        path = self.data_dir / "postmaster.pid"
        if path.exists():
            _, _, rest = path.read_text().partition("\n")
            with path.open("r+") as file:
                file.write(f"{os.getpid()}\n{rest}")
                file.truncate()
