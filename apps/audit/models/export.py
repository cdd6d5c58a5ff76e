"""Exports: asked for, written in the background, fetched once or twice, gone after a day."""

from typing import Any, ClassVar, Self

from django.db import models

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class ExportQuerySet(GuardedQuerySet):
    """Exports are for whoever asked for them, and for nobody else."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        employee = getattr(user, "employee", None)
        return self.filter(requested_by=employee.pk) if employee and user.is_active else self.none()


class ExportJob(Timestamped):
    """One table on its way into a file, or everything. The key of a sealed file is here, itself sealed, until it is
    written."""

    class Format(models.TextChoices):
        CSV = "csv"
        XLSX = "xlsx"
        JSON = "json"
        MAJLIS = "majlis"  # everything of a business, sealed

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"
        EXPIRED = "expired"

    guard: ClassVar[dict[str, str]] = {}

    requested_by = models.UUIDField()
    kind = models.CharField(max_length=30)
    format = models.CharField(max_length=6, choices=Format)
    params = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    rows = models.PositiveIntegerField(null=True, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sealed_key = models.BinaryField(null=True, editable=False)
    key_id = models.CharField(max_length=40, blank=True, editable=False)

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state"], name="export_by_state")]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~models.Q(state="ready") | models.Q(expires_at__isnull=False, rows__isnull=False),
                name="a_ready_export_has_rows_and_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} as {self.format}: {self.state}"

    @property
    def audit_label(self) -> str:
        return f"{self.kind}.{self.format}"
