"""JSON doors: a business's own row and its domains on its host."""

from django.urls import path
from rest_framework.parsers import MultiPartParser
from rest_framework.routers import SimpleRouter

from apps.tenants.api.business import BusinessSerializer, BusinessViewSet, KnownToAllSerializer
from apps.tenants.api.domains import DomainViewSet

router = SimpleRouter(use_regex_path=False)
router.register("domains", DomainViewSet, basename="api-domains")

business = BusinessViewSet.as_view
api_urls = [
    path("business/", business({"get": "retrieve", "patch": "partial_update"}), name="api-business"),
    path("business/logo/", business({"post": "logo"}, parser_classes=[MultiPartParser]), name="api-business-logo"),
    path("business/close/", business({"post": "close"}), name="api-business-close"),
    path("business/reopen/", business({"post": "reopen"}), name="api-business-reopen"),
    path("business/export/", business({"post": "export"}), name="api-business-export"),
    path("business/support-access/", business({"post": "support_access"}), name="api-business-support-access"),
    *router.urls,
]

__all__ = ["BusinessSerializer", "KnownToAllSerializer", "api_urls"]
