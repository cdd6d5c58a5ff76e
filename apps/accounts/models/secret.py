"""A business's credentials for the outside world."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from apps.core.models import Acted, Timestamped

SHOWS_LAST_FOUR = 12  # characters a secret must have before its end may be shown
OVERHEAD = 28  # bytes that sealing adds: a nonce of 12, a tag of 16


class Secret(Acted, Timestamped):
    """A credential of a business, sealed for this business, name, scope and row; and who set it. No door gives it
    back."""

    class Name(models.TextChoices):
        META_ACCESS_TOKEN = "meta_access_token"
        META_APP_SECRET = "meta_app_secret"
        META_VERIFY_TOKEN = "meta_verify_token"
        TWILIO_ACCOUNT_SID = "twilio_account_sid"
        TWILIO_AUTH_TOKEN = "twilio_auth_token"
        SIMULATOR_SECRET = "simulator_secret"
        OPENAI_API_KEY = "openai_api_key"
        STRIPE_SECRET_KEY = "stripe_secret_key"
        STRIPE_WEBHOOK_SECRET = "stripe_webhook_secret"
        GOOGLE_CLIENT_ID = "google_client_id"
        GOOGLE_CLIENT_SECRET = "google_client_secret"
        GOOGLE_REFRESH_TOKEN = "google_refresh_token"
        CALDAV_PASSWORD = "caldav_password"

    class Result(models.TextChoices):
        OK = "ok"
        FAILED = "failed"

    name = models.CharField(max_length=30, choices=Name)
    scope = models.CharField(max_length=60)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=40)
    last4 = models.CharField(max_length=4, blank=True)
    set_at = models.DateTimeField(default=timezone.now)
    tested_at = models.DateTimeField(null=True, blank=True)
    test_result = models.CharField(max_length=6, choices=Result, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["name", "scope"], name="a_secret_is_kept_once_per_scope"),
            models.CheckConstraint(
                condition=models.Q(last4="")
                | models.Q(
                    GreaterThanOrEqual(
                        models.Func("ciphertext", function="octet_length", output_field=models.IntegerField()),
                        OVERHEAD + SHOWS_LAST_FOUR,
                    )
                ),
                name="a_last_four_is_shown_only_of_long_secrets",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.scope}"

    @property
    def audit_label(self) -> str:
        return f"{self.name}, {self.scope}"
