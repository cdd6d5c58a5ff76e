"""Migrating three hundred businesses: nothing to do, and one new column; against django-tenants' own command."""

import time
from itertools import pairwise
from statistics import median
from typing import Any

from django.core.management import call_command

from apps.tenants import fleet
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress, one_more_migration, throwaway_businesses
from apps.tenants.models import Business

BUSINESSES = 300
STOCK = 5  # of them migrated by django-tenants before, and as many after ours
A_FIELD = "operations = [migrations.AddField('customer', 'bench', models.IntegerField(null=True))]"


def measure(progress: Progress) -> dict[str, Any]:
    """Milliseconds per business for one AddField; the whole no-op in seconds."""
    with throwaway_businesses(BUSINESSES, progress) as businesses:
        everyone = Business.objects.filter(pk__in=[business.pk for business in businesses])
        ours_only = Business.objects.filter(pk__in=[business.pk for business in businesses[STOCK:-STOCK]])
        idle = [_seconds_of(everyone) for _ in range(5)]
        idle_stock = [_stock(business, progress) for business in businesses[:STOCK]]
        with one_more_migration("customers", A_FIELD):
            baseline = [_stock(business, progress) for business in businesses[:STOCK]]
            times: list[float] = []

            def note(done: int, total: int, slug: str) -> None:
                times.append(time.perf_counter())
                progress(done, total, slug)

            outcome = fleet.migrate(ours_only, progress=note)
            baseline += [_stock(business, progress) for business in businesses[-STOCK:]]
    each = outcome.seconds / len(outcome.migrated) * 1000
    steps = [(after - before) * 1000 for before, after in pairwise(times)]
    return {
        "name": "fleet",
        "unit": "ms per business, one AddField",
        "ours": each,
        "baseline": median(baseline) * 1000,
        "ratio": median(baseline) * 1000 / each,
        "n": len(outcome.migrated),
        **percentiles(steps),
        "also": {
            "ours, all of them, s": outcome.seconds,
            "ours, failed": len(outcome.failed),
            "no-op, 300 businesses, s": median(idle),
            "no-op, django-tenants, ms each": median(idle_stock) * 1000,
            "migrated by django-tenants": len(baseline),
        },
    }


def _seconds_of(businesses: Any) -> float:
    return fleet.migrate(businesses).seconds


def _stock(business: Business, progress: Progress) -> float:
    began = time.perf_counter()
    call_command(
        "migrate_schemas", schema_name=business.schema_name, executor="standard", interactive=False, verbosity=0
    )
    progress(0, STOCK, "by django-tenants")
    return time.perf_counter() - began
