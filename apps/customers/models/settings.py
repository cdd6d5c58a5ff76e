"""How this business looks at its customers: one row."""

from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class SettingsQuerySet(GuardedQuerySet):
    """The one row, for whoever may see customers; to change it is a matter of settings."""


class CustomerSettings(Timestamped):
    """Thresholds of the segments, words by which a customer withdraws or agrees (beside the usual ones, by language),
    and the business's own fields: a list of {"key", "name_en", "name_ar", "kind" (text, number, date, choice),
    "choices"}."""

    guard: ClassVar[dict[str, str]] = {"view": "customers.view", "edit": "settings.edit"}

    only = models.BooleanField(default=True, editable=False)
    regular_from = models.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(100), validators=[MinValueValidator(0)]
    )
    loyal_from = models.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(200), validators=[MinValueValidator(0)]
    )
    vip_from = models.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(500), validators=[MinValueValidator(0)]
    )
    stop_words = models.JSONField(default=dict, blank=True)
    start_words = models.JSONField(default=dict, blank=True)
    fields = models.JSONField(default=list, blank=True)

    objects = SettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer settings")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["only"], name="there_is_one_row_of_customer_settings"),
            models.CheckConstraint(condition=Q(only=True), name="customer_settings_are_the_only_ones"),
            models.CheckConstraint(
                condition=Q(regular_from__lte=F("loyal_from")) & Q(loyal_from__lte=F("vip_from")),
                name="thresholds_of_segments_rise",
            ),
        ]

    def __str__(self) -> str:
        return "customer settings"
