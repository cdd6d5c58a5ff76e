"""A business on a plan of the test's choosing, and a frame that remembers nothing of the test before."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from django_tenants.utils import schema_context

from apps.billing.actions import change_plan
from apps.billing.models import Subscription
from apps.core.actors import SYSTEM
from apps.tenants.models import Business


@pytest.fixture(autouse=True)
def _a_fresh_frame() -> Iterator[None]:
    """What the frame says of plan and usage is remembered for some seconds, in a cache that outlives a test."""
    caches["default"].clear()
    yield
    caches["default"].clear()


@pytest.fixture
def on(acme: Business) -> Callable[[str], Business]:
    """Puts acme on a plan as if it had never had another: `on("free")`."""

    def put(plan: str) -> Business:
        change_plan(acme, plan=plan, by=SYSTEM)
        with schema_context("public"):
            Subscription.objects.filter(business=acme).update(grace_until=None, plan_before=None)
        return acme

    return put
