"""Celery doors of the gateways: the pretend network tells the fate of what it was sent."""

from uuid import UUID

from apps.core.refusals import Refusal
from apps.core.tasks import Temporary, job
from apps.gateways.simulator import statuses


@job(queue="live")
def tell_status(bubble_id: UUID) -> None:
    """Post the next status of a message on a pretend phone, and come back for the one after it."""
    try:
        seconds = statuses.tell_next(bubble_id)
    except Refusal as failure:
        raise Temporary from failure
    if seconds is not None:
        tell_status.apply_async([bubble_id], countdown=seconds)
