"""Message templates: what a provider lets one say outside the service window, once it has approved the words."""

from typing import Any, ClassVar

from django.db import models

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.gateways.models.inbox import Inbox


class Template(Timestamped):
    """One wording in one language, as the provider knows it. Archived, never deleted: messages were sent by it.

    `components` is the provider's own structure (header, body, footer, buttons), `variables` a list of
    {"name", "sample"} in the order of the places in it.
    """

    class Category(models.TextChoices):
        MARKETING = "marketing"
        UTILITY = "utility"
        AUTHENTICATION = "authentication"

    class Status(models.TextChoices):
        DRAFT = "draft"
        PENDING = "pending"
        APPROVED = "approved"
        REJECTED = "rejected"
        PAUSED = "paused"
        DISABLED = "disabled"

    guard: ClassVar[dict[str, str]] = {
        "view": "templates.view", "create": "settings.whatsapp", "edit": "settings.whatsapp",
        "delete": "settings.whatsapp",
    }  # fmt: skip

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="templates")
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=10)
    category = models.CharField(max_length=14, choices=Category)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    components = models.JSONField(default=list)
    variables = models.JSONField(default=list, blank=True)
    external_id = models.CharField(max_length=64, blank=True)
    quality = models.CharField(max_length=20, blank=True)
    rejected_reason = models.CharField(max_length=300, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "language"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["inbox", "status"], name="template_by_status")]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["inbox", "name", "language"],
                condition=models.Q(archived_at=None),
                name="a_template_exists_once_per_inbox_and_language",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
