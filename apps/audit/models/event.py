"""Append-only records: a business's own in its schema, operators' deeds in public; and the chain that binds each."""

from typing import Any, ClassVar, NoReturn

from django.db import models

from apps.core.models import Acted, Timestamped
from apps.core.querysets import GuardedQuerySet


class AppendOnly(TypeError):
    """Something tried to change or remove what is only ever added to."""


class AppendOnlyQuerySet(GuardedQuerySet):
    """Rows that nobody changes or removes; the database's roles may not either."""

    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly(f"A {self.model._meta.label} is never changed.")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnly(f"A {self.model._meta.label} is never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly(f"A {self.model._meta.label} is never removed.")


class Kept(Timestamped):
    """A row that is added once and stays as it is."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly(f"A {self._meta.label} is never changed.")
        super().save_base(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"A {self._meta.label} is never removed.")


class Entry(Acted, Kept):
    """What both records have in common."""

    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True, blank=True)
    object_label = models.CharField(max_length=120, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    operator_note = models.TextField(blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        abstract = True


class Seal(Kept):
    """An entry's place in the chain: its hash covers the entry and the hash of the place before (docs/adr/0018)."""

    seq = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        abstract = True


class AuditEvent(Entry):
    """One deed inside a business."""

    guard: ClassVar[dict[str, str]] = {"view": "audit.view"}

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["object_kind", "object_id", "at"], name="audit_by_object"),
            models.Index(fields=["actor_id", "at"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label or self.actor_kind} {self.verb} {self.object_kind}"


class AuditSeal(Seal):
    """A place in a business's chain."""

    guarded_by = "event"

    event = models.OneToOneField(AuditEvent, models.DO_NOTHING, related_name="seal")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["seq"], name="a_place_in_the_chain_is_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.hash[:12]}"


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


class OperatorSeal(Seal):
    """A place in the platform's own chain."""

    event = models.OneToOneField(OperatorEvent, models.DO_NOTHING, related_name="seal")

    class Meta:
        db_table = 'public"."audit_operatorseal'
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["seq"], name="a_place_in_the_platforms_chain_is_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.hash[:12]}"
