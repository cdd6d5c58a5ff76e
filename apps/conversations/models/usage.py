"""What a business pays for: a day with one customer in one inbox."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Value

from apps.conversations.models.message import Message
from apps.core.models import Timestamped
from apps.customers.models import Customer
from apps.gateways.models import Inbox


class Moments(Func):
    """The range of time from one column to another, without its end."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class UsageWindow(Timestamped):
    """Twenty-four hours with one customer, opened by a message of theirs. Not the service window, which slides (S-02).

    `number` is its place in the month's count; `over_limit` says that the assistant keeps out of it.
    """

    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="usage_windows")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="usage_windows")
    opened_by = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    month = models.DateField()
    number = models.IntegerField()
    over_limit = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["month"], name="usage_window_by_month")]
        constraints: ClassVar[list[Any]] = [
            ExclusionConstraint(
                name="windows_of_a_customer_in_an_inbox_do_not_overlap",
                expressions=[
                    (F("inbox"), RangeOperators.EQUAL),
                    (F("customer"), RangeOperators.EQUAL),
                    (Moments("starts_at", "ends_at", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=F("starts_at") + timedelta(hours=24)),
                name="a_window_lasts_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} #{self.number}"
