"""What is sold (plans), to whom (subscriptions), what came of it (invoices, payment events), and what was used."""

from apps.billing.models.money import Invoice, PlatformPaymentEvent
from apps.billing.models.plan import Plan
from apps.billing.models.subscription import Subscription
from apps.billing.models.usage import UsageMonth, UsagePeriod

__all__ = ["Invoice", "Plan", "PlatformPaymentEvent", "Subscription", "UsageMonth", "UsagePeriod"]
