"""`python -m apps.tenants.embedded start|stop|status|run -- COMMAND`: the bundled PostgreSQL by hand and for make."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from apps.tenants.embedded import Cluster, ClusterError


def main(words: Sequence[str]) -> int:
    """Do what the words say. Returns the exit code: the command's own for `run`, 3 for `status` of a stopped server."""
    parser = argparse.ArgumentParser(prog="python -m apps.tenants.embedded", description="The bundled PostgreSQL.")
    parser.add_argument("verb", choices=["start", "stop", "status", "run"])
    parser.add_argument("command", nargs="*", help="for run: what to do while the server is up, after --")
    var_dir = Path(os.environ.get("VAR_DIR") or "var")
    parser.add_argument("--var-dir", type=Path, default=var_dir, help="default: VAR_DIR, else var")
    parser.add_argument("--disposable", action="store_true", help="quick and unsafe: for data that nobody will miss")
    options = parser.parse_args(words)
    cluster = Cluster(options.var_dir)
    try:
        if options.verb == "run":
            if not options.command:
                parser.error("run needs a command")
            return _run(cluster, options.command, disposable=options.disposable)
        if options.verb == "start":
            print("started" if cluster.start(disposable=options.disposable) else "was running")
        elif options.verb == "stop":
            print("stopped" if cluster.stop() else "was not running")
        else:
            print(f"running, socket in {cluster.socket_dir}" if cluster.is_running() else "not running")
            return 0 if cluster.is_running() else 3
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(cluster: Cluster, command: Sequence[str], *, disposable: bool) -> int:
    """The server is up while the command runs, and as it was before afterwards. The command learns of it by VAR_DIR."""
    started = cluster.start(follow_parent=True, disposable=disposable)
    try:
        child = subprocess.Popen(command, env={**os.environ, "VAR_DIR": str(cluster.var_dir.absolute())})  # noqa: S603
        # A Ctrl-C reaches the command from the terminal, and it decides how to end; a SIGTERM comes to us alone.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        code = child.wait()
        return 128 - code if code < 0 else code
    finally:
        if started:
            cluster.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
