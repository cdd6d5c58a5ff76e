"""Links sent by mail that open one thing once."""

from typing import Any, ClassVar

from django.db import models

from apps.accounts.models.user import User
from apps.core.models import Timestamped


class SignedLink(Timestamped):
    """A link mailed to one person for one purpose. Only a hash of it is kept; a newer one ends the older.

    It is this business's: the schema's name is part of what is signed and of what is hashed (see `accounts.links`).
    """

    class Purpose(models.TextChoices):
        RESET = "reset"
        CONFIRM_EMAIL = "confirm_email"
        CHANGE_EMAIL = "change_email"

    user = models.ForeignKey(User, models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=13, choices=Purpose)
    token_hash = models.CharField(max_length=64)
    new_email = models.EmailField(max_length=254, blank=True)
    old_email = models.EmailField(max_length=254, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["token_hash"], name="a_link_is_unique"),
            models.UniqueConstraint(
                fields=["user", "purpose"],
                condition=models.Q(used_at=None, replaced_at=None),
                name="one_live_link_per_user_and_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} link of {self.created_at:%Y-%m-%d %H:%M}"
