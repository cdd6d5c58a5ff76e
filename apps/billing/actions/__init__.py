"""Verbs on plans, subscriptions and counters, under one name: `actions.start_trial`, `actions.count_window`, …

Those on plans and subscriptions write in public; the business reads of it in its own record, written after the commit.
The counters lie in the business.
"""

from apps.billing.actions.payments import take_event
from apps.billing.actions.plans import sync_plans
from apps.billing.actions.subscriptions import (
    cancel,
    change_plan,
    grant_limits,
    pause,
    resume,
    start_trial,
    unpause,
)
from apps.billing.actions.usage import Counted, Reservation, count_window, reserve_voice, settle_voice, uncount_window

__all__ = [
    "Counted",
    "Reservation",
    "cancel",
    "change_plan",
    "count_window",
    "grant_limits",
    "pause",
    "reserve_voice",
    "resume",
    "settle_voice",
    "start_trial",
    "sync_plans",
    "take_event",
    "uncount_window",
    "unpause",
]
