"""Customers and their identities: a phone is optional, a provider's user id comes first."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from apps.core.folding import Folded
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.customers.models.label import Label


class Customer(Timestamped):
    """A person who writes to the business. Emptied in place when erased, never deleted."""

    guard: ClassVar[dict[str, str]] = {
        "view": "customers.view", "create": "customers.create", "edit": "customers.edit",
        "delete": "customers.delete", "export": "customers.export",
    }  # fmt: skip

    personal: ClassVar[set[str]] = {
        "name",
        "profile_name",
        "phone",
        "country",
        "language",
        "folded",
    }  # the record keeps only that they changed

    name = models.CharField(max_length=100, blank=True)
    profile_name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001  null, so that absence is not unique
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=8, blank=True)
    is_vip = models.BooleanField(default=False)
    first_contact_at = models.DateTimeField(null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    labels = models.ManyToManyField(Label, blank=True, related_name="customers")
    folded = models.GeneratedField(  # what search reads: every name and way to reach this person
        expression=Folded("name", "profile_name", "phone"), output_field=models.TextField(), db_persist=True
    )

    objects = GuardedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-last_contact_at"], name="customer_by_last_contact"),
            models.Index(fields=["id"], condition=models.Q(blocked_at__isnull=False), name="customer_blocked"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="customer_by_name_or_number"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["phone"], condition=models.Q(erased_at=None), name="a_phone_belongs_to_one_customer"
            ),
            models.CheckConstraint(
                condition=models.Q(phone=None) | models.Q(phone__regex=r"^\+[1-9][0-9]{5,14}$"),
                name="a_phone_is_e164",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The best name there is: the team's, the person's own, the phone, or nothing known."""
        return self.name or self.profile_name or self.phone or "—"

    @property
    def audit_label(self) -> str:
        """History names a customer by the end of the number, never by name."""
        return f"…{self.phone[-4:]}" if self.phone else "customer"


class Identity(Timestamped):
    """One way a provider names a customer. Retired when it stops being theirs, never renamed."""

    class Kind(models.TextChoices):
        PROVIDER_USER = "provider_user"
        PROVIDER_PARENT = "provider_parent"
        PHONE = "phone"
        USERNAME = "username"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=15, choices=Kind)
    value = models.CharField(max_length=140)
    gateway = models.CharField(max_length=20)
    portfolio = models.CharField(max_length=64, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["gateway", "portfolio", "kind", "value"],
                condition=models.Q(retired_at=None),
                name="an_identity_leads_to_one_customer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} …{self.value[-4:]}"
