"""What is sold becomes rows."""

from django.db import transaction
from django.db.models import Max
from django_tenants.utils import schema_context

from apps.billing.models import Plan
from apps.billing.plans import as_sold
from apps.tenants.postgres.context import PUBLIC


def sync_plans() -> list[Plan]:
    """Bring the current rows to the table of `plans`. A plan that differs gets a new version; returns those."""
    made = []
    with schema_context(PUBLIC), transaction.atomic():
        current = {plan.key: plan for plan in Plan.objects.select_for_update().filter(is_current=True)}
        for key, facts in as_sold().items():
            row = current.get(key)
            if row and all(getattr(row, name) == value for name, value in facts.items()):
                continue
            newest = Plan.objects.filter(key=key).aggregate(newest=Max("version"))["newest"] or 0
            Plan.objects.filter(key=key, is_current=True).update(is_current=False)
            made.append(Plan.objects.create(key=key, version=newest + 1, **facts))
    return made
