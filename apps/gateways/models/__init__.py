"""Connected numbers, who is granted them, their templates, and the ledger of everything that came in."""

from apps.gateways.models.inbox import Inbox, InboxGroupPermission, InboxUserPermission
from apps.gateways.models.ledger import Delivery, DeliveryElement
from apps.gateways.models.simulator import SimulatorBubble, SimulatorPhone
from apps.gateways.models.template import Template

__all__ = [
    "Delivery", "DeliveryElement", "Inbox", "InboxGroupPermission", "InboxUserPermission", "SimulatorBubble",
    "SimulatorPhone", "Template",
]  # fmt: skip
