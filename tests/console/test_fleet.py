"""The console's first page says what failed and what waits (TEN-24)."""

import time
from collections.abc import Callable

from django.core.cache import caches
from django.test import Client
from django_tenants.utils import schema_context

from apps.dashboard.health import PENDING
from apps.tenants.models import Business, SchemaState

Console = Callable[[str], Client]


def test_a_failed_schema_is_listed_with_its_error(acme: Business, globex: Business, console: Console) -> None:
    with schema_context("public"):
        SchemaState.objects.update_or_create(business=acme, defaults={"error": "column “colour” is there already"})
        Business.objects.filter(pk=globex.pk).update(status="failed", status_reason="no room on the disk")
    caches["platform"].set(PENDING, [time.time(), time.time() - 500])

    page = console("support").get("/operators/")

    found = {figure.label: figure for figure in page.context["fleet"]}
    assert page.status_code == 200
    text = page.content.decode()
    assert "acme: column “colour” is there already" in text
    assert "globex: no room on the disk" in text
    waiting = found["Oldest element that waits, in seconds"]
    assert (waiting.count >= 500, waiting.is_well) == (True, False)
    assert len(found["Workers that have not been heard for a minute"].which) == 3


def test_a_fleet_that_is_well(acme: Business, console: Console) -> None:
    with schema_context("public"):
        SchemaState.objects.update(error="")

    fleet = console("support").get("/operators/").context["fleet"]

    assert [figure.is_well for figure in fleet[:3]] == [True] * 3
