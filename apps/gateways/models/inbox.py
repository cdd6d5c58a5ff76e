"""A connected number and who is granted it: the root that guards every conversation."""

from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from apps.accounts.models import Calendar
from apps.core.models import Timestamped, new_id
from apps.core.querysets import GuardedQuerySet


def within(least: int, most: int) -> list[Any]:
    """The range of a number that people set: asked by form and API alike, and held by the database."""
    return [MinValueValidator(least), MaxValueValidator(most)]


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

    class AssignPolicy(models.TextChoices):
        OFF = "off"
        ROUND_ROBIN = "round_robin"
        LEAST_BUSY = "least_busy"

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
    out_of_hours_on = models.BooleanField(default=True)
    out_of_hours = models.JSONField(default=dict, blank=True)  # a text per language
    calendar = models.ForeignKey(Calendar, models.SET_NULL, null=True, blank=True, related_name="+")
    assign_policy = models.CharField(max_length=11, choices=AssignPolicy, default=AssignPolicy.OFF)
    read_receipts = models.BooleanField(default=True)
    reopen_days = models.PositiveSmallIntegerField(default=1, validators=within(0, 30))
    stale_minutes = models.PositiveIntegerField(default=60, validators=within(5, 1440))
    phone_lease_minutes = models.PositiveIntegerField(default=60, validators=within(5, 1440))
    idle_return_minutes = models.PositiveIntegerField(null=True, blank=True, validators=within(15, 4320))
    auto_resolve_hours = models.PositiveSmallIntegerField(null=True, blank=True, default=24, validators=within(1, 720))
    closing_text = models.JSONField(default=dict, blank=True)  # a text per language, said when it resolves by itself
    csat_on = models.BooleanField(default=False)
    csat_text = models.JSONField(default=dict, blank=True)
    is_test = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    health = models.CharField(max_length=16, choices=Health, default=Health.CONNECTED)
    health_detail = models.JSONField(default=dict, blank=True)
    quality = models.CharField(max_length=20, blank=True)
    tier = models.CharField(max_length=20, blank=True)
    checks = models.JSONField(default=list, blank=True)  # {key, state, told, at} of the last look
    checked_at = models.DateTimeField(null=True, blank=True)
    token_until = models.DateTimeField(null=True, blank=True)
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
                condition=models.Q(reopen_days__lte=30, stale_minutes__range=(5, 1440))
                & (models.Q(idle_return_minutes=None) | models.Q(idle_return_minutes__range=(15, 4320)))
                & (models.Q(auto_resolve_hours=None) | models.Q(auto_resolve_hours__range=(1, 720))),
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
