"""Pretend phones and what they show."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.gateways.models.inbox import Inbox


class PhoneQuerySet(GuardedQuerySet):
    """Pretend phones: for whoever may try the assistant, or connects numbers."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        return self if user.may("prompts.test") or user.may("settings.whatsapp") else self.none()


class SimulatorPhone(Timestamped):
    """A pretend customer's phone, with the faults it is asked to show and its own clock."""

    guard: ClassVar[dict[str, str]] = {"view": "prompts.test", "use": "prompts.test"}

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="phones")
    number = models.CharField(max_length=16)
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=8, default="en")
    provider_user = models.CharField(max_length=140, blank=True)
    clock_offset = models.DurationField(default=timedelta)
    faults = models.JSONField(default=dict, blank=True)
    seed = models.IntegerField(default=1)

    objects = PhoneQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["inbox", "number"], name="a_pretend_number_exists_once_per_inbox")
        ]

    def __str__(self) -> str:
        return self.name


class SimulatorBubble(Timestamped):
    """One thing that a pretend phone shows, and what its network still has to tell us about it."""

    class Direction(models.TextChoices):
        IN = "in"  # written by the pretend customer
        OUT = "out"

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"

    phone = models.ForeignKey(SimulatorPhone, models.CASCADE, related_name="bubbles")
    direction = models.CharField(max_length=3, choices=Direction)
    type = models.CharField(max_length=12, default="text")
    body = models.TextField(blank=True)
    payload = models.JSONField(default=dict, blank=True)
    external_id = models.CharField(max_length=128)
    reply_to_external = models.CharField(max_length=128, blank=True)
    opaque = models.CharField(max_length=64, blank=True)
    provider_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    reaction = models.CharField(max_length=16, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    pending = models.JSONField(default=list, blank=True)

    files: Sequence[Any] = ()  # what it carries, where a page puts it there

    class Meta:
        ordering: ClassVar[list[str]] = ["provider_at", "created_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["phone", "provider_at", "created_at"], name="bubble_in_order")
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["external_id"], name="a_pretend_message_has_one_id")
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.type} {self.status}"

    @property
    def actor_kind(self) -> str:
        """Who speaks, as the templates of messages ask it."""
        return "customer" if self.direction == self.Direction.IN else "business"
