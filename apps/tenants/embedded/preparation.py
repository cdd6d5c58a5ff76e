"""What must be there before the parts start: roles, tables, demo data. Made once for each state of the code."""

import hashlib
import time
from functools import partial
from pathlib import Path

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.tenants.embedded.cluster import Cluster
from apps.tenants.embedded.supervisor import Child, Supervisor


def prepare(supervisor: Supervisor, cluster: Cluster | None) -> bool:
    """Set up in a process of its own, so that its memory and connections go with it. False: it failed, or was stopped.

    On the bundled PostgreSQL a stamp beside the data says for which state it was done; then there is nothing to do.
    """
    stamp = cluster.home / "prepared" if cluster else None
    state = _state()
    demo = Path(settings.VAR_DIR) / "demo.json"
    if stamp and stamp.exists() and stamp.read_text() == state and demo.exists():
        return True
    if supervisor.run(Child("setup", partial(_set_up, may_make_roles=cluster is not None))) != 0:
        return False
    if stamp:
        stamp.write_text(state)
    return True


def _set_up(*, may_make_roles: bool) -> None:
    began = time.monotonic()
    steps: list[tuple[str, str, dict[str, object]]] = [
        ("Roles, grants and shared tables", "prepare_database", {"skip_cluster": not may_make_roles}),
        ("The businesses' tables", "migrate_fleet", {}),
    ]
    if not settings.PRODUCTION:
        steps.append(("Demo data", "seed_demo", {}))
    for text, command, options in steps:
        print(text, flush=True)
        try:
            call_command(command, verbosity=0, **options)
        except CommandError as error:
            raise SystemExit(f"{command}: {error}") from error
    print(f"Done in {time.monotonic() - began:.1f} s", flush=True)


def _state() -> str:
    """A hash that changes whenever set-up may have something to do: the code, Django, the addresses."""
    state = hashlib.sha256(f"{django.__version__} {settings.PUBLIC_BASE_URL} {settings.BASE_DOMAIN}".encode())
    for folder in ("apps", "config"):
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*")):
            if path.suffix in {".py", ".sql", ".json"}:
                state.update(f"{path}\0".encode() + path.read_bytes())
    return state.hexdigest()
