"""The assistant's door: consider each message of a customer, and nothing twice."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.assistant import actions
from apps.conversations.models import Conversation, Message
from apps.core.tasks import job
from apps.tenants.queries import ready_businesses

log = logging.getLogger(__name__)
PATIENCE = timedelta(seconds=20)  # after which a message nobody considered is taken up by the sweeper


@job(queue="slow")
def consider(message_id: UUID) -> None:
    """Answer a customer's message if the assistant has the word and something to say."""
    message = Message.objects.select_related("conversation__inbox").filter(pk=message_id).first()
    if message is not None:
        actions.consider(message)


@job(queue="slow")
def sweep_everywhere() -> None:
    """Take up messages whose announcement was lost, in every business."""
    for business in ready_businesses():
        with tenant_context(business):
            try:
                for message_id in _forgotten():
                    consider.delay(message_id)
            except Exception:  # one business's trouble must not keep the sweeper from the others
                log.exception("Sweeping %s stopped half-way", business.schema_name)


def _forgotten() -> list[UUID]:
    """The newest message by arrival of each customer who waits: one that came late may not be the last by its time."""
    theirs = Message.objects.filter(conversation=OuterRef("pk"), direction=Message.Direction.IN)
    waiting = Conversation.objects.filter(
        holder=Conversation.Holder.ASSISTANT, status=Conversation.Status.OPEN, needs_human=False,
        waiting_since__lte=timezone.now() - PATIENCE,
    ).annotate(newest=Subquery(theirs.order_by("-arrived_seq").values("pk")[:1]))  # fmt: skip
    return list(waiting.order_by("waiting_since").values_list("newest", flat=True)[:100])
