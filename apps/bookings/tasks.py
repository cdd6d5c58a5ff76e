"""Celery doors of bookings: the menu follows the plan."""

from uuid import UUID

from django_tenants.utils import tenant_context

from apps.bookings import actions
from apps.core.tasks import job
from apps.tenants.models import Business


@job(queue="slow")
def fit_services(business_id: UUID) -> None:
    """Put back into the menu, or take out of it, what the plan has room for. Announced in public."""
    with tenant_context(Business.objects.get(pk=business_id)):
        actions.fit_services()
