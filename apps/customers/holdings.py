"""What is kept of a person, wherever it lies. This app knows its own tables; each app above offers the rest as a
`Holding`, and `config/holdings.py` lists them.

One list for four questions, so that a table that can be merged cannot be forgotten when somebody is erased.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.module_loading import import_string

from apps.customers.models import Customer


class Whole(DjangoJSONEncoder):
    """As Django's, but a moment keeps its microseconds: it must come back as it was."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


Part = tuple[str, Any]  # where it lies in an archive ("messages.json", "files/…"), and rows or the bytes of a file


@dataclass(frozen=True, slots=True)
class Person:
    """One human being: every row that was merged into one, and every number and provider id that leads to it."""

    ids: Sequence[UUID]
    values: Sequence[str]

    @classmethod
    def of(cls, customer: Customer) -> "Person":
        """The person behind a customer's row."""
        rows = [customer, *Customer.objects.filter(merged_into=customer)]
        names = {
            value for row in rows for value in row.identities.exclude(value="").values_list("value", flat=True)
        } | {row.phone for row in rows if row.phone}  # fmt: skip
        bare = {name.removeprefix("+") for name in names if len(name) > 5}
        return cls([row.pk for row in rows], sorted(bare))


@dataclass
class Moves:
    """The diary of a merge: everything that changes goes through here, so that it can be walked backwards."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def change(self, row: models.Model, **to: Any) -> None:
        """Write columns of a row, and what they held before."""
        table: type[models.Model] = type(row)
        before = {name: getattr(row, name) for name in to}
        if before == to:
            return
        table._base_manager.filter(pk=row.pk).update(**to)
        for name, value in to.items():
            setattr(row, name, value)
        self.steps.append({"table": table._meta.label_lower, "id": str(row.pk), "before": before, "after": to})
        self.counts[table._meta.model_name or ""] = self.counts.get(table._meta.model_name or "", 0) + 1

    def link(self, row: models.Model, name: str, others: Iterable[models.Model]) -> None:
        """Add rows to a many-to-many of a row, those that are not there yet."""
        manager = getattr(row, name)
        there = set(manager.values_list("pk", flat=True))
        if new := [other.pk for other in others if other.pk not in there]:
            manager.add(*new)
            added = [str(pk) for pk in new]
            self.steps.append({"table": row._meta.label_lower, "id": str(row.pk), "link": name, "added": added})

    def as_json(self) -> list[dict[str, Any]]:
        """The steps as a column keeps them."""
        kept: list[dict[str, Any]] = json.loads(json.dumps(self.steps, cls=Whole))
        return kept


def walk_back(steps: Sequence[Mapping[str, Any]]) -> None:
    """Undo a merge's steps, the last first. What somebody has changed since then stays as they left it."""
    for step in reversed(steps):
        table = apps.get_model(step["table"])
        row = table._base_manager.filter(pk=step["id"]).first()
        if row is None:
            continue
        if "link" in step:
            getattr(row, step["link"]).remove(*step["added"])
            continue
        columns = {each.attname: each for each in table._meta.concrete_fields}
        back = {
            name: columns[name].to_python(value)
            for name, value in step["before"].items()
            if _plain(getattr(row, name)) == step["after"][name]
        }
        if back:
            table._base_manager.filter(pk=row.pk).update(**back)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=Whole))


@dataclass(frozen=True, slots=True)
class Holding:
    """What one app keeps of people: how much it is, how it is emptied, how it is given out, how it moves in a merge."""

    count: Callable[[Customer], Mapping[str, int]]
    erase: Callable[[Person], Mapping[str, int]]
    collect: Callable[[Person], Iterator[Part]]
    move: Callable[[Customer, Customer, Moves], None]


def holdings() -> Sequence[Holding]:
    """Every app's, in the order of `config/holdings.py`."""
    found: Sequence[Holding] = import_string(settings.CUSTOMER_HOLDINGS)
    return found
