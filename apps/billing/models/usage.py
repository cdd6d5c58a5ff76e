"""What was used in a month: counted in the business, copied to public for operators."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from apps.core.models import Timestamped
from apps.tenants.models import Business


class UsageMonth(Timestamped):
    """One calendar month of this business, in its time zone. Counters change by single conditional updates alone."""

    month = models.DateField()
    conversations = models.IntegerField(default=0)
    conversations_over = models.IntegerField(default=0)
    voice_seconds = models.IntegerField(default=0)
    voice_reserved = models.IntegerField(default=0)
    warned_80_at = models.DateTimeField(null=True, blank=True)
    warned_100_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["month"], name="usage_has_one_row_per_month"),
            models.CheckConstraint(
                condition=Q(
                    conversations__gte=0, conversations_over__gte=0, voice_seconds__gte=0, voice_reserved__gte=0
                ),
                name="counters_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.conversations}"


class UsagePeriod(Timestamped):
    """A month of one business as operators see it; copied by `close_usage_month`."""

    business = models.ForeignKey(Business, models.CASCADE, related_name="usage_periods")
    month = models.DateField()
    conversations = models.IntegerField(default=0)
    voice_seconds = models.IntegerField(default=0)
    tokens = models.BigIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        db_table = 'public"."billing_usageperiod'
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "month"], name="usage_is_copied_once_per_business_and_month")
        ]

    def __str__(self) -> str:
        return f"{self.business} {self.month:%Y-%m}"
