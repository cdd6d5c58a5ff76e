"""The suite's database: a template with public migrated and two businesses provisioned, cloned once per worker.

The template is keyed by a hash of the migrations, our SQL and the keyring that its data keys are wrapped with, so a
second run starts in half a second.
"""

import fcntl
import hashlib
import os
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from apps.billing.actions import change_plan, start_trial, sync_plans
from apps.core import crypto
from apps.core.actors import SYSTEM
from apps.tenants import script
from apps.tenants.actions import create_business
from apps.tenants.embedded import Cluster
from apps.tenants.postgres import bootstrap
from tests import people


def admin_url(name: str = "postgres") -> str:
    """A superuser's URL: DATABASE_ADMIN_URL where a service is tested, else the bundled server's, started now."""
    if given := os.environ.get("DATABASE_ADMIN_URL"):
        return urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    cluster = Cluster(Path(settings.VAR_DIR))
    cluster.start(disposable=True)
    return cluster.admin_dsn(name)


def make_database(worker: str) -> str:
    """Clone the template for one worker and point both aliases at the clone. Returns its name."""
    template = _template()
    name = f"majlis_test_{worker}_{os.getpid()}"
    bootstrap.create_database(admin_url(), name, template)
    with psycopg.connect(admin_url(name), autocommit=True) as connection:
        connection.execute(bootstrap.statements("fence", database=sql.Identifier(name)))
    _point_at(name)
    return name


def drop_database(name: str) -> None:
    """Forget a worker's clone."""
    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def lent() -> int:
    """How many connections of the pool are out, once it is not growing."""
    until = time.monotonic() + 10
    while (pool := connections["default"]._connection_pools.get("default")) and time.monotonic() < until:  # type: ignore[attr-defined]
        if not pool._growing:
            return int(pool._nconns - len(pool._pool))
        time.sleep(0.01)
    return 0


def _template() -> str:
    here = Path(__file__)
    digest = hashlib.sha256(script.state_of_migrations().encode() + crypto.keyed_hash("template").encode())
    plans = Path(settings.BASE_DIR, "apps", "billing", "plans.py")
    for path in (here, here.with_name("people.py"), plans, *sorted(Path(bootstrap.HERE).glob("*.sql"))):
        digest.update(path.read_bytes())
    name = f"majlis_template_{digest.hexdigest()[:12]}"
    admin = admin_url()
    with open(Path(settings.VAR_DIR) / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        bootstrap.prepare_cluster(admin, bootstrap.passwords_from_settings())
        with psycopg.connect(admin) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return name
        draft = f"{name}_{os.getpid()}"
        _fill(admin, draft)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
            )
    return name


def _fill(admin: str, name: str) -> None:
    bootstrap.create_database(admin, name)
    bootstrap.raise_fence(admin_url(name), live=False)
    _point_at(name)
    bootstrap.migrate_public()
    sync_plans()
    for slug in ("acme", "globex"):
        business = create_business(slug=slug, name=slug.title(), by=SYSTEM, primary_language="en")
        start_trial(business, by=SYSTEM)
        change_plan(business, plan="enterprise", by=SYSTEM, note="whatever the tests try")
        people.populate(business)
    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]


def _point_at(name: str) -> None:
    for alias in ("default", "migrate"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    connections["default"].close_pool()  # type: ignore[attr-defined]
