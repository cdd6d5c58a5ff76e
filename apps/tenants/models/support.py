"""When somebody of the platform may look into a business, and what is left of one that was erased."""

from typing import Any, ClassVar

from django.db import models

from apps.core.models import Timestamped
from apps.tenants.models.business import Business


class SupportDoor(Timestamped):
    """A time in which an operator may look, never write. Opened by the business, or broken open with a reason.

    Append-only but for its end: `closed_at` may come earlier than `until`.
    """

    class Kind(models.TextChoices):
        INVITED = "invited"
        BREAK_GLASS = "break_glass"

    business = models.ForeignKey(Business, models.CASCADE, related_name="support_doors")
    kind = models.CharField(max_length=11, choices=Kind, default=Kind.INVITED)
    opened_by = models.CharField(max_length=254)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    operator_id = models.UUIDField(null=True, blank=True)  # whose, when it was broken open

    class Meta:
        db_table = 'public"."tenants_supportdoor'
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "until"], name="support_door_by_business"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("opened_at")), name="a_support_door_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="invited") | models.Q(operator_id__isnull=False) & ~models.Q(reason=""),
                name="who_breaks_glass_is_named_and_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business}: {self.get_kind_display()}"


class ErasureCertificate(Timestamped):
    """That a business was erased, when, and how much: nothing by which it could be known again without our key."""

    business_ref = models.CharField(max_length=64)  # keyed hash of its id
    erased_at = models.DateTimeField()
    rows = models.PositiveBigIntegerField()
    objects_removed = models.PositiveIntegerField(db_column="objects")
    dump_until = models.DateTimeField(null=True, blank=True)
    hash = models.CharField(max_length=64)  # keyed hash over the columns above

    class Meta:
        db_table = 'public"."tenants_erasurecertificate'
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business_ref"], name="a_business_is_erased_once"),
        ]

    def __str__(self) -> str:
        return f"{self.erased_at:%Y-%m-%d} {self.business_ref[:12]}"
