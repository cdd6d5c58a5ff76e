"""Writing the record. Called inside the transaction of the deed, so that neither exists without the other."""

from typing import Any
from uuid import UUID

from django.db.models import Model

from apps.audit.models import AuditEvent, OperatorEvent
from apps.core.actors import Actor
from apps.core.logs import request_id


def record(
    by: Actor, verb: str, row: Model, *, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Note that `by` did `verb` to `row` in the current business. Values must hold no customer text and no secret."""
    AuditEvent.objects.create(**by.as_fields(), **_fields(verb, row), before=before, after=after)


def record_operator(
    by: Actor, verb: str, row: Model, *, business_id: UUID | None = None, after: dict[str, Any] | None = None
) -> None:
    """Note an operator's deed in the platform's own record. Call it in the public schema."""
    OperatorEvent.objects.create(**by.as_fields(), **_fields(verb, row), business_id=business_id, after=after)


def _fields(verb: str, row: Model) -> dict[str, Any]:
    return {
        "verb": verb,
        "object_kind": row._meta.model_name,
        "object_id": row.pk if isinstance(row.pk, UUID) else None,
        "object_label": getattr(row, "audit_label", "")[:120],
        "request_id": request_id.get(),
    }
