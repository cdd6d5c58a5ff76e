"""Not faster than a provider takes it (R-028): one clock for each number, one for each customer.

The generic cell rate algorithm (ITU-T I.371): a column holds when the pace would be kept again if everything sent so
far had been evenly spread; a message may go while that is no further ahead than the burst. One conditional UPDATE
asks and takes at once, so that workers cannot overtake each other.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from apps.conversations.models import Conversation, Message
from apps.gateways import protocol
from apps.gateways.models import Inbox

AT_ONCE = timedelta()
_A_MOMENT = timedelta(
    seconds=1
)  # over which a crowd that waits for one number is spread, so that it does not return as one


def wait_before(message: Message) -> timedelta:
    """How long this message must still wait; none when it has just taken its place at both clocks."""
    gateway, now = protocol.gateway(message.inbox.gateway), timezone.now()
    customer = Conversation.objects.filter(pk=message.conversation_id)
    number = Inbox.objects.filter(pk=message.inbox_id)
    wait = _take(customer, gateway.customer_pace, now)
    if wait:
        return wait
    wait = _take(number, gateway.number_pace, now)
    return wait + _A_MOMENT * random.random() if wait else AT_ONCE  # noqa: S311


def _take(clock: QuerySet[Any], pace: protocol.Pace, now: datetime) -> timedelta:
    credit = pace.every * (pace.burst - 1)
    free = Q(paced_until=None) | Q(paced_until__lte=now + credit)
    later = Greatest(Coalesce(F("paced_until"), Value(now)), Value(now)) + Value(pace.every)
    if clock.filter(free).update(paced_until=later):
        return AT_ONCE
    until: datetime = clock.values_list("paced_until", flat=True).get()
    return max(until - credit - now, pace.every)
