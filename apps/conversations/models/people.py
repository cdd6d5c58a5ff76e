"""What one person of the team has with a conversation: the turn with it, how far it was read, what is half written."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from apps.accounts.models import Employee
from apps.conversations.models.conversation import Conversation
from apps.core.models import Timestamped


class Assignment(Timestamped):
    """One person's turn with a conversation, from taking it to handing it on."""

    class Type(models.TextChoices):
        MANUAL = "manual"
        AUTO = "auto"
        ROUND_ROBIN = "round_robin"
        ESCALATION = "escalation"

    class Status(models.TextChoices):
        ACTIVE = "active"
        COMPLETED = "completed"
        TRANSFERRED = "transferred"
        ABANDONED = "abandoned"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="assignments")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="assignments")
    type = models.CharField(max_length=11, choices=Type, default=Type.MANUAL)
    status = models.CharField(max_length=11, choices=Status, default=Status.ACTIVE)
    by_label = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    first_response_s = models.PositiveIntegerField(null=True, blank=True)
    mean_response_s = models.PositiveIntegerField(null=True, blank=True)
    responses = models.PositiveIntegerField(default=0)
    csat = models.PositiveSmallIntegerField(null=True, blank=True)
    transferred_to = models.ForeignKey(Employee, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["employee", "status"], name="assignment_by_employee")
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(status="active"), name="a_conversation_has_one_active_assignment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.employee} {self.status}"


class ReadMark(Timestamped):
    """How far one person has read one conversation."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="read_marks")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["conversation", "employee"], name="one_mark_per_person_and_conversation")
        ]

    def __str__(self) -> str:
        return str(self.seq)


class ComposerDraft(Timestamped):
    """What one person has begun to write in one conversation. Kept 30 days (R-033)."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    body = models.TextField(max_length=10_000)
    note = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["conversation", "employee"], name="one_draft_per_person_and_conversation")
        ]

    def __str__(self) -> str:
        return f"draft of {self.employee_id}"
