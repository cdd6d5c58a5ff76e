"""How well a number's messages leave."""

from datetime import timedelta

from django.utils import timezone

from apps.conversations.models import Message
from apps.gateways.models import Inbox


def errors_of_hour(inbox: Inbox) -> tuple[int, int]:
    """How many messages a number tried to send within the last hour, and how many of them failed."""
    ours = Message.objects.filter(inbox=inbox, direction=Message.Direction.OUT, attempts__gt=0)
    recent = ours.filter(updated_at__gte=timezone.now() - timedelta(hours=1))
    failed = recent.filter(status=Message.Status.FAILED, failed_at__gte=timezone.now() - timedelta(hours=1))
    return recent.count(), failed.count()
