"""Public rows: the businesses, how they are reached, and which number leads to which of them."""

from apps.tenants.models.business import Business, Domain, SchemaState
from apps.tenants.models.directory import DirectoryEntry
from apps.tenants.models.routing import GatewayApp, InboundRoute, QuarantinedDelivery

__all__ = ["Business", "DirectoryEntry", "Domain", "GatewayApp", "InboundRoute", "QuarantinedDelivery", "SchemaState"]
