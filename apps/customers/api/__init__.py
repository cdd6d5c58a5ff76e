"""JSON doors: customers with their verbs, and labels."""

from apps.customers.api.customers import CustomerViewSet
from apps.customers.api.customers import router as customers
from apps.customers.api.labels import router as labels

__all__ = ["CustomerViewSet", "api_urls"]

api_urls = [*customers.urls, *labels.urls]
