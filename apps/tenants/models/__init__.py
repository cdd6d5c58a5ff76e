"""Public rows: the businesses, how they are reached, and which number leads to which of them."""

from apps.tenants.models.business import Business, Domain, SchemaState
from apps.tenants.models.routing import GatewayApp, InboundRoute, QuarantinedDelivery

__all__ = ["Business", "Domain", "GatewayApp", "InboundRoute", "QuarantinedDelivery", "SchemaState"]
