"""A file of customers on its way in."""

from typing import Any, ClassVar, Self

from django.db import models

from apps.core.models import Acted, Timestamped
from apps.core.querysets import GuardedQuerySet


class ImportQuerySet(GuardedQuerySet):
    """One's own imports, as long as one may add customers."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        employee = getattr(user, "employee", None)
        allowed = employee is not None and user.may("customers.create")
        return self.filter(requested_by=employee.pk) if allowed and employee else self.none()


class ImportJob(Acted, Timestamped):
    """One CSV file: uploaded, mapped, looked at, then read row by row. `mapping` says which column fills which field.

    The file and that of the refused rows lie in the store and are gone after a day.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    guard: ClassVar[dict[str, str]] = {"view": "customers.create", "edit": "customers.create"}

    requested_by = models.UUIDField()
    name = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, blank=True)
    consent_source = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    met = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    storage_key = models.CharField(max_length=200, blank=True)
    rejected_key = models.CharField(max_length=200, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state"], name="import_by_state")]

    def __str__(self) -> str:
        return f"import of {self.total}: {self.state}"

    @property
    def percent(self) -> int:
        """How far it has come."""
        return self.done * 100 // self.total if self.total else 0
