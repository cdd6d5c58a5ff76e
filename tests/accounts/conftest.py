"""A door that has seen nobody yet, and a clock that can be turned."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone


@pytest.fixture(autouse=True)
def _no_failures_remembered() -> Iterator[None]:
    caches["platform"].clear()
    yield
    caches["platform"].clear()


@pytest.fixture
def visitor() -> Client:
    """A browser that nobody is signed in with, at acme."""
    return Client(headers={"host": "acme.localhost"})


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves Django's clock forward; calls add up."""
    real, moved = timezone.now, [timedelta()]
    monkeypatch.setattr("django.utils.timezone.now", lambda: real() + moved[0])

    def turn(span: timedelta) -> None:
        moved[0] += span

    return turn
