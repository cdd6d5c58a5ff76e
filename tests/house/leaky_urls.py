"""Two doors that a careless hand could have written: they show rows of globex to whoever asks."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django_tenants.utils import schema_context, tenant_context

from apps.customers.models import Customer
from apps.tenants.models import Business
from config.urls import urlpatterns as real


def leaks_a_list(request: HttpRequest) -> HttpResponse:
    """Every customer of the wrong business."""
    with tenant_context(_wrong()):
        return HttpResponse(", ".join(customer.name for customer in Customer.objects.all()))


def leaks_a_row(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A row by its id alone, in whichever business it is."""
    with tenant_context(_wrong()):
        return HttpResponse(status=204 if Customer.objects.filter(pk=pk).exists() else 404)


def _wrong() -> Business:
    with schema_context("public"):
        return Business.objects.get(slug="globex")


urlpatterns = [path("leak/", leaks_a_list), path("leak/<uuid:pk>/", leaks_a_row), *real]
