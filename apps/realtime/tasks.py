"""Platform-wide deeds on sockets and on the channel layer: closing a business's doors, housekeeping."""

import logging
from uuid import UUID

from celery import shared_task
from channels.layers import DEFAULT_CHANNEL_LAYER, channel_layers
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee, User
from apps.core.tasks import job
from apps.realtime.actions import SUSPENDED, call, close_sockets, nudge
from apps.realtime.layer import PostgresLayer
from apps.realtime.queries import who_watches
from apps.tenants.models import Business

logger = logging.getLogger(__name__)


@shared_task(queue="live", ignore_result=True)
def tidy() -> None:
    """Delete what the embedded default's layer has kept beyond its time. Other layers forget by themselves."""
    if isinstance(channel_layers[DEFAULT_CHANNEL_LAYER], PostgresLayer):
        for count in call("tidy", ()):
            logger.debug("%s expired rows deleted", count)


@job(queue="live")
def close_doors(business_id: UUID) -> None:
    """Close every socket of a business that was suspended (TEN-09). Runs in public: the business does no work now."""
    with tenant_context(Business.objects.get(pk=business_id)):
        close_sockets(User.objects.values_list("pk", flat=True), code=SUSPENDED)


@job(queue="live")
def close_sessions(user_id: UUID, session_ids: list[str]) -> None:
    """Close the sockets of sessions that are over; every one of the person's when none is named (ACC-13)."""
    close_sockets([user_id], sessions=session_ids)


@job(queue="live")
def refresh_person(employee_id: UUID) -> None:
    """Have the open tabs of somebody whose rights changed load anew (ACC-08)."""
    nudge(Employee.objects.filter(pk=employee_id).values_list("user_id", flat=True), topic="session")


@job(queue="live")
def refresh_role(role_id: UUID) -> None:
    """The same for everybody who has a role."""
    people = Employee.objects.filter(role_id=role_id, deactivated_at=None)
    nudge(people.values_list("user_id", flat=True), topic="session")


@job(queue="live")
def show_presence(employee_id: UUID) -> None:
    """Have the screens that show whether somebody is there look again."""
    nudge(who_watches(Employee.objects.get(pk=employee_id)), topic="presence", id=employee_id)
