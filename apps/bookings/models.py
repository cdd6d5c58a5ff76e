"""Services and what their prices have been."""

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import money
from apps.core.models import Acted, Timestamped
from apps.core.querysets import GuardedQuerySet

Q = models.Q


def _price(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=12, decimal_places=3, validators=[MinValueValidator(Decimal(0))], **options)


class Service(Timestamped):
    """Something a business does for money: delivered some days later, or an appointment of so many minutes.

    Never deleted: archived. Its currency goes with its price, whatever the business's own is today.
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Delivered")
        APPOINTMENT = "appointment", _("Appointment")

    guard: ClassVar[dict[str, str]] = {
        "view": "services.view", "create": "services.create", "edit": "services.edit", "delete": "services.delete",
    }  # fmt: skip

    key = models.CharField(
        max_length=50,
        validators=[RegexValidator("^[a-z0-9_]{2,50}$", _("Two to fifty small letters, digits and underscores."))],
    )
    name_en = models.CharField(max_length=100, blank=True)
    name_ar = models.CharField(max_length=100, blank=True)
    short_en = models.CharField(max_length=120, blank=True)
    short_ar = models.CharField(max_length=120, blank=True)
    description_en = models.CharField(max_length=2000, blank=True)
    description_ar = models.CharField(max_length=2000, blank=True)
    kind = models.CharField(max_length=11, choices=Kind)
    category = models.CharField(max_length=30, blank=True)
    tier = models.CharField(max_length=20, blank=True)
    price = _price()
    original_price = _price(null=True, blank=True)
    currency = models.CharField(max_length=3)
    duration_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    delivery_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(60)])
    buffer_minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(480)])
    is_active = models.BooleanField(default=True)
    over_limit_at = models.DateTimeField(null=True, blank=True)
    is_featured = models.BooleanField(default=False)
    sort = models.PositiveIntegerField(default=0)
    max_per_day = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    stock = models.PositiveIntegerField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True, size=10)
    emoji = models.CharField(max_length=16, blank=True)
    deposit_percent = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["sort", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["is_active", "sort"], name="service_by_place_in_menu"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["key"], name="a_service_key_is_used_once"),
            models.CheckConstraint(condition=~Q(name_en="", name_ar=""), name="a_service_has_a_name"),
            models.CheckConstraint(condition=Q(price__gte=0), name="a_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(original_price=None) | Q(original_price__gt=models.F("price")),
                name="an_original_price_is_higher_than_the_price",
                violation_error_message=_("The price before must be higher than the price now."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="appointment") | Q(duration_minutes__isnull=False, duration_minutes__range=(5, 480)),
                name="an_appointment_has_a_duration",
                violation_error_message=_("An appointment lasts 5 to 480 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(kind="appointment") | Q(duration_minutes=None),
                name="only_an_appointment_has_a_duration",
                violation_error_message=_("Only an appointment has a duration."),
            ),
            models.CheckConstraint(condition=Q(stock=None) | Q(stock__gte=0), name="stock_is_not_negative"),
            models.CheckConstraint(condition=Q(deposit_percent__lte=100), name="a_deposit_is_at_most_the_price"),
        ]

    def __str__(self) -> str:
        return self.name_en or self.name_ar

    @property
    def audit_label(self) -> str:
        return self.key

    def clean(self) -> None:
        """What the database cannot say: money that exists. Raises ValidationError by field."""
        wrong = {}
        if self.currency not in money.CURRENCIES:
            wrong["currency"] = _("There is no such currency.")
        else:
            for name in ("price", "original_price"):
                amount = getattr(self, name)
                if amount is not None and not money.fits(amount, self.currency):
                    wrong[name] = _("This currency is not divided so finely.")
        if wrong:
            raise ValidationError(wrong)


class ServicePrice(Timestamped, Acted):
    """That a price changed: from, to, when, by whom, why. Only ever added to."""

    guarded_by = "service"

    service = models.ForeignKey(Service, models.CASCADE, related_name="prices")
    old = _price()
    new = _price()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.old} → {self.new} {self.currency}"
