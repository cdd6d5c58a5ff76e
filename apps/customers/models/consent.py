"""What customers have agreed to, entry by entry: the latest of a purpose counts, none is ever changed."""

from typing import ClassVar

from django.db import models

from apps.core.models import Acted, Timestamped
from apps.customers.models.customer import Customer


class ConsentEntry(Acted, Timestamped):
    """Somebody said yes or no to one purpose. `proof_id` is the message that says so; `wording` what was said."""

    class Purpose(models.TextChoices):
        MARKETING = "marketing"
        REMINDERS = "reminders"

    class Source(models.TextChoices):
        MESSAGE = "message"
        STAFF = "staff"
        IMPORT = "import"
        PROVIDER = "provider"
        TEMPLATE_BUTTON = "template_button"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consent_entries")
    purpose = models.CharField(max_length=9, choices=Purpose)
    granted = models.BooleanField()
    source = models.CharField(max_length=15, choices=Source)
    wording = models.CharField(max_length=300, blank=True)
    proof_id = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "consent entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "purpose", "-at"], name="consent_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {'granted' if self.granted else 'withdrawn'}"
