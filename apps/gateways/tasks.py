"""Celery doors of the gateways: numbers follow the plan and who joined; the pretend network tells what became of it."""

import logging
from uuid import UUID

from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.core.tasks import Temporary, job
from apps.gateways import actions
from apps.gateways.models import Inbox
from apps.gateways.simulator import statuses
from apps.realtime.actions import nudge
from apps.tenants.models import Business
from apps.tenants.queries import ready_businesses

log = logging.getLogger(__name__)


@job(queue="live")
def grant_promised(invitation_id: UUID) -> None:
    """Grant somebody who joined the inboxes their invitation promised. Twice is as once."""
    actions.grant_promised(invitation_id, by=SYSTEM)


@job(queue="slow")
def sync_templates(inbox_id: UUID) -> None:
    """Make the templates of a number what its provider has. One that says no or nothing is asked again tomorrow."""
    inbox = Inbox.objects.filter(pk=inbox_id, archived_at=None).first()
    if inbox is None:
        return
    try:
        actions.sync_templates(inbox, by=SYSTEM)
    except Refusal as refusal:
        log.warning("The templates of %s could not be read: %s", inbox.pk, refusal.code)


@job(queue="live")
def show_health(inbox_id: UUID) -> None:
    """Let those who look after the numbers see at once that one is better or worse, or has other templates."""
    people = Employee.objects.select_related("role").filter(deactivated_at=None, user__is_active=True)
    holders = [person.user_id for person in people if "settings.whatsapp" in person.permissions]
    nudge(holders, topic="health", id=inbox_id)


@job(queue="slow")
def mind_version() -> None:
    """Once a day: does Meta soon stop answering in the version we speak?"""
    actions.mind_version()


@job(queue="slow")
def sync_templates_everywhere() -> None:
    """Once a day, the templates of every number there is."""
    for business in ready_businesses():
        with tenant_context(business):
            for pk in Inbox.objects.filter(archived_at=None).values_list("pk", flat=True):
                sync_templates.delay(pk)


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
