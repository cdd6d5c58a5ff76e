"""Which businesses an e-mail address belongs to, without the address."""

from typing import Any, ClassVar

from django.db import models

from apps.core.models import Timestamped
from apps.tenants.models.business import Business


class DirectoryEntry(Timestamped):
    """An active employee's e-mail, as a keyed hash, and their business: what "find my business" looks in (TEN-14)."""

    email_hash = models.CharField(max_length=64)
    business = models.ForeignKey(Business, models.CASCADE, related_name="directory_entries")

    class Meta:
        db_table = 'public"."tenants_directoryentry'
        verbose_name_plural = "directory entries"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["email_hash", "business"], name="an_email_is_listed_once_per_business"),
        ]

    def __str__(self) -> str:
        return f"{self.email_hash[:8]}… at {self.business_id}"
