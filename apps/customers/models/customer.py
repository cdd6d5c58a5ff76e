"""Customers and their identities: a phone is optional, a provider's user id comes first."""

import re
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from apps.core.folding import Folded
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.customers import phones
from apps.customers.models.label import Label

NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
BLANK_WHEN_ERASED = (
    "name", "arabic_name", "profile_name", "email", "address", "remark", "source",
)  # fmt: skip


class CustomerQuerySet(GuardedQuerySet):
    """Customers; those that were merged into another are found under that one."""

    def living(self) -> Self:
        """Neither erased nor merged into somebody else."""
        return self.filter(erased_at=None, merged_into=None)


class Customer(Timestamped):
    """A person who writes to the business. Emptied in place when erased, never deleted.

    `spent` holds an amount per currency, `provenance` who set which field, `custom` what the business's own fields
    say. `is_vip` and `segment` are worked out from what was spent (CUS-04).
    """

    guard: ClassVar[dict[str, str]] = {
        "view": "customers.view", "create": "customers.create", "edit": "customers.edit",
        "delete": "customers.delete", "export": "customers.export",
    }  # fmt: skip

    personal: ClassVar[set[str]] = {
        "name", "arabic_name", "profile_name", "phone", "email", "country", "language", "birthday", "address", "remark",
        "custom", "spent", "provenance", "folded",
    }  # the record keeps only that they changed  # fmt: skip

    class Segment(models.TextChoices):
        NEW = "new"
        REGULAR = "regular"
        LOYAL = "loyal"
        VIP = "vip"

    name = models.CharField(max_length=100, blank=True)
    arabic_name = models.CharField(max_length=100, blank=True)
    profile_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001  null, so that absence is not unique
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=8, blank=True)
    birthday = models.DateField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    remark = models.CharField(max_length=1000, blank=True)
    vip_override = models.BooleanField(null=True, blank=True)
    is_vip = models.BooleanField(default=False)
    segment = models.CharField(max_length=7, choices=Segment, default=Segment.NEW)
    paid_bookings = models.PositiveIntegerField(default=0)
    spent = models.JSONField(default=dict, blank=True)
    first_booking_at = models.DateTimeField(null=True, blank=True)
    last_booking_at = models.DateTimeField(null=True, blank=True)
    first_contact_at = models.DateTimeField(null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=30, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    custom = models.JSONField(default=dict, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_by = models.CharField(max_length=120, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="absorbed")
    labels = models.ManyToManyField(Label, blank=True, related_name="customers")
    folded = models.GeneratedField(  # what search reads: every name and way to reach this person
        expression=Folded("name", "arabic_name", "profile_name", "email", "phone"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-last_contact_at"], name="customer_by_last_contact"),
            models.Index(fields=["segment"], name="customer_by_segment"),
            models.Index(fields=["country"], name="customer_by_country"),
            models.Index(fields=["id"], condition=models.Q(blocked_at__isnull=False), name="customer_blocked"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="customer_by_name_or_number"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["phone"], condition=Q(erased_at=None, merged_into=None), name="a_phone_belongs_to_one_customer"
            ),
            models.CheckConstraint(
                condition=Q(phone=None) | Q(phone__regex=r"^\+[1-9][0-9]{5,14}$"), name="a_phone_is_e164"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(**dict.fromkeys(BLANK_WHEN_ERASED, ""), phone=None, birthday=None, custom={}, provenance={}),
                name="an_erased_customer_holds_no_personal_text",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The best name there is: the team's, the person's own, or the end of the number (whoever may read it)."""
        return self.name or self.arabic_name or self.profile_name or phones.masked(self.phone) or "—"

    @property
    def audit_label(self) -> str:
        """History names a customer by the end of the number, never by name."""
        return phones.masked(self.phone) or "customer"

    @property
    def phone_words(self) -> str:
        """The number as its country groups it."""
        return phones.spoken(self.phone)

    @property
    def amounts(self) -> list[tuple[str, Decimal]]:
        """What was spent, per currency."""
        spent = self.spent if isinstance(self.spent, dict) else {}
        return [(code, Decimal(value)) for code, value in sorted(spent.items()) if NUMBER.match(str(value))]

    @property
    def title(self) -> str:
        """The name, or who may see customers the whole number."""
        return self.name or self.arabic_name or self.profile_name or phones.spoken(self.phone) or "—"


class Identity(Timestamped):
    """One way a provider names a customer. Retired when it stops being theirs, never renamed. A phone stands in its
    canonical form; of an erased person only the hash is left."""

    class Kind(models.TextChoices):
        PROVIDER_USER = "provider_user"
        PROVIDER_PARENT = "provider_parent"
        PHONE = "phone"
        USERNAME = "username"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=15, choices=Kind)
    value = models.CharField(max_length=140, blank=True)
    value_hash = models.CharField(max_length=64, blank=True)
    gateway = models.CharField(max_length=20)
    portfolio = models.CharField(max_length=64, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "identities"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["value_hash"], name="identity_by_hash")]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["gateway", "portfolio", "kind", "value"],
                condition=models.Q(retired_at=None),
                name="an_identity_leads_to_one_customer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} …{self.value[-4:]}"

    @property
    def words(self) -> str:
        """It as people read it."""
        return phones.spoken(self.value) if self.kind == self.Kind.PHONE else self.value
