"""A business's credentials for the outside world."""

from typing import Any, ClassVar

from django.db import models

from apps.core.models import Timestamped


class Secret(Timestamped):
    """A credential of a business, sealed for this business, name and scope. No door gives it back."""

    class Name(models.TextChoices):
        META_ACCESS_TOKEN = "meta_access_token"
        META_APP_SECRET = "meta_app_secret"
        META_VERIFY_TOKEN = "meta_verify_token"
        TWILIO_ACCOUNT_SID = "twilio_account_sid"
        TWILIO_AUTH_TOKEN = "twilio_auth_token"
        SIMULATOR_SECRET = "simulator_secret"

    name = models.CharField(max_length=30, choices=Name)
    scope = models.CharField(max_length=60)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=40)
    last4 = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["name", "scope"], name="a_secret_is_kept_once_per_scope")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.scope}"
