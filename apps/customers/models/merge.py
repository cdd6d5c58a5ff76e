"""Two rows that were one person, and the way back."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from apps.core.models import Acted, Timestamped
from apps.customers.models.customer import Customer


class CustomerMerge(Acted, Timestamped):
    """One customer taken into another. `moved` lists every change in its order: {"table", "id", "before"} or, of a
    label, {"table", "id", "added"}; undoing walks it backwards (R-058)."""

    kept = models.ForeignKey(Customer, models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    moved = models.JSONField(default=list)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kept", "-at"], name="merge_by_kept")]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=models.Q(undone_at=None), name="a_customer_is_absorbed_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"merge of {self.at:%Y-%m-%d}"

    def can_be_undone(self, now: datetime | None = None) -> bool:
        """Whether there is still a way back."""
        return self.undone_at is None and self.undo_until > (now or timezone.now())
