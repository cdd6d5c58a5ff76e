"""A plan as it is sold: its price, its limits, what it includes."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import Timestamped


class Plan(Timestamped):
    """One version of a plan. A changed plan is a new row, so that old subscriptions keep what they were sold.

    A limit of None means unlimited.
    """

    class Key(models.TextChoices):
        FREE = "free", _("Free")
        STARTER = "starter", _("Starter")
        PRO = "pro", _("Pro")
        ENTERPRISE = "enterprise", _("Enterprise")

    key = models.CharField(max_length=10, choices=Key)
    price_month = models.DecimalField(max_digits=12, decimal_places=3)
    price_year = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3, default="USD")
    conversations = models.IntegerField(null=True, blank=True)
    employees = models.IntegerField(null=True, blank=True)
    voice_minutes = models.IntegerField(null=True, blank=True)
    services = models.IntegerField(null=True, blank=True)
    inboxes = models.IntegerField(null=True, blank=True)
    storage_bytes = models.BigIntegerField(null=True, blank=True)
    features = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    version = models.IntegerField(default=1)
    is_current = models.BooleanField(default=True)

    class Meta:
        db_table = 'public"."billing_plan'
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(is_current=True), name="a_plan_has_one_current_version"
            ),
            models.UniqueConstraint(fields=["key", "version"], name="a_version_of_a_plan_is_used_once"),
            models.CheckConstraint(condition=models.Q(price_month__gte=0), name="a_plan_costs_nothing_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} {self.version}"
