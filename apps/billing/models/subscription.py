"""Which plan a business has, how it pays, and until when."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.billing.models.plan import Plan
from apps.core.models import Timestamped
from apps.tenants.models import Business


class Subscription(Timestamped):
    """What one business has of us now. Changed by verbs in public alone; a business's role may read its own row.

    When entitlements shrink, `grace_until` is set: until then whatever is over the new limits goes on working.
    `plan_before` is what they shrank from; having as much again ends the grace.
    """

    class Status(models.TextChoices):
        TRIALING = "trialing", _("Trial")
        ACTIVE = "active", _("Active")
        PAST_DUE = "past_due", _("Payment overdue")
        PAUSED = "paused", _("Paused")
        CANCELED = "canceled", _("Ended")

    class Billing(models.TextChoices):
        MANUAL = "manual", _("Arranged with us")
        CARD = "card", _("By card")

    class Period(models.TextChoices):
        MONTH = "month", _("Monthly")
        YEAR = "year", _("Yearly")

    business = models.OneToOneField(Business, models.CASCADE, related_name="subscription")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="subscriptions")
    status = models.CharField(max_length=8, choices=Status)
    billing = models.CharField(max_length=6, choices=Billing, default=Billing.MANUAL)
    period = models.CharField(max_length=5, choices=Period, default=Period.MONTH)
    period_start = models.DateTimeField(default=timezone.now)
    period_end = models.DateTimeField()
    trial_end = models.DateTimeField(null=True, blank=True)
    past_due_since = models.DateTimeField(null=True, blank=True)
    cancel_at_end = models.BooleanField(default=False)
    grace_until = models.DateTimeField(null=True, blank=True)
    plan_before = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="+")
    provider_customer = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001  unique when known
    provider_subscription = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    overrides = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = 'public"."billing_subscription'
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "period_end"], name="subscription_by_end")
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["provider_customer"], name="a_paying_customer_is_one_business"),
            models.CheckConstraint(
                condition=~models.Q(status="trialing") | models.Q(trial_end__isnull=False), name="a_trial_has_an_end"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="past_due") | models.Q(past_due_since__isnull=False),
                name="an_overdue_subscription_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business}: {self.plan} ({self.status})"
