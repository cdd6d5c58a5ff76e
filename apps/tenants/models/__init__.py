"""Public rows: the businesses, how they are reached, and which number leads to which of them."""

from apps.tenants.models.business import Business, Domain, SchemaState
from apps.tenants.models.routing import GatewayApp, InboundRoute, QuarantinedDelivery
from apps.tenants.models.support import ErasureCertificate, SupportDoor

__all__ = [
    "Business",
    "Domain",
    "ErasureCertificate",
    "GatewayApp",
    "InboundRoute",
    "QuarantinedDelivery",
    "SchemaState",
    "SupportDoor",
]
