"""What a customer says about being written to, in a word of their own: STOP and START (CUS-13)."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.conversations.actions.send import send_message
from apps.conversations.models import Message
from apps.core.actors import SYSTEM, Actor, ActorKind
from apps.core.refusals import Refusal
from apps.customers import consent
from apps.customers.actions import grant_all, withdraw_all
from apps.customers.models import ConsentEntry, Customer

SPOKEN = ("text", "interactive")


def hear(message: Message, customer: Customer) -> None:
    """Take a word of withdrawal or consent into the ledger, with the message as its proof. A withdrawal is confirmed
    once, in one sentence; a second one changes nothing and is not."""
    said = consent.heard_in(message.body) if message.type in SPOKEN else None
    if said is None:
        return
    act = grant_all if said else withdraw_all
    changed = act(
        customer, source=ConsentEntry.Source.MESSAGE, by=Actor(ActorKind.CUSTOMER, customer.pk),
        wording=message.body[:300], proof_id=message.pk,
    )  # fmt: skip
    if not said and changed and not customer.blocked_at:
        _confirm(message, customer)


def _confirm(message: Message, customer: Customer) -> None:
    language = message.conversation.language or customer.language
    with override(language if language in ("ar", "en") else "en"):
        body = _("You will get no more offers or reminders from us. Write START to change that.")
    try:
        send_message(message.conversation, body=body, by=SYSTEM)
    except Refusal:  # the window is closed, or the number stopped: the withdrawal stands without its echo
        return
