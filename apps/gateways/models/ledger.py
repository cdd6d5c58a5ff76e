"""The ledger of everything that came in: each POST, each item in it, and what became of it."""

from typing import Any, ClassVar

from django.db import models

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.gateways.models.inbox import Inbox


class Delivery(Timestamped):
    """One POST of a provider, as far as it concerns this business."""

    guard: ClassVar[dict[str, str]] = {"view": "webhooks.view", "replay": "settings.whatsapp"}

    received_at = models.DateTimeField()
    gateway = models.CharField(max_length=20)
    app_id = models.UUIDField()
    body_sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    headers = models.JSONField(default=dict)
    element_count = models.PositiveIntegerField()
    answered_ms = models.PositiveIntegerField(default=0)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["received_at"], name="delivery_by_time")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.received_at:%Y-%m-%d %H:%M:%S}"


class DeliveryElement(Timestamped):
    """One item inside a POST, kept as it came, with what became of it."""

    class Outcome(models.TextChoices):
        PENDING = "pending"
        PROCESSING = "processing"
        STORED = "stored"
        DUPLICATE = "duplicate"
        IGNORED = "ignored"
        FAILED = "failed"
        HELD = "held"
        DEAD_LETTER = "dead_letter"

    OPEN: ClassVar[tuple[str, ...]] = (Outcome.PENDING, Outcome.FAILED, Outcome.HELD, Outcome.PROCESSING)

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="elements")
    inbox = models.ForeignKey(Inbox, models.SET_NULL, null=True)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    external_id = models.CharField(max_length=128, blank=True)
    provider_at = models.DateTimeField(null=True)
    raw = models.JSONField(null=True)
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.PENDING)
    reason = models.CharField(max_length=60, blank=True)
    object_kind = models.CharField(max_length=20, blank=True)
    object_id = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    history = models.JSONField(default=list, blank=True)  # {at, outcome, reason} of each try but a first that went well

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["outcome", "next_at"],
                condition=models.Q(outcome__in=("pending", "failed", "held", "processing")),
                name="element_to_do",
            ),
            models.Index(fields=["external_id"], name="element_by_external_id"),
            models.Index(fields=["kind", "delivery"], name="element_by_kind"),
            models.Index(
                fields=["outcome", "delivery"], condition=~models.Q(outcome="stored"), name="element_by_rare_outcome"
            ),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["delivery", "position"], name="a_place_in_a_delivery_is_taken_once"),
            models.CheckConstraint(
                condition=~models.Q(outcome="ignored") | ~models.Q(reason=""), name="an_ignored_element_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="stored") | models.Q(object_id__isnull=False),
                name="a_stored_element_names_its_object",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"
