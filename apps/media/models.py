"""A file and what became of it. Its bytes lie in the business's own folder of the store, never here."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.models import Acted, Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.media import owners


class AttachmentQuerySet(GuardedQuerySet):
    """Files a person may reach: through what they belong to, or because they uploaded them just now."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        """`open` asks no more than the file's owner does; `view` is the gallery's word, and asks for it besides."""
        if (needed := Attachment.guard.get(word)) and not user.may(needed):
            return self.none()
        through = Q()
        for kind, rows in owners.owners().items():
            through |= Q(owner_kind=kind, owner_id__in=rows(user, owners.WORDS.get(word, "view")).values("pk"))
        if word != "refetch":
            through |= Q(owner_kind="", actor_id=user.actor.id, actor_id__isnull=False)
        return self.filter(through)


class Attachment(Acted, Timestamped):
    """One file. `owner_kind` and `owner_id` say what it belongs to, without a key: its owners live in apps above.

    The actor is whoever uploaded it. `variants` holds the keys of copies made for playing or sending.
    """

    guard: ClassVar[dict[str, str]] = {
        "view": "media.view", "upload": "media.upload", "delete": "media.delete",
        "refetch": "conversations.send_message",
    }  # fmt: skip

    class Kind(models.TextChoices):
        IMAGE = "image"
        DOCUMENT = "document"
        AUDIO = "audio"
        VOICE = "voice"
        VIDEO = "video"
        STICKER = "sticker"
        LOGO = "logo"
        AVATAR = "avatar"

    class Use(models.TextChoices):
        MESSAGE = "message"
        BUSINESS_LOGO = "business_logo"
        WHATSAPP_PROFILE = "whatsapp_profile"
        EMPLOYEE_AVATAR = "employee_avatar"
        SERVICE_IMAGE = "service_image"
        KNOWLEDGE_DOCUMENT = "knowledge_document"
        BOOKING_PROOF = "booking_proof"
        CANNED_REPLY = "canned_reply"

    class State(models.TextChoices):
        PENDING = "pending"
        FETCHING = "fetching"
        READY = "ready"
        FAILED = "failed"
        REJECTED = "rejected"
        EXPIRED = "expired"
        ERASED = "erased"

    kind = models.CharField(max_length=8, choices=Kind)
    used_for = models.CharField(max_length=18, choices=Use, default=Use.MESSAGE)
    owner_kind = models.CharField(max_length=20, blank=True)
    owner_id = models.UUIDField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=200, blank=True)
    mime = models.CharField(max_length=100, blank=True)
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    thumb_key = models.CharField(max_length=200, blank=True)
    variants = models.JSONField(default=dict, blank=True)
    provider_ref = models.CharField(max_length=300, blank=True)
    inbox_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "created_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["state", "next_at"], condition=Q(state__in=("pending", "fetching", "failed")),
                name="attachment_to_fetch",
            ),
            models.Index(fields=["owner_kind", "owner_id"], name="attachment_by_owner"),
            models.Index(fields=["sha256"], name="attachment_by_hash"),
            models.Index(fields=["kind", "created_at"], name="attachment_by_kind"),
        ]  # fmt: skip
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(storage_key="") & ~Q(sha256=""),
                name="a_ready_file_has_a_place_and_a_hash",
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(reason=""), name="a_rejected_file_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def url(self) -> str:
        """Where its content is; the page asks who comes."""
        return reverse("media-content", args=[self.pk])

    @property
    def thumb(self) -> str:
        """Where its small picture is; empty for what has none."""
        seen = self.kind in (self.Kind.IMAGE, self.Kind.STICKER) and self.state == self.State.READY
        return reverse("media-thumb", args=[self.pk]) if seen else ""
