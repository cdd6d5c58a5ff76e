"""Somebody who was asked to join the team."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from apps.accounts.models.employee import Employee
from apps.accounts.models.role import Role
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class Invitation(Timestamped):
    """An offer to join the team, open for 72 hours. The link is never stored, only a hash to find the row by."""

    class State(models.TextChoices):
        PENDING = "pending"
        ACCEPTED = "accepted"
        EXPIRED = "expired"
        REVOKED = "revoked"

    class Mail(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    guard: ClassVar[dict[str, str]] = {"view": "employees.view", "invite": "employees.invite"}

    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=100)
    role = models.ForeignKey(Role, models.PROTECT, null=True, related_name="invitations")  # null: an ended one
    grants = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    denials = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    inboxes = ArrayField(models.UUIDField(), default=list, blank=True)
    language = models.CharField(max_length=8, default="en")
    token_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    invited_by = models.ForeignKey(Employee, models.SET_NULL, null=True, blank=True, related_name="invitations")
    sent_count = models.PositiveSmallIntegerField(default=1)
    mail = models.CharField(max_length=7, choices=Mail, default=Mail.QUEUED)
    mail_error = models.CharField(max_length=200, blank=True)
    link_shown = models.BooleanField(default=False)
    employee = models.OneToOneField(Employee, models.SET_NULL, null=True, blank=True, related_name="came_by")
    inboxes_granted_at = models.DateTimeField(null=True, blank=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["token_hash"], name="invitation_by_token")]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(state="pending"), name="an_email_has_one_pending_invitation"
            ),
            models.CheckConstraint(
                condition=~models.Q(grants__overlap=models.F("denials")),
                name="an_invitation_does_not_grant_and_deny_at_once",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_open(self) -> bool:
        """Whether its link still opens the door."""
        return self.state == self.State.PENDING and self.expires_at > timezone.now()
