"""Celery doors of the gateways: numbers follow the plan and who joined; the pretend network tells what became of it."""

from uuid import UUID

from django_tenants.utils import tenant_context

from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.core.tasks import Temporary, job
from apps.gateways import actions
from apps.gateways.simulator import statuses
from apps.tenants.models import Business


@job(queue="live")
def grant_promised(invitation_id: UUID) -> None:
    """Grant somebody who joined the inboxes their invitation promised. Twice is as once."""
    actions.grant_promised(invitation_id, by=SYSTEM)


@job(queue="live")
def tell_status(bubble_id: UUID) -> None:
    """Post the next status of a message on a pretend phone, and come back for the one after it."""
    try:
        seconds = statuses.tell_next(bubble_id)
    except Refusal as failure:
        raise Temporary from failure
    if seconds is not None:
        tell_status.apply_async([bubble_id], countdown=seconds)


@job(queue="slow")
def fit_inboxes(business_id: UUID) -> None:
    """Let speak, or ask to rest, the numbers the plan has room for. Announced in public, done in the business."""
    with tenant_context(Business.objects.get(pk=business_id)):
        actions.fit_inboxes()
