"""Append-only records: a business's own in its schema, operators' deeds in public."""

from typing import ClassVar

from django.db import models

from apps.core.models import Acted, Timestamped


class Entry(Acted, Timestamped):
    """What both records have in common."""

    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True, blank=True)
    object_label = models.CharField(max_length=120, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        abstract = True


class AuditEvent(Entry):
    """One deed inside a business."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["object_kind", "object_id", "at"], name="audit_by_object"),
            models.Index(fields=["actor_id", "at"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label or self.actor_kind} {self.verb} {self.object_kind}"


class OperatorEvent(Entry):
    """One deed of an operator, on the platform or towards a business."""

    business_id = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = 'public"."audit_operatorevent'
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="operator_event_by_time"),
            models.Index(fields=["business_id", "at"], name="operator_event_by_business"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label or self.actor_kind} {self.verb} {self.object_kind}"
