"""What tests ask of a bundled server from outside."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from apps.tenants.embedded import Cluster


def ask(cluster: Cluster, statement: str, dbname: str = "postgres") -> object:
    with psycopg.connect(cluster.admin_dsn(dbname)) as connection:
        row = connection.execute(statement).fetchone()
    return row and row[0]


def tell(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.admin_dsn(), autocommit=True) as connection:
        connection.execute(statement)


def processes_of(path: Path) -> list[int]:
    """Every living process whose command line names this folder: the postmasters."""
    listing = subprocess.run(["ps", "-eww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listing.splitlines() if f"-D {path}" in line]


def wait_until(true: Callable[[], bool], patience: float = 20.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
