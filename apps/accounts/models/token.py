"""Keys for programs, and what their requests were answered."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.accounts.models.employee import Employee
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class ApiTokenQuerySet(GuardedQuerySet):
    """A person's own tokens; everybody's for whoever may change the settings."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        return self if user.may("settings.edit") else self.filter(employee__user=user)


class ApiToken(Timestamped):
    """A key for programs: acts with its owner's present rights within its scopes. Only a hash of it is kept."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=10)
    token_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["token_hash"], name="a_token_is_unique")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotentRequest(Timestamped):
    """A POST that was answered, so that its repetition gets the same answer and has no second effect."""

    key = models.CharField(max_length=128)
    caller = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["caller", "key"], name="a_key_is_used_once_per_caller")
        ]

    def __str__(self) -> str:
        return self.key
