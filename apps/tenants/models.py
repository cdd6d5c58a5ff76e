"""Public rows: the businesses, how they are reached, and which number leads to which of them."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django_tenants.models import TenantMixin

from apps.core.models import Timestamped
from apps.tenants.postgres.context import SCHEMA_NAME


class Business(TenantMixin, Timestamped):
    """One customer of ours. What is known of it before its schema opens."""

    class Status(models.TextChoices):
        PROVISIONING = "provisioning"
        READY = "ready"
        FAILED = "failed"
        SUSPENDED = "suspended"
        CLOSING = "closing"
        ERASED = "erased"

    class Industry(models.TextChoices):
        TAROT = "tarot"
        RESTAURANT = "restaurant"
        CLINIC = "clinic"
        SALON = "salon"
        CONSULTANT = "consultant"
        FITNESS = "fitness"
        EDUCATION = "education"
        ECOMMERCE = "ecommerce"
        REAL_ESTATE = "real_estate"
        OTHER = "other"

    auto_create_schema = False
    auto_drop_schema = False

    schema_name = models.CharField(
        max_length=14, editable=False, validators=[RegexValidator(f"^{SCHEMA_NAME.pattern}$")]
    )
    slug = models.SlugField(max_length=50)
    name = models.CharField(max_length=100)
    industry = models.CharField(max_length=20, choices=Industry, default=Industry.OTHER)
    country = models.CharField(max_length=2, default="LB")
    timezone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    primary_language = models.CharField(max_length=8, default="en")
    colour_primary = models.CharField(max_length=7, default="#0F766E", validators=[RegexValidator("^#[0-9A-Fa-f]{6}$")])
    status = models.CharField(max_length=12, choices=Status, default=Status.PROVISIONING)
    status_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = 'public"."tenants_business'
        verbose_name_plural = "businesses"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["status"], name="business_by_status")]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["schema_name"], name="a_schema_name_is_used_once"),
            models.UniqueConstraint(Lower("slug"), name="a_slug_is_used_once"),
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=f"^{SCHEMA_NAME.pattern}$"),
                name="a_schema_name_looks_like_b_and_twelve_characters",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Domain(Timestamped):
    """A host name that leads to a business."""

    class State(models.TextChoices):
        PENDING = "pending"
        VERIFIED = "verified"
        ACTIVE = "active"

    business = models.ForeignKey(Business, models.CASCADE, related_name="domains")
    host = models.CharField(max_length=253)
    is_primary = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)

    class Meta:
        db_table = 'public"."tenants_domain'
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(Lower("host"), name="a_host_belongs_to_one_business"),
            models.UniqueConstraint(
                fields=["business"], condition=models.Q(is_primary=True), name="a_business_has_one_primary_host"
            ),
        ]

    def __str__(self) -> str:
        return self.host


class GatewayApp(Timestamped):
    """The app whose secret proves a webhook body: the platform's own (no owner) or a business's."""

    gateway = models.CharField(max_length=20)
    token = models.CharField(max_length=43)
    owner = models.ForeignKey(Business, models.CASCADE, null=True, blank=True, related_name="gateway_apps")
    account_ref = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = 'public"."tenants_gatewayapp'
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


class SchemaState(Timestamped):
    """How far a business's schema has been migrated, and what stopped it."""

    business = models.OneToOneField(Business, models.CASCADE, related_name="schema_state")
    state_hash = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)

    class Meta:
        db_table = 'public"."tenants_schemastate'

    def __str__(self) -> str:
        return f"{self.business}: {self.error or 'ok'}"
