"""Writing the record. Called inside the transaction of the deed, so that neither exists without the other."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from apps.audit import diff
from apps.audit.diff import changed, facts
from apps.audit.models import AnalyticsFact, AuditEvent, OperatorEvent
from apps.core.actors import Actor
from apps.core.logs import caller, request_id

__all__ = ["changed", "facts", "record", "record_fact", "record_operator"]


def record(
    by: Actor,
    verb: str,
    row: Model,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """Note that `by` did `verb` to `row` in the current business, and from where.

    Values must hold no customer text; what is called like a secret is masked. For an edit take `facts(row)` first
    and give `**changed(row, before)`. `note` is an operator's reason.
    """
    AuditEvent.objects.create(
        **by.as_fields(), **_fields(verb, row), before=diff.masked(before), after=diff.masked(after), operator_note=note
    )


def record_operator(
    by: Actor,
    verb: str,
    row: Model,
    *,
    business_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """Note an operator's deed in the platform's own record. Call it in the public schema."""
    OperatorEvent.objects.create(
        **by.as_fields(), **_fields(verb, row), business_id=business_id, before=diff.masked(before),
        after=diff.masked(after), operator_note=note,
    )  # fmt: skip


def record_fact(kind: str, *, cause: str, at: datetime | None = None, **about: Any) -> None:
    """Note for the figures that something happened (requirements 19.2). The same cause makes a fact once.

    `about` are columns of AnalyticsFact: ids of what it concerns, an amount with its currency, a language, a country.
    """
    fact = AnalyticsFact(kind=kind, cause=cause[:80], at=at or timezone.now(), **about)
    AnalyticsFact.objects.bulk_create([fact], ignore_conflicts=True)


def _fields(verb: str, row: Model) -> dict[str, Any]:
    whence = caller.get()
    return {
        "verb": verb,
        "object_kind": row._meta.model_name,
        "object_id": row.pk if isinstance(row.pk, UUID) else None,
        "object_label": getattr(row, "audit_label", "")[:120],
        "request_id": request_id.get(),
        "address": whence.address,
        "agent": whence.agent,
    }
