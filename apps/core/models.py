"""What every table of ours has: an id made in Python, two times, and a memory of the schema it was read from."""

import uuid
from collections.abc import Collection
from typing import Any, Self

import uuid6
from django.db import connection, models
from django.utils import timezone

from apps.core.actors import ActorKind


def new_id() -> uuid.UUID:
    """A fresh UUID version 7 (RFC 9562): unique, and later ids sort after earlier ones."""
    return uuid.UUID(int=uuid6.uuid7().int)


class CrossedTenants(Exception):
    """A row read in one business was about to be written in another."""


class Timestamped(models.Model):
    """A row with an id and its two times, which refuses to be saved outside the schema it came from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override]
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        row = super().from_db(db, field_names, values)
        row._schema = connection.schema_name  # type: ignore[attr-defined]
        return row

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        came_from, here = getattr(self, "_schema", None), connection.schema_name  # type: ignore[attr-defined]
        if came_from not in (None, here):
            raise CrossedTenants(f"A {self._meta.label} of {came_from} cannot be saved in {here}.")
        super().save_base(*args, **kwargs)

    def fresh(self) -> Self:
        """The same row as it is in the database now."""
        return type(self)._base_manager.get(pk=self.pk)


class Acted(models.Model):
    """Columns that say who did it; see `apps.core.actors.Actor`."""

    actor_kind = models.CharField(max_length=12, choices=ActorKind)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_label = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True
