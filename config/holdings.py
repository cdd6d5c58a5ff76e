"""Who keeps something of a customer, on one page: asked in this order when somebody is merged, given out or erased."""

from collections.abc import Sequence

from apps.conversations.holdings import HOLDING as CONVERSATIONS
from apps.customers.holdings import Holding

HOLDINGS: Sequence[Holding] = (CONVERSATIONS,)
