"""The platform's people, and a cache that remembers nothing."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client
from django_tenants.utils import schema_context

from apps.accounts.models import User
from tests import people


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    caches["platform"].clear()
    yield
    caches["platform"].clear()


@pytest.fixture
def operator(db: None) -> User:
    """Somebody of our own staff. Call within public."""
    with schema_context("public"):
        return people.an_operator()


@pytest.fixture
def console(operator: User) -> Client:
    """The operator's browser, signed in on the platform's host."""
    client = Client(headers={"host": "localhost"})
    with schema_context("public"):
        client.force_login(operator)
    return client


@pytest.fixture
def platform(db: None) -> Client:
    """A stranger's browser on the platform's host."""
    return Client(headers={"host": "localhost"})
