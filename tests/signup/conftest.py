"""Strangers on the platform's host. Businesses are really made, so each test takes away what it has made."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connections
from django.test import Client
from django_tenants.utils import schema_context
from pytest_django import DjangoDbBlocker

from apps.tenants import hosts
from apps.tenants.benches.stage import remove
from apps.tenants.models import Business

FORM: dict[str, Any] = {
    "name": "Nour Salon", "industry": "salon", "country": "LB", "timezone": "Asia/Beirut", "currency": "USD",
    "primary_language": "ar", "owner_name": "Nour Haddad", "email": "nour@example.test",
    "password": "tea on the balcony", "terms_accepted": True,
}  # fmt: skip


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database as others see it, and only acme and globex in it afterwards."""
    for name in ("default", "platform"):
        caches[name].clear()
    with django_db_blocker.unblock():
        yield
        with schema_context("public"):
            made = list(Business.objects.exclude(slug__in=["acme", "globex"]))
        for business in made:
            remove(business)
        hosts.forget()
        connections.close_all()


@pytest.fixture
def stranger(committed: None) -> Client:
    """A browser on the platform's host."""
    return Client(headers={"host": "localhost"})


@pytest.fixture
def post(stranger: Client) -> Callable[..., Any]:
    """Sign up by the API, with the usual facts but these; None leaves one out."""

    def send(**but: Any) -> Any:
        body = {name: value for name, value in {**FORM, **but}.items() if value is not None}
        return stranger.post("/api/v1/signup/", body, "application/json")

    return send


def business(slug: str = "nour-salon") -> Business:
    """A business by its address."""
    with schema_context("public"):
        return Business.objects.get(slug=slug)
