"""A person of the team."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now

from apps.accounts.models.calendar import Calendar
from apps.accounts.models.role import Role
from apps.accounts.models.user import User
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class Employee(Timestamped):
    """A person of the team. Never deleted: deactivated, or emptied in place."""

    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    class Digits(models.TextChoices):
        LATIN = "latin"
        ARABIC = "arabic"

    class Availability(models.TextChoices):
        """What people say of themselves; whether they are there, their browser says (realtime.queries)."""

        AVAILABLE = "available"
        BUSY = "busy"
        AWAY = "away"

    # What an API token leaves of its owner's permissions in this request; None: no token, all of them.
    scopes: frozenset[str] | None = None

    guard: ClassVar[dict[str, str]] = {
        "view": "employees.view", "edit": "employees.edit", "delete": "employees.delete",
    }  # fmt: skip

    user = models.OneToOneField(User, models.CASCADE, related_name="employee")
    full_name = models.CharField(max_length=100)
    role = models.ForeignKey(Role, models.PROTECT, related_name="employees")
    grants = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    denials = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    bio = models.CharField(max_length=500, blank=True)
    avatar_key = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    digits = models.CharField(max_length=6, choices=Digits, blank=True)  # empty: the business's
    calendar = models.OneToOneField(Calendar, models.PROTECT, null=True, blank=True, related_name="employee")
    availability = models.CharField(max_length=9, choices=Availability, default=Availability.AVAILABLE)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="invited")
    deactivated_at = models.DateTimeField(null=True, blank=True)
    over_limit_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    directory_due_at = models.DateTimeField(default=now, null=True, blank=True, editable=False)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["full_name"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~models.Q(grants__overlap=models.F("denials")),
                name="a_permission_is_not_granted_and_denied_at_once",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def permissions(self) -> frozenset[str]:
        """Effective permission words: the role's, plus own grants, minus own denials.

        None when deactivated, or when the plan has no room for this person now. Behind an API token, those of them
        that the token was made for.
        """
        if self.deactivated_at or self.over_limit_at:
            return frozenset()
        held = (frozenset(self.role.permissions) | frozenset(self.grants)) - frozenset(self.denials)
        return held if self.scopes is None else held & self.scopes

    @property
    def language(self) -> str:
        return self.user.language
