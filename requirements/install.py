"""`python3 requirements/install.py base|dev`: the virtual environment with exactly the pinned packages of one list.

Standard library only: it runs before anything is installed. A stamp named by the list's hash says that there is nothing
to do. Two that start at once wait for each other.
"""

import fcntl
import hashlib
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE.parent / ".venv"
OLDEST = (3, 11)


def main(name: str) -> int:
    """Install what is missing. Returns the exit code; says why in one line when it is not 0."""
    if sys.version_info < OLDEST:
        return _complain(f"Majlis needs Python {OLDEST[0]}.{OLDEST[1]} or later; this is {sys.version.split()[0]}.")
    VENV.mkdir(exist_ok=True)
    with (VENV / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stamp(name).exists():
            return 0
        python = VENV / "bin" / "python"
        if not (VENV / "pyvenv.cfg").exists() or not python.exists():
            print("Making the virtual environment .venv", flush=True)
            try:
                venv.create(VENV, with_pip=True, symlinks=True)
            except (subprocess.CalledProcessError, OSError) as error:
                return _complain(f"Cannot make .venv ({error}). On Debian: apt install python3-venv.")
        print(f"Installing the packages of requirements/{name}.txt", flush=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
        pip += ["--root-user-action=ignore", "--require-hashes", "-r", str(HERE / f"{name}.txt")]
        if subprocess.run(pip, check=False).returncode != 0:  # noqa: S603
            return _complain("Installing failed; pip's lines above say why.")
        for contained in {"dev": ("dev", "base")}.get(name, (name,)):
            _stamp(contained).touch()
    return 0


def _stamp(name: str) -> Path:
    digest = hashlib.sha256((HERE / f"{name}.txt").read_bytes()).hexdigest()[:16]
    return VENV / f"installed-{name}-{digest}-{sys.version_info.major}.{sys.version_info.minor}"


def _complain(line: str) -> int:
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
