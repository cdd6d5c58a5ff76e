"""Which billable day a customer's message falls into (requirements BIL-03), opened if there is none.

The days of one customer in one inbox are always those that begin with the first message and then with the first one
after each day's end, by the provider's clock and whatever order messages arrive in. So a late message that precedes a
day's beginning by less than a day becomes its beginning, and what then falls out at its end opens a day of its own.
"""

from datetime import timedelta

from apps.billing.actions import count_window, uncount_window
from apps.billing.queries import month_of, own_subscription
from apps.conversations.models import Message, UsageWindow
from apps.customers.models import Customer
from apps.gateways.models import Inbox

DAY = timedelta(hours=24)


def window_of(message: Message, inbox: Inbox, customer: Customer) -> UsageWindow | None:
    """The window of a stored message; None where none is counted: test inboxes and blocked customers.

    The caller holds the conversation's lock, so that one customer's messages come here one after the other. One
    question when the window is there; counting it locks the month's row until the transaction ends.
    """
    if inbox.is_test or customer.blocked_at:
        return None
    return _cover(message, inbox, customer)


def _cover(message: Message, inbox: Inbox, customer: Customer) -> UsageWindow:
    at = message.provider_at
    around = UsageWindow.objects.filter(
        inbox=inbox, customer=customer, starts_at__gt=at - DAY, starts_at__lt=at + DAY
    ).order_by("starts_at")  # fmt: skip
    for window in around:
        if window.starts_at <= at:
            return window
        return _begin_earlier(window, message, inbox, customer)
    counted = count_window(at)
    return UsageWindow.objects.create(
        inbox=inbox, customer=customer, opened_by=message, starts_at=at, ends_at=at + DAY, month=counted.month,
        number=counted.number, over_limit=counted.over,
    )  # fmt: skip


def _begin_earlier(window: UsageWindow, message: Message, inbox: Inbox, customer: Customer) -> UsageWindow:
    """Move a window back to a message that came late, and cover anew what its end has left."""
    ended, at = window.ends_at, message.provider_at
    window.opened_by, window.starts_at, window.ends_at = message, at, at + DAY
    if month_of(at, own_subscription()) != window.month:
        uncount_window(window.month, over=window.over_limit)
        counted = count_window(at)
        window.month, window.number, window.over_limit = counted.month, counted.number, counted.over
    window.save()
    left_out = Message.objects.filter(
        conversation__inbox=inbox, conversation__customer=customer, direction=Message.Direction.IN,
        provider_at__gte=window.ends_at, provider_at__lt=ended,
    ).order_by("provider_at")  # fmt: skip
    if first := left_out.first():
        _cover(first, inbox, customer)
    return window
