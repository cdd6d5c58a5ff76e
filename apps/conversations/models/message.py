"""A message, each try to send it, what the provider said of it, and the reactions to it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Q, When
from django.db.models.fields.json import KeyTextTransform

from apps.conversations import words
from apps.conversations.models.conversation import Conversation
from apps.core.folding import Folded
from apps.core.models import Acted, Timestamped, new_id
from apps.core.querysets import GuardedQuerySet
from apps.gateways.models import Inbox

SAID: Mapping[str, Callable[[], Any]] = {"body": str, "payload": dict, "history": list}  # text, and an empty one


class Message(Acted, Timestamped):
    """One thing said in a conversation, by either side, or a line that says what changed."""

    guarded_by = "conversation"

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        INTERNAL = "internal"

    class Status(models.TextChoices):
        RECEIVED = "received"
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"
        PLAYED = "played"
        FAILED = "failed"
        UNKNOWN = "unknown"
        CANCELED = "canceled"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    arrived_seq = models.BigIntegerField()
    direction = models.CharField(max_length=8, choices=Direction)
    type = models.CharField(max_length=12, default="text")
    body = models.TextField(max_length=10_000, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    external_id = models.CharField(max_length=128, null=True, blank=True)  # noqa: DJ001  null is not unique
    opaque_id = models.UUIDField(default=new_id, editable=False)
    provider_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    played_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=20, blank=True)
    error_text = models.CharField(max_length=300, blank=True)
    error_meaning = models.CharField(max_length=20, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    send_at = models.DateTimeField(null=True, blank=True)  # scheduled; queued, but nobody claims it before
    edited_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    history = models.JSONField(default=list, blank=True)
    parts = models.JSONField(default=list, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.CharField(max_length=120, blank=True)
    folded = models.GeneratedField(  # what search reads; nothing once the text is not to be seen
        expression=Case(
            When(
                ~Q(type="system"), hidden_at=None, revoked_at=None,
                then=Folded("body", *(KeyTextTransform(key, "payload") for key in ("filename", "name", "address"))),
            )
        ),
        output_field=models.TextField(null=True),
        db_persist=True,
    )  # fmt: skip

    files: Sequence[Any] = ()  # its attachments, where a query puts them there
    objects = GuardedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation", "provider_at", "created_at"], name="message_in_order"),
            models.Index(
                fields=["status", "next_at"], condition=Q(status__in=("queued", "sending", "unknown")),
                name="message_to_send",
            ),
            models.Index(fields=["opaque_id"], name="message_by_opaque_id"),
            models.Index(fields=["-provider_at"], name="message_by_time"),
            models.Index(
                fields=["conversation", "arrived_seq"], condition=Q(direction="in"), name="message_from_the_customer"
            ),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="message_by_its_words"),
        ]  # fmt: skip
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["inbox", "external_id"], name="a_provider_message_is_stored_once_per_inbox"
            ),
            models.UniqueConstraint(fields=["conversation", "seq"], name="a_sequence_is_used_once_per_conversation"),
            models.CheckConstraint(
                condition=Q(direction="out") | Q(status="received"), name="only_outgoing_messages_have_sending_states"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("sent", "delivered", "read", "played")) | Q(external_id__isnull=False),
                name="a_sent_message_has_a_provider_id",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error_code=""), name="a_failed_message_has_an_error"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.type} {self.status}"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """What is hidden comes without what it said, so that no screen shows it by mistake (CONV-04)."""
        row = super().from_db(db, field_names, values, **options)
        if row.__dict__.get("hidden_at") is not None:
            row.__dict__.update({name: empty() for name, empty in SAID.items() if name in row.__dict__})
        return row

    @property
    def line(self) -> str:
        """What a system line says, in the reader's language."""
        return words.line(self.payload)

    @property
    def failure(self) -> str:
        """Why it failed, in the reader's language; the provider's own words when we have none."""
        return words.failure(self.error_meaning) or self.error_text


class MessageAttempt(Timestamped):
    """One try to hand a message to its provider. The provider's id of a try is never used again."""

    class Result(models.TextChoices):
        ACCEPTED = "accepted"
        REFUSED = "refused"
        TEMPORARY = "temporary"
        TIMEOUT = "timeout"

    message = models.ForeignKey(Message, models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=128, null=True, blank=True)  # noqa: DJ001  null is not unique
    result = models.CharField(max_length=9, choices=Result, blank=True)
    code = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["message", "number"], name="an_attempt_has_one_number"),
            models.UniqueConstraint(fields=["external_id"], name="a_provider_id_belongs_to_one_attempt"),
        ]

    def __str__(self) -> str:
        return f"try {self.number}: {self.result}"


class StatusEvent(Timestamped):
    """What a provider said of a message, kept with its own time even when it moved nothing."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="status_events")
    status = models.CharField(max_length=20)
    provider_at = models.DateTimeField()
    received_at = models.DateTimeField()
    moved = models.BooleanField()
    code = models.CharField(max_length=20, blank=True)
    pricing = models.JSONField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["message", "status", "provider_at"], name="a_status_is_noted_once_per_message_and_time"
            )
        ]

    def __str__(self) -> str:
        return self.status


class Reaction(Timestamped):
    """An emoji on a message. Removed ones are kept as history."""

    class By(models.TextChoices):
        CUSTOMER = "customer"
        US = "us"

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions")
    by = models.CharField(max_length=8, choices=By)
    emoji = models.CharField(max_length=16)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=128)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["message", "external_id"], name="a_reaction_event_is_stored_once")
        ]

    def __str__(self) -> str:
        return self.emoji
