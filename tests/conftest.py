"""Two businesses for every test: `acme`, in which the test runs, and `globex`, to prove that nothing reaches it."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django_tenants.utils import schema_context, tenant_context
from pytest_django import DjangoDbBlocker

from apps.core.events import Event
from apps.tenants import hosts
from apps.tenants.models import Business
from tests import databases, people


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The worker's own database, owned by the owner role and used as the app role, as in production."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        name = databases.make_database(worker)
    yield
    with django_db_blocker.unblock():
        databases.drop_database(name)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Each test starts in public, with an empty host memory."""
    hosts.forget()
    with schema_context("public"):
        yield


@pytest.fixture(autouse=True)
def _connections_come_back() -> Iterator[None]:
    """A test leaves nothing lent but to threads that go on: this one, and the one in which loops call what is sync."""
    yield
    assert databases.lent() <= 2


@pytest.fixture
def acme(db: None) -> Iterator[Business]:
    """The business the test runs in."""
    with tenant_context(business := Business.objects.get(slug="acme")):
        yield business


@pytest.fixture
def globex(db: None) -> Business:
    """The other business. Enter it with `tenant_context`."""
    with schema_context("public"):
        return Business.objects.get(slug="globex")


@pytest.fixture
def client_of(acme: Business) -> Callable[..., Client]:
    """A browser signed in as one of the team ("mona"), at a business ("acme" unless said)."""

    def sign_in(name: str, business: Business = acme) -> Client:
        client = Client(headers={"host": f"{business.slug}.localhost"})
        with tenant_context(business):
            return people.sign_in(client, name)

    return sign_in


@pytest.fixture
def announced(django_capture_on_commit_callbacks: Callable[..., object]) -> Callable[[list[object]], list[Event]]:
    """Turns captured on-commit callbacks into the events they announce."""

    def events(callbacks: list[object]) -> list[Event]:
        return [callback.args[1] for callback in callbacks if getattr(callback, "args", None)]  # type: ignore[attr-defined]

    return events
