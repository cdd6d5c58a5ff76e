"""A pretend phone in a simulator inbox of acme, and a way to let happen what follows a commit."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from apps.core.actors import SYSTEM
from apps.gateways.models import Inbox, SimulatorPhone
from apps.gateways.simulator.phone import add_phone
from apps.tenants.models import Business
from tests.factories import an_inbox

NUMBER = "+96170123456"


@pytest.fixture
def inbox(acme: Business) -> Inbox:
    return an_inbox("simulator")


@pytest.fixture
def phone(inbox: Inbox) -> SimulatorPhone:
    return add_phone(inbox, number=NUMBER, name="Rana", language="ar", by=SYSTEM)


@pytest.fixture
def aftermath(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> Callable[[], AbstractContextManager[object]]:
    """What is said inside is committed when the block ends, and everything that follows has happened then."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
