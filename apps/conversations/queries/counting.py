"""Counting no further than anybody reads: a number on a tab costs the same at a thousand rows and at a million."""

from collections.abc import Mapping
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from apps.accounts.models import Role


class CountUpTo(Subquery):
    """How many rows a sliced queryset has: `CountUpTo(rows.values("pk")[:100])`."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def counted(sets: Mapping[str, QuerySet[Any]], most: int | None = None) -> dict[str, int]:
    """How many rows each set has, in one statement; no set is counted beyond `most`, if given."""
    counts = {name: CountUpTo(rows.order_by().values("pk")[:most]) for name, rows in sets.items()}
    return dict(Role.objects.filter(is_system=True).values(**counts)[0])  # a row that is surely there
