"""What was asked for and paid: invoices, and the payment provider's events, each handled once."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.billing.models.subscription import Subscription
from apps.core.models import Timestamped


class Invoice(Timestamped):
    """One bill. Kept ten years."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("To be paid")
        PAID = "paid", _("Paid")
        VOID = "void", _("Void")

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=30)
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3, default="USD")
    status = models.CharField(max_length=5, choices=Status, default=Status.OPEN)
    period = models.CharField(max_length=21)  # 2026-11-01/2026-12-01
    note = models.CharField(max_length=500, blank=True)
    url = models.URLField(max_length=500, blank=True)

    class Meta:
        db_table = 'public"."billing_invoice'
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["number"], name="an_invoice_number_is_used_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="an_invoice_asks_for_nothing_or_more"),
        ]

    def __str__(self) -> str:
        return self.number


class PlatformPaymentEvent(Timestamped):
    """One event of the platform's payment provider, sealed. No business ever sees it."""

    class Outcome(models.TextChoices):
        APPLIED = "applied"
        IGNORED = "ignored"
        FOREIGN = "foreign"

    provider_event_id = models.CharField(max_length=64)
    type = models.CharField(max_length=80)
    payload = models.BinaryField()
    key_id = models.CharField(max_length=40)
    outcome = models.CharField(max_length=7, choices=Outcome)
    received_at = models.DateTimeField()

    class Meta:
        db_table = 'public"."billing_platformpaymentevent'
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["received_at"], name="payment_event_by_time")]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["provider_event_id"], name="a_provider_event_is_handled_once")
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.provider_event_id}"
