"""Tenancy is tested on what is committed: schemas, roles and other connections see nothing of a rolled-back test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from django_tenants.utils import schema_context
from pytest_django import DjangoDbBlocker

from apps.tenants.benches.stage import throwaway_businesses
from apps.tenants.embedded import Cluster
from apps.tenants.models import Business
from tests import databases


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database without the usual transaction around the test, which must leave it as it found it."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture
def superuser(committed: None) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection that the fence does not hold, to the same database. Rolled back at the end."""
    with psycopg.connect(databases.admin_url(connection.settings_dict["NAME"])) as admin:
        yield admin
        admin.rollback()


@pytest.fixture
def fleet_of(committed: None) -> Iterator[Callable[[int], list[Business]]]:
    """Makes so many provisioned businesses, and takes them away after the test."""
    with ExitStack() as stack:
        yield lambda count: stack.enter_context(throwaway_businesses(count))


@pytest.fixture
def both(committed: None) -> tuple[Business, Business]:
    """Acme and globex as they are committed."""
    with schema_context("public"):
        return Business.objects.get(slug="acme"), Business.objects.get(slug="globex")


@pytest.fixture
def three(fleet_of: Callable[[int], list[Business]]) -> list[Business]:
    """Three businesses of this test alone."""
    return fleet_of(3)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own tmp_path is closed to other users."""
    path = Path(tempfile.mkdtemp(prefix="majlis-"))
    path.chmod(0o755)
    yield path
    Cluster(path).stop()
    shutil.rmtree(path)
