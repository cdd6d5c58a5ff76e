"""Writing to a customer first: by a template, or freely while their window is open (CONV-20)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.conversations.actions import speaker, threads
from apps.conversations.actions.assignment import hand_to
from apps.conversations.actions.send import send_message
from apps.conversations.models import Conversation
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.customers.models import Customer
from apps.gateways.models import Inbox, Template


@transaction.atomic
def start_conversation(
    customer: Customer,
    inbox: Inbox,
    *,
    by: Actor,
    employee: Employee,
    body: str = "",
    template: Template | None = None,
    values: Mapping[str, str] | None = None,
    id: UUID | None = None,
) -> Conversation:
    """Say the first word to a customer: in their open conversation of this number if there is one, else in a new one.

    Refuses a blocked customer, a number that is switched off, free text without an open window (`window_closed`), and
    what a colleague has (`held_by_other`); otherwise as `send_message` does.
    """
    if customer.blocked_at or customer.erased_at:
        raise Refusal("conflict", _("This customer is blocked."))
    if not inbox.is_active or inbox.archived_at:
        raise Refusal("conflict", _("This number is switched off."))
    conversation = _unresolved(inbox, customer) or _new(inbox, customer)
    other = conversation.assignee
    if other and other.pk != employee.pk and conversation.mode == Conversation.Mode.HUMAN:
        speaker.refuse_held(other)
    if conversation.mode == Conversation.Mode.HUMAN and other is None:
        hand_to(conversation, employee, by=by)
        threads.add_line(conversation, "took_over", by=by, name=employee.full_name)
        threads.store(conversation, *speaker.SPEAKER_FIELDS)
    send_message(conversation, body=body, by=by, employee=employee, id=id, template=template, values=values)
    return Conversation.objects.get(pk=conversation.pk)


def _unresolved(inbox: Inbox, customer: Customer) -> Conversation | None:
    rows = Conversation.objects.select_for_update().filter(inbox=inbox, customer=customer)
    return rows.exclude(status=Conversation.Status.RESOLVED).first()


def _new(inbox: Inbox, customer: Customer) -> Conversation:
    """A new one in people's hands, with what is left of the window of those before."""
    before = Conversation.objects.filter(inbox=inbox, customer=customer).order_by("-last_customer_at").first()
    until: datetime | None = before.window_until if before else None
    running = before is not None and until is not None and until > timezone.now()
    try:
        with transaction.atomic():
            made = threads.create(inbox, customer)
    except IntegrityError:  # the customer wrote at the same moment
        found = _unresolved(inbox, customer)
        if found is None:
            raise
        return found
    if before is not None and running:
        made.last_customer_at, made.window_until = before.last_customer_at, until
        threads.store(made, "last_customer_at", "window_until")
    return made
