"""A row for any model, made from what its fields say: for the tables that `planting.everything()` leaves empty."""

import uuid
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, models, transaction
from django.utils import timezone

_SIMPLE: dict[type, Any] = {
    models.BooleanField: False,
    models.DateTimeField: timezone.now,
    models.DateField: date.today,
    models.TimeField: time(9),
    models.DurationField: timedelta(minutes=1),
    models.DecimalField: Decimal(1),
    models.FloatField: 1.0,
    models.IntegerField: 1,
    models.JSONField: dict,
    models.UUIDField: uuid.uuid4,
    models.BinaryField: b"x",
    models.GenericIPAddressField: "192.0.2.1",
    models.EmailField: "somebody@example.test",
    models.URLField: "https://example.test/",
    models.FileField: "",
}


def fill(tables: list[type[models.Model]]) -> None:
    """A row in each of these tables that has none and whose constraints let a plain one in; twice, for foreign keys
    to tables that come later."""
    numbers = count()
    for model in [*tables, *tables]:
        if not model._base_manager.exists():
            try:
                with transaction.atomic():
                    model._base_manager.bulk_create([row_of(model, next(numbers))])
            except (DatabaseError, LookupError):
                continue


def row_of(model: type[models.Model], number: int) -> models.Model:
    """An unsaved row. Raises LookupError when a row that it must point to does not exist yet."""
    values = {
        field.attname: _value(field, number)
        for field in model._meta.local_concrete_fields
        if not (field.has_default() or field.null or isinstance(field, models.AutoField))
    }
    return model(**values)


def _value(field: "models.Field[Any, Any]", number: int) -> Any:
    if field.is_relation:
        related: Any = field.related_model
        pk = related._base_manager.values_list("pk", flat=True).first()
        if pk is None:
            raise LookupError(field.name)
        return pk
    if field.choices:
        return next(value for value, _label in field.flatchoices if value not in ("", None))
    if isinstance(field, ArrayField):
        return []
    for kind in type(field).__mro__:
        if kind in _SIMPLE:
            made = _SIMPLE[kind]
            return made() if callable(made) else made
    room = getattr(field, "max_length", None) or 40
    return f"filled {number}"[:room]
