"""Public rows: the businesses, how they are reached, and which number leads to which of them."""

from apps.tenants.models.business import Business, Domain, SchemaState
from apps.tenants.models.directory import DirectoryEntry
from apps.tenants.models.routing import GatewayApp, InboundRoute, QuarantinedDelivery
from apps.tenants.models.signup import SignUp
from apps.tenants.models.support import ErasureCertificate, SupportDoor

__all__ = [
    "Business", "DirectoryEntry", "Domain", "ErasureCertificate", "GatewayApp", "InboundRoute", "QuarantinedDelivery",
    "SchemaState", "SignUp", "SupportDoor",
]  # fmt: skip
