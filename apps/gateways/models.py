"""Connected numbers, who is granted them, and the ledger of everything that came in."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from apps.core.models import Timestamped, new_id
from apps.core.querysets import GuardedQuerySet


class InboxQuerySet(GuardedQuerySet):
    """Inboxes a person may use: object grants, or the word that opens every inbox for reading."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        if word == "manage":
            return self if user.may("settings.whatsapp") else self.none()
        granted: Self = get_objects_for_user(  # type: ignore[assignment]
            user, f"gateways.{word}_inbox", self, accept_global_perms=False, with_superuser=False
        )
        return granted


class Inbox(Timestamped):
    """A connected number. People are granted inboxes, never single messages."""

    class Mode(models.TextChoices):
        AI = "ai"
        HYBRID = "hybrid"
        HUMAN = "human"

    class Health(models.TextChoices):
        CONNECTED = "connected"
        DEGRADED = "degraded"
        RECONNECT_NEEDED = "reconnect_needed"
        STOPPED = "stopped"
        DISABLED = "disabled"

    guard: ClassVar[dict[str, str]] = {"manage": "settings.whatsapp"}

    name = models.CharField(max_length=60)
    gateway = models.CharField(max_length=20)
    app_id = models.UUIDField()
    external_id = models.CharField(max_length=64)
    account_ref = models.CharField(max_length=64, blank=True)
    display_number = models.CharField(max_length=20, blank=True)
    default_mode = models.CharField(max_length=6, choices=Mode, default=Mode.AI)
    language = models.CharField(max_length=8, default="en")
    greeting_on = models.BooleanField(default=True)
    over_limit_text_on = models.BooleanField(default=True)
    over_limit_at = models.DateTimeField(null=True, blank=True)
    read_receipts = models.BooleanField(default=True)
    reopen_days = models.PositiveSmallIntegerField(default=1)
    stale_minutes = models.PositiveIntegerField(default=60)
    phone_lease_minutes = models.PositiveIntegerField(default=60)
    is_test = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    health = models.CharField(max_length=16, choices=Health, default=Health.CONNECTED)
    health_detail = models.JSONField(default=dict, blank=True)
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    paced_until = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions: ClassVar[list[tuple[str, Any]]] = [
            ("view_inbox", "See conversations"),
            ("reply_inbox", "Answer customers"),
            ("assign_inbox", "Hand over conversations"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["gateway", "external_id"],
                condition=models.Q(archived_at=None),
                name="an_address_is_connected_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reopen_days__lte=30, stale_minutes__range=(5, 1440)),
                name="numbers_in_settings_stay_in_their_ranges",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InboxUserPermission(UserObjectPermissionBase):
    """An inbox granted to one person (guardian's direct form: no generic key, one join)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    content_object = models.ForeignKey(Inbox, models.CASCADE)


class InboxGroupPermission(GroupObjectPermissionBase):
    """An inbox granted to everybody who holds a role."""

    id = models.UUIDField(primary_key=True, default=new_id)
    content_object = models.ForeignKey(Inbox, models.CASCADE)


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

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["outcome", "next_at"],
                condition=models.Q(outcome__in=("pending", "failed", "held", "processing")),
                name="element_to_do",
            ),
            models.Index(fields=["external_id"], name="element_by_external_id"),
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
