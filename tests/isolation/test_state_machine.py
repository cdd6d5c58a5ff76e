"""No order of events carries anything across: hypothesis looks for one. MACHINE=n plays n games instead of a few."""

import os

import pytest
from django.core.cache import caches
from django.test import override_settings
from django_tenants.utils import schema_context, tenant_context
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from apps.accounts.actions import add_employee
from apps.accounts.models import Employee, Role, User
from apps.conversations.models import Conversation
from apps.core import caching
from apps.core.actors import SYSTEM
from apps.tenants.models import Business
from tests.isolation.machine import ThreeBusinesses, mark_of

GAMES = int(os.environ.get("MACHINE", "6"))
STEPS = 25


@pytest.fixture
def marked(three: list[Business]) -> list[Business]:
    """Three businesses; in each a person with the same key and e-mail, and another name."""
    key = None
    for business in three:
        with tenant_context(business):
            made = add_employee(
                email="twin@mark.test", full_name=mark_of(business), role=Role.objects.get(name="admin"), by=SYSTEM
            )
            key = key or made.user_id
            if made.user_id != key:
                facts = User.objects.filter(pk=made.user_id).values().get()
                User.objects.filter(pk=made.user_id).update(email="old@mark.test")
                User.objects.bulk_create([User(**{**facts, "id": key})])
                Employee.objects.filter(pk=made.pk).update(user_id=key)
    return three


def play(businesses: list[Business]) -> None:
    """A few games, each from the beginning."""
    with tenant_context(businesses[0]):
        twin = User.objects.get(email="twin@mark.test").pk
    machine = type("Machine", (ThreeBusinesses,), {"businesses": businesses, "people": {"twin": twin}})
    with schema_context("public"), override_settings(ALLOWED_HOSTS=["*"]):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=GAMES, stateful_step_count=STEPS, deadline=None, derandomize=GAMES < 50, database=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.generate], report_multiple_bugs=False,
            ),
        )  # fmt: skip


def test_three_businesses_never_meet(marked: list[Business]) -> None:
    play(marked)

    for business in marked:
        with tenant_context(business):
            assert Conversation.objects.count() == 0


def test_it_finds_a_cache_without_the_business_in_its_key(
    marked: list[Business], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches["default"], "key_func", lambda key, prefix, version: f"{prefix}:{version}:{key}")
    monkeypatch.setattr(caching, "business_key", lambda key, prefix, version: f"{prefix}:{version}:{key}")

    with pytest.raises(AssertionError):
        play(marked)
