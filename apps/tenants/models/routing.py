"""Which app proves a webhook body, which number leads to whom, and what nobody may have."""

from typing import Any, ClassVar

from django.db import models

from apps.core.models import Timestamped
from apps.tenants.models.business import Business


class GatewayApp(Timestamped):
    """The app whose secret proves a webhook body: the platform's own (no owner) or a business's."""

    gateway = models.CharField(max_length=20)
    token = models.CharField(max_length=43)
    # Good until `previous_until` (GW-05). The database fills it for processes that do not know it yet.
    previous_token = models.CharField(max_length=43, blank=True, default="", db_default="")
    previous_until = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(Business, models.CASCADE, null=True, blank=True, related_name="gateway_apps")
    account_ref = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = 'public"."tenants_gatewayapp'
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["previous_token"], condition=~models.Q(previous_token=""), name="app_by_previous_token"
            )
        ]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["token"], name="a_token_names_one_app")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.account_ref}".strip()


class InboundRoute(Timestamped):
    """A provider's address and the inbox it leads to. Written first; the inbox is connected only after it."""

    class Kind(models.TextChoices):
        NUMBER = "number"
        ACCOUNT = "account"
        SERVICE = "service"

    app = models.ForeignKey(GatewayApp, models.CASCADE, related_name="routes")
    gateway = models.CharField(max_length=20)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.NUMBER)
    external_id = models.CharField(max_length=64)
    business = models.ForeignKey(Business, models.CASCADE, related_name="routes")
    inbox_id = models.UUIDField()

    class Meta:
        db_table = 'public"."tenants_inboundroute'
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["app", "kind", "external_id"], name="an_address_of_an_app_leads_to_one_inbox"
            ),
            models.UniqueConstraint(
                fields=["gateway", "external_id"], condition=models.Q(kind="number"), name="a_number_is_connected_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} …{self.external_id[-4:]}"


class QuarantinedDelivery(Timestamped):
    """One element that no business may have. Businesses never see it; operators see its metadata."""

    class Reason(models.TextChoices):
        UNKNOWN_NUMBER = "unknown_number"
        FOREIGN_NUMBER = "foreign_number"
        BUSINESS_ERASED = "business_erased"
        UNREADABLE = "unreadable"

    received_at = models.DateTimeField()
    gateway = models.CharField(max_length=20)
    app = models.ForeignKey(GatewayApp, models.CASCADE)
    reason = models.CharField(max_length=15, choices=Reason)
    address_hash = models.CharField(max_length=64, blank=True)
    address_last4 = models.CharField(max_length=4, blank=True)
    kind = models.CharField(max_length=30)
    body = models.BinaryField(null=True)
    key_id = models.CharField(max_length=40, blank=True)
    body_sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = 'public"."tenants_quarantineddelivery'
        verbose_name_plural = "quarantined deliveries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["received_at"], name="quarantine_by_time"),
            models.Index(fields=["address_hash"], name="quarantine_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} …{self.address_last4}"
