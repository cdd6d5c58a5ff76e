"""The schema editor: a foreign key from a business's table to a shared one stays without a database constraint.

A cross-schema key would make one delete in the shared table scan every business (foundations 1.3).
"""

from typing import Any

from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import Field, Model

from apps.tenants.postgres.context import PUBLIC
from apps.tenants.postgres.router import is_shared


class SchemaEditor(DatabaseSchemaEditor):
    """PostgreSQL's editor that never lets a foreign key leave its schema."""

    def create_model(self, model: type[Model]) -> None:
        for field in model._meta.local_fields:
            self._keep_inside(field)
        super().create_model(model)

    def add_field(self, model: type[Model], field: "Field[Any, Any]") -> None:
        self._keep_inside(field)
        super().add_field(model, field)

    def alter_field(
        self, model: type[Model], old_field: "Field[Any, Any]", new_field: "Field[Any, Any]", strict: bool = False
    ) -> None:
        self._keep_inside(old_field)
        self._keep_inside(new_field)
        super().alter_field(model, old_field, new_field, strict)

    def _keep_inside(self, field: Any) -> None:
        target = field.remote_field and field.remote_field.model
        schema = self.connection.schema_name  # type: ignore[attr-defined]
        if target and schema != PUBLIC and is_shared(target._meta.label_lower):
            field.db_constraint = False
