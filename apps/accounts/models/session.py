"""Where a person is signed in."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from apps.accounts.models.user import User
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class DeviceSessionQuerySet(GuardedQuerySet):
    """A person's own sessions, and nobody else's."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        return self.filter(user=user)

    def living(self) -> Self:
        """Those that still open the door."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class DeviceSession(Timestamped):
    """One browser in which somebody is signed in. Its row is the door: revoked or expired, the cookie opens nothing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="device_sessions")
    session_key_hash = models.CharField(max_length=64)
    device = models.CharField(max_length=80, blank=True)
    browser = models.CharField(max_length=60, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    country = models.CharField(max_length=2, blank=True)
    last_seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    remembered = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=120, blank=True)

    objects = DeviceSessionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["session_key_hash"], name="a_session_is_listed_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "revoked_at"], name="session_by_user")]

    def __str__(self) -> str:
        return f"{self.browser} on {self.device}"
