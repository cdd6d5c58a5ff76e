"""The businesses, how they are reached, and how far their schemas are migrated."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django_tenants.models import TenantMixin

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.tenants.postgres.context import SCHEMA_NAME

COLOUR = "^#[0-9A-Fa-f]{6}$"
_a_colour = RegexValidator(COLOUR)


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

    class Digits(models.TextChoices):
        LATIN = "latin"
        ARABIC = "arabic"

    THERE: ClassVar[tuple[str, ...]] = (Status.READY, Status.SUSPENDED, Status.CLOSING)  # with rows of its own

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
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)  # further ones
    digits = models.CharField(max_length=6, choices=Digits, default=Digits.LATIN)
    legal_name = models.CharField(max_length=150, blank=True)
    description_en = models.CharField(max_length=1000, blank=True)
    description_ar = models.CharField(max_length=1000, blank=True)
    support_email = models.EmailField(max_length=254, blank=True)
    support_phone = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=300, blank=True)
    website = models.URLField(max_length=200, blank=True)
    colour_primary = models.CharField(max_length=7, default="#0F766E", validators=[_a_colour])
    colour_secondary = models.CharField(max_length=7, default="#334155", validators=[_a_colour])
    colour_accent = models.CharField(max_length=7, default="#B45309", validators=[_a_colour])
    logo_key = models.CharField(max_length=200, blank=True)  # where its pictures lie in the store; empty without one
    version = models.PositiveIntegerField(default=1)  # of the profile, for two people who edit at once
    status = models.CharField(max_length=12, choices=Status, default=Status.PROVISIONING)
    status_reason = models.CharField(max_length=500, blank=True)
    data_key = models.BinaryField(null=True)
    data_key_before = models.BinaryField(null=True)
    data_key_id = models.CharField(max_length=40, blank=True)
    onboarding_step = models.PositiveSmallIntegerField(default=1)  # of the wizard, the first one not yet done
    onboarding_skipped = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    onboarded_at = models.DateTimeField(null=True, blank=True)
    closing_until = models.DateTimeField(null=True, blank=True)
    closing_reminded = models.PositiveSmallIntegerField(default=0)  # the day of closing whose mail went out last
    shard = models.CharField(max_length=20, blank=True)

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
            models.CheckConstraint(
                condition=~models.Q(status="closing") | models.Q(closing_until__isnull=False),
                name="a_business_closing_has_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    colour_primary__regex=COLOUR, colour_secondary__regex=COLOUR, colour_accent__regex=COLOUR
                ),
                name="colours_are_six_hex_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Domain(Timestamped):
    """A host name that leads to a business. One that is not active leads nowhere."""

    guard: ClassVar[dict[str, str]] = {"view": "settings.edit"}

    class Kind(models.TextChoices):
        SUBDOMAIN = "subdomain"
        CUSTOM = "custom"

    class State(models.TextChoices):
        PENDING = "pending"
        VERIFIED = "verified"
        ACTIVE = "active"

    business = models.ForeignKey(Business, models.CASCADE, related_name="domains")
    host = models.CharField(max_length=253)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.SUBDOMAIN)
    is_primary = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    proof = models.CharField(max_length=64, blank=True)  # what the owner of a custom name must publish
    verified_at = models.DateTimeField(null=True, blank=True)

    objects = GuardedQuerySet.as_manager()

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
