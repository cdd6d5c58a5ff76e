"""What the console shows of a business's inside: numbers and times, never a name or a word of its customers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.billing.models import UsageMonth
from apps.conversations.models import Conversation
from apps.gateways.models import DeliveryElement, Inbox
from apps.tenants.models import Business

WITH_A_SCHEMA = (Business.Status.READY, Business.Status.SUSPENDED, Business.Status.CLOSING)


@dataclass(frozen=True, slots=True)
class Facts:
    """A business in numbers. `health` is the worst of its inboxes: empty without any."""

    employees: int = 0
    conversations: int = 0  # billable windows of this month
    health: str = ""
    stuck: int = 0  # elements that came in and should have been handled by now
    last_activity: datetime | None = None


def facts_of(business: Business) -> Facts:
    """Five questions to the business's schema; nothing for one that has none."""
    if business.status not in WITH_A_SCHEMA:
        return Facts()
    now = timezone.now()
    with tenant_context(business):
        team = Employee.objects.filter(deactivated_at=None).aggregate(count=Count("pk"), seen=Max("last_seen_at"))
        spoken = Conversation.objects.aggregate(at=Max("updated_at"))["at"]
        month = timezone.localdate().replace(day=1)
        usage = UsageMonth.objects.filter(month=month).first()
        healths = set(Inbox.objects.filter(archived_at=None).values_list("health", flat=True))
        open_ones = DeliveryElement.objects.filter(Q(next_at__lte=now), outcome__in=DeliveryElement.OPEN)
        stuck = open_ones.count()
    worst = next((word for word in reversed(Inbox.Health.values) if word in healths and word != "disabled"), "")
    return Facts(
        employees=team["count"],
        conversations=usage.conversations if usage else 0,
        health=worst,
        stuck=stuck,
        last_activity=max(filter(None, (team["seen"], spoken)), default=None),
    )
