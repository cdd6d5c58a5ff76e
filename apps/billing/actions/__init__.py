"""Verbs on plans and subscriptions, under one name: `actions.start_trial`, `actions.change_plan`, …

They write in public; the business reads of it in its own record, written after the commit.
"""

from apps.billing.actions.plans import sync_plans
from apps.billing.actions.subscriptions import change_plan, start_trial

__all__ = ["change_plan", "start_trial", "sync_plans"]
