"""Operators of each kind, in browsers on the platform's host."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.accounts.actions import add_operator
from apps.accounts.models import User
from tests import people


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    for name in ("default", "platform"):
        caches[name].clear()
    yield
    caches["platform"].clear()


@pytest.fixture
def operator_of(db: None) -> Callable[[str], User]:
    """Somebody of our own staff, with their second factor set up."""

    def make(role: str) -> User:
        with schema_context("public"):
            user = add_operator(email=f"{role}@majlis.test", password=people.PASSWORD, role=f"operator_{role}")
            User.objects.filter(pk=user.pk).update(totp_confirmed_at=timezone.now())
            return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def console(operator_of: Callable[[str], User]) -> Callable[[str], Client]:
    """`console("billing")`: the browser of an operator of that role."""

    def enter(role: str) -> Client:
        client = Client(headers={"host": "localhost"})
        user = operator_of(role)
        with schema_context("public"):
            client.force_login(user)
        return client

    return enter
