"""Customers to try things on."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.actors import SYSTEM
from apps.customers.actions import create_customer
from apps.customers.models import Customer
from apps.tenants.models import Business


@pytest.fixture
def a_customer(acme: Business) -> Callable[..., Customer]:
    """Somebody who was added by hand."""

    def make(**but: Any) -> Customer:
        return create_customer(by=SYSTEM, **{"name": "Rana Haddad", "phone": "+96170123456", **but})

    return make
