"""Two businesses with the same rows: equal primary keys in every table, and a marker in every text of the second.

Whoever reads in the wrong business finds a row under the very same id, and shows the marker. Generated from the ORM's
registry: a table that is new tomorrow has its twins tomorrow.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from django_tenants.utils import schema_context, tenant_context

from apps.audit.models import AuditEvent
from apps.tenants import hosts
from apps.tenants.models import Business, Domain
from apps.tenants.postgres.context import current_schema
from apps.tenants.postgres.router import LIVE_APPS, SHARED, belongs
from tests.api.routes import some_rows
from tests.house import planting
from tests.isolation.filling import fill

FOREIGN = planting.MARKER
FOREIGN_NUMBER = planting.NUMBER
FOREIGN_SHARED = "globexshared"  # in its rows of the shared tables, which operators may see
OWN = "acmeown"

# What a page needs to work at all keeps its value: words of closed lists that happen not to be `choices`.
WORKING = {
    "gateway", "language", "timezone", "currency", "country", "password", "permissions", "grants", "denials", "words",
    "schema_name", "slug", "host", "token_hash", "session_key", "expire_date", "codename", "locale", "industry",
}  # fmt: skip
NAMES = ("name", "body", "description", "title", "display_name", "full_name", "profile_name", "label", "text")
OWN_UNTOUCHED = {"accounts.role.name", "auth.group.name"}

Model = type[models.Model]
Field = "models.Field[Any, Any]"


def tables() -> list[Model]:
    """Every table of a business's schema, those of Django and guardian too."""
    return [
        model for model in apps.get_models(include_auto_created=True)
        if belongs(model._meta.label_lower, "b_x") and model._meta.app_label not in LIVE_APPS
    ]  # fmt: skip


def make_twins(home: Business, other: Business) -> tuple[set[str], dict[str, Any]]:
    """Fill every table of `home`, and copy it to `other` under equal keys with markers. Returns the
    tables that stayed empty, and a row of `home` for each noun of the API."""
    with tenant_context(home):
        nouns = some_rows()
        planting.everything(nouns)
        fill(tables())
        mark_names(OWN)
        rows = {model: [_plain(row) for row in model._base_manager.all()] for model in tables()}
    with tenant_context(other):
        for model in tables():
            _try(model._base_manager.all()._raw_delete, "default")  # what only grows, keeps what it has
        numbers = count()
        for model, plain in rows.items():
            _copy(model, plain, numbers)
        _try(_mark_numbers)
    _mark_shared(other)
    for business, word in ((home, "picture"), (other, FOREIGN)):  # a logo is everybody's to see
        planting.pictures(business, word)
    hosts.forget()
    return {model._meta.label_lower for model, plain in rows.items() if not plain}, nouns


def mark_names(word: str) -> None:
    """Write a word into every name and body of the current business that nothing depends on."""
    numbers = count()
    for model in set(tables()) - {AuditEvent}:
        for field in model._meta.local_fields:
            name = f"{model._meta.label_lower}.{field.name}"
            if field.name not in NAMES or field.choices or field.is_relation or name in OWN_UNTOUCHED:
                continue
            for pk in list(model._base_manager.values_list("pk", flat=True)):
                _try(model._base_manager.filter(pk=pk).update, **{field.name: f"{word}{next(numbers)}"})


def keys() -> list[Any]:
    """The key of the newest row of each table of the current business, and of the names it has: what may stand in an
    address."""
    found = {model._base_manager.order_by("-pk").values_list("pk", flat=True).first() for model in tables()}
    names = Domain.objects.filter(business__schema_name=current_schema(), is_primary=False)
    return sorted({*found, *names.values_list("pk", flat=True)} - {None}, key=str)


def _plain(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.local_concrete_fields}


def _copy(model: Model, rows: list[dict[str, Any]], numbers: Iterator[int]) -> None:
    """Insert these rows here, each text a marker where the database takes it."""
    if not rows:
        return
    fields = [field for field in model._meta.local_concrete_fields if _marker(field, 0) is not None]
    accepted = [field for field in fields if _takes(model, rows[0], [field], numbers)]
    whole = accepted if _takes(model, rows[0], accepted, numbers) else []
    made = [_marked(model, row, whole, numbers) for row in rows]
    model._base_manager.bulk_create(made, ignore_conflicts=True)


def _takes(model: Model, row: dict[str, Any], fields: "list[models.Field[Any, Any]]", numbers: Iterator[int]) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.bulk_create([_marked(model, row, fields, numbers)])
            transaction.set_rollback(True)
    except (DatabaseError, ValueError, TypeError):
        return False
    return True


def _marked(model: Model, row: dict[str, Any], fields: "list[models.Field[Any, Any]]", numbers: Iterator[int]) -> Any:
    return model(**{**row, **{field.attname: _marker(field, next(numbers)) for field in fields}})


def _marker(field: "models.Field[Any, Any]", number: int, word: str = FOREIGN) -> Any:
    if field.primary_key or field.choices or field.is_relation or field.name in WORKING:
        return None
    if isinstance(field, models.JSONField):
        return {word: word}
    if isinstance(field, ArrayField):
        fits = isinstance(field.base_field, (models.CharField, models.TextField)) and not field.base_field.choices
        return [f"{word}{number}"] if fits else None
    if isinstance(field, (models.CharField, models.TextField)):
        room = field.max_length or 1000
        return f"{word}{number}"[:room] if room >= len(word) else None
    return None


def _mark_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(planting.NUMBERED, [FOREIGN_NUMBER])


def _mark_shared(business: Business) -> None:
    """The other business's rows of the shared tables, and the row of the business itself."""
    numbers = count()
    with schema_context("public"):
        for label in sorted(SHARED):
            model = apps.get_model(label)
            names = {field.name for field in model._meta.local_fields}
            whose = "pk" if model is Business else next((name for name in ("business", "owner") if name in names), "")
            for field in model._meta.local_concrete_fields if whose else ():
                if _marker(field, 0) is None or field.name == "token":
                    continue
                for pk in list(model._base_manager.filter(**{whose: business.pk}).values_list("pk", flat=True)):
                    _try(
                        model._base_manager.filter(pk=pk).update,
                        **{field.name: _marker(field, next(numbers), FOREIGN_SHARED)},
                    )


def _try(act: Any, *args: Any, **kwargs: Any) -> None:
    """Do it unless the database wants otherwise."""
    try:
        with transaction.atomic():
            act(*args, **kwargs)
    except DatabaseError:
        return
