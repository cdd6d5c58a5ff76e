"""A conversation: everything said with one customer in one inbox, and whose turn it is to speak."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from apps.accounts.models import Employee
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.customers.models import Customer, Label
from apps.gateways.models import Inbox

URGENT_FIRST = Case(
    *(When(priority=word, then=Value(place)) for place, word in enumerate(("urgent", "high", "normal", "low"))),
    output_field=IntegerField(),
)


class ConversationQuerySet(GuardedQuerySet):
    """Conversations a person may see or act on (requirements 2.2, the table "An employee may")."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        employee = getattr(user, "employee", None)
        if employee is None or not user.may("conversations.view"):
            return self.none()
        seen = self.filter(hidden_at=None)
        seen = (
            seen
            if user.may("conversations.view_all")
            else seen.filter(
                Q(assignee=employee) | Q(assignee=None, inbox__in=Inbox.objects.for_user(user, "view").values("pk"))
            )
        )
        if word == "view":
            return seen
        if word == "handback":  # whoever has it, or who may assign it (requirements 15.2)
            assigns = user.may("conversations.assign")
            granted = Inbox.objects.for_user(user, "assign") if assigns else Inbox.objects.none()
            return seen.filter(Q(assignee=employee) | Q(inbox__in=granted.values("pk")))
        if not user.may(Conversation.guard[word]):
            return self.none()
        if word == "reply":
            return seen.filter(Q(assignee=employee) | Q(inbox__in=Inbox.objects.for_user(user, "reply").values("pk")))
        if word == "takeover":
            return seen.filter(inbox__in=Inbox.objects.for_user(user, "reply").values("pk"))
        if word == "assign":
            return seen.filter(inbox__in=Inbox.objects.for_user(user, "assign").values("pk"))
        return seen


class Conversation(Timestamped):
    """Everything said with one customer in one inbox, until it is resolved."""

    class Status(models.TextChoices):
        OPEN = "open"
        SNOOZED = "snoozed"
        RESOLVED = "resolved"

    class Mode(models.TextChoices):
        AI = "ai"
        HYBRID = "hybrid"
        HUMAN = "human"

    class Holder(models.TextChoices):
        ASSISTANT = "assistant"
        PERSON = "person"
        PHONE_APP = "phone_app"
        NOBODY = "nobody"

    class Priority(models.TextChoices):
        LOW = "low"
        NORMAL = "normal"
        HIGH = "high"
        URGENT = "urgent"

    guard: ClassVar[dict[str, str]] = {
        "view": "conversations.view", "reply": "conversations.send_message",
        "takeover": "conversations.takeover", "assign": "conversations.assign", "handback": "conversations.assign",
        "delete": "conversations.delete", "export": "conversations.export", "note": "notes.create",
        "read_notes": "notes.view",
    }  # fmt: skip

    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="conversations")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="conversations")
    number = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.AI)
    mode_before = models.CharField(max_length=6, choices=Mode, blank=True)
    holder = models.CharField(max_length=9, choices=Holder, default=Holder.ASSISTANT)
    epoch = models.BigIntegerField(default=1)
    lease_until = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(Employee, models.SET_NULL, null=True, blank=True, related_name="conversations")
    assigned_at = models.DateTimeField(null=True, blank=True)
    needs_human = models.BooleanField(default=False)
    needs_reason = models.CharField(max_length=20, blank=True)
    needs_since = models.DateTimeField(null=True, blank=True)
    priority = models.CharField(max_length=6, choices=Priority, default=Priority.NORMAL)
    stage = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, blank=True)
    last_seq = models.BigIntegerField(default=0)
    last_message = models.ForeignKey("Message", models.SET_NULL, null=True, related_name="+")
    last_message_at = models.DateTimeField(null=True, blank=True)
    last_customer_at = models.DateTimeField(null=True, blank=True)
    window_until = models.DateTimeField(null=True, blank=True)
    paced_until = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    flooded_at = models.DateTimeField(null=True, blank=True)
    out_of_hours_at = models.DateTimeField(null=True, blank=True)
    csat_asked_at = models.DateTimeField(null=True, blank=True)
    csat = models.PositiveSmallIntegerField(null=True, blank=True)
    csat_comment = models.CharField(max_length=1000, blank=True)
    labels = models.ManyToManyField(Label, blank=True, related_name="conversations")

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "-last_message_at"], name="conversation_by_activity"),
            models.Index(
                Coalesce("last_message_at", "created_at").desc(), F("id").desc(), name="conversation_by_last_word"
            ),
            models.Index(
                F("waiting_since").asc(nulls_last=True),
                Coalesce("last_message_at", "created_at").desc(),
                F("id").desc(),
                name="conversation_by_wait",
            ),
            models.Index(
                URGENT_FIRST.asc(nulls_last=True),
                Coalesce("last_message_at", "created_at").desc(),
                F("id").desc(),
                name="conversation_by_priority",
            ),
            models.Index(
                Coalesce("last_message_at", "created_at").desc(),
                F("id").desc(),
                condition=~Q(status="resolved") & Q(assignee=None),
                name="conversation_of_nobody",
            ),
            models.Index(fields=["assignee", "status"], name="conversation_by_assignee"),
            models.Index(fields=["inbox", "status", "assignee"], name="conversation_by_inbox"),
            models.Index(fields=["needs_since"], condition=Q(needs_human=True), name="conversation_needing_a_person"),
            models.Index(fields=["customer", "created_at"], name="conversation_by_customer"),
            models.Index(fields=["window_until"], condition=Q(status="open"), name="conversation_by_window"),
            models.Index(fields=["snoozed_until"], condition=Q(status="snoozed"), name="conversation_to_wake"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["inbox", "customer"],
                condition=~Q(status="resolved"),
                name="a_customer_has_one_unresolved_conversation_per_inbox",
            ),
            models.UniqueConstraint(fields=["number"], name="a_conversation_number_is_used_once"),
            models.CheckConstraint(
                condition=~Q(status="snoozed") | Q(snoozed_until__isnull=False),
                name="a_snoozed_conversation_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(mode="human") | ~Q(holder="assistant"),
                name="a_human_conversation_is_not_held_by_the_assistant",
            ),
            models.CheckConstraint(condition=Q(csat=None) | Q(csat__range=(1, 5)), name="a_rating_is_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def audit_label(self) -> str:
        return f"#{self.number}"
