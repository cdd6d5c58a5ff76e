"""JSON doors: a business's own row and its domains on its host."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from apps.tenants.api.business import BusinessSerializer, BusinessViewSet, KnownToAllSerializer
from apps.tenants.api.domains import DomainViewSet

router = SimpleRouter(use_regex_path=False)
router.register("domains", DomainViewSet, basename="api-domains")

api_urls = [
    path("business/", BusinessViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="api-business"),
    *(
        path(
            f"business/{act.url_path}/",
            BusinessViewSet.as_view({"post": act.__name__}),
            name=f"api-business-{act.url_path}",
        )
        for act in BusinessViewSet.get_extra_actions()
    ),
    *router.urls,
]

__all__ = ["BusinessSerializer", "KnownToAllSerializer", "api_urls"]
