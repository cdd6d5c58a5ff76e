"""What colleagues tell each other."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When

from apps.accounts.models import Employee
from apps.conversations.models.conversation import Conversation
from apps.core.folding import Folded
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.customers.models import Customer


class NoteQuerySet(GuardedQuerySet):
    """Notes of the conversations a person sees, and those on customers for whoever may see customers."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        if not user.may("notes.view"):
            return self.none()
        there = Conversation.objects.for_user(user).filter(pk=OuterRef("conversation"))
        seen = self.filter(
            Q(Exists(there))  # asked note by note: a list of all one sees is long
            | (Q(conversation=None, customer__isnull=False) if user.may("customers.view") else Q(pk=None))
        )
        if word in ("view", "read_notes"):
            return seen
        if word in ("edit", "delete"):  # one's own, or by a right over everybody's
            return seen if user.may(f"notes.{word}_any") else seen.filter(author=user.employee)
        return seen if user.may(Note.guard[word]) else self.none()


class Note(Timestamped):
    """Something colleagues tell each other beside a conversation or a customer. Never leaves the product."""

    class Kind(models.TextChoices):
        GENERAL = "general"
        WARNING = "warning"
        FOLLOW_UP = "follow_up"
        REMINDER = "reminder"
        VIP = "vip"

    guard: ClassVar[dict[str, str]] = {
        "view": "notes.view", "read_notes": "notes.view", "note": "notes.create", "edit": "notes.edit_any",
        "delete": "notes.delete_any",
    }  # fmt: skip

    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, blank=True, related_name="notes")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="notes")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.GENERAL)
    body = models.TextField(max_length=5_000)
    is_pinned = models.BooleanField(default=False)
    is_important = models.BooleanField(default=False)
    mentions = ArrayField(models.UUIDField(), default=list, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(Employee, models.SET_NULL, null=True, related_name="+")
    seq = models.BigIntegerField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    folded = models.GeneratedField(  # what search reads; nothing once it is deleted
        expression=Case(When(deleted_at=None, then=Folded("body"))),
        output_field=models.TextField(null=True),
        db_persist=True,
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation", "seq"], name="note_in_order"),
            models.Index(fields=["customer"], name="note_by_customer"),
            models.Index(fields=["remind_at"], condition=Q(reminded_at=None), name="note_to_remind"),
            models.Index(fields=["-created_at"], name="note_by_time"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="note_by_its_words"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(conversation__isnull=False) | Q(customer__isnull=False),
                name="a_note_belongs_to_a_conversation_or_a_customer",
            )
        ]

    def __str__(self) -> str:
        return f"note {self.seq}"

    @property
    def is_note(self) -> bool:
        """Notes and messages stand in one thread; the template asks which is which."""
        return True
