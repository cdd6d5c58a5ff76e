"""What figures are made of: facts about what happened with customers, counted later, never a person's words."""

from typing import Any, ClassVar

from django.db import models

from apps.core.models import Timestamped


class AnalyticsFact(Timestamped):
    """Something that happened once (requirements 19.2). Plain keys: facts outlive the rows they speak of."""

    class Kind(models.TextChoices):
        MESSAGE_RECEIVED = "message_received"
        LANGUAGE_SELECTED = "language_selected"
        SERVICE_MENU_VIEWED = "service_menu_viewed"
        SERVICE_VIEWED = "service_viewed"
        SERVICE_SELECTED = "service_selected"
        NAME_REQUESTED = "name_requested"
        NAME_ENTERED = "name_entered"
        EMAIL_REQUESTED = "email_requested"
        EMAIL_ENTERED = "email_entered"
        PAYMENT_INITIATED = "payment_initiated"
        PAYMENT_COMPLETED = "payment_completed"
        BOOKING_COMPLETED = "booking_completed"
        SUPPORT_REQUESTED = "support_requested"
        QUESTION_ANSWERED = "question_answered"
        HANDED_OVER = "handed_over"
        BOOKING_CANCELLED = "booking_cancelled"
        PAYMENT_REFUNDED = "payment_refunded"

    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    customer_id = models.UUIDField(null=True, blank=True)
    conversation_id = models.UUIDField(null=True, blank=True)
    inbox_id = models.UUIDField(null=True, blank=True)
    service_id = models.UUIDField(null=True, blank=True)
    booking_id = models.UUIDField(null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    language = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2, blank=True)
    cause = models.CharField(max_length=80)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "at"], name="fact_by_kind"),
            models.Index(fields=["customer_id", "at"], name="fact_by_customer"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["kind", "cause"], name="a_cause_makes_a_fact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
