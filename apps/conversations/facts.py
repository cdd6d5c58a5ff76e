"""From a gateway's fact to a verb: which action stores it, and what is noted in the ledger."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from apps.conversations import actions
from apps.gateways import actions as gateways
from apps.gateways import protocol
from apps.gateways.models import DeliveryElement, Inbox

Outcome = DeliveryElement.Outcome
HEALTH_NOTICES = ("phone_quality", "account_update")
TEMPLATE_NOTICES = ("template_status", "template_quality", "template_category", "template_components")


class Applied(NamedTuple):
    """What became of an element, in the ledger's columns."""

    outcome: str
    reason: str = ""
    object_kind: str = ""
    object_id: UUID | None = None


def apply(inbox: Inbox | None, fact: protocol.Fact) -> Applied:
    """Do what the fact says, in the caller's transaction. Errors of the database or of ours are raised.

    What was written on the way to finding that a thing is stored already, or cannot be stored yet, is taken back.
    """
    if isinstance(fact, protocol.Ignored):
        return Applied(Outcome.IGNORED, fact.reason)
    if isinstance(fact, protocol.Unknown):
        return Applied(Outcome.DEAD_LETTER, fact.reason[:60])
    if inbox is None:
        return Applied(Outcome.DEAD_LETTER, "inbox_gone")
    try:
        with transaction.atomic():
            return _store(inbox, fact)
    except actions.AlreadyStored:
        return Applied(Outcome.DUPLICATE)
    except actions.NotHereYet:
        return Applied(Outcome.HELD, "message_not_here_yet")


def _store(inbox: Inbox, fact: protocol.Fact) -> Applied:
    row: Any
    match fact:
        case protocol.Inbound(is_group=True):
            return Applied(Outcome.IGNORED, "group")
        case protocol.Inbound():
            if fact.person.phone and fact.person.phone == inbox.display_number:
                return Applied(Outcome.IGNORED, "own_number_echo")
            if not fact.person.is_reachable:
                return Applied(Outcome.DEAD_LETTER, "nobody_to_answer")
            row = actions.receive_message(inbox, fact)
        case protocol.Echo():
            row = actions.receive_echo(inbox, fact)
        case protocol.StatusChange():
            row = actions.record_status(inbox, fact)
        case protocol.ReactionChange():
            row = actions.react(inbox, fact)
        case protocol.Edited():
            row = actions.edit(inbox, fact)
        case protocol.Revoked():
            row = actions.revoke(inbox, fact)
        case protocol.IdentityChanged():
            row = actions.change_identity(inbox, fact)
        case protocol.ChannelTrouble():
            row = gateways.note_trouble(inbox, fact)
        case protocol.Notice(person=protocol.Person()) if fact.kind == protocol.Kind.PREFERENCES:
            row = actions.note_preference(inbox, fact)
        case protocol.Notice() if fact.kind in HEALTH_NOTICES:
            row = gateways.note_account(inbox, kind=fact.kind, detail=fact.detail)
        case protocol.Notice() if fact.kind in TEMPLATE_NOTICES:
            row = gateways.note_template(inbox, kind=fact.kind, detail=fact.detail)
        case _:
            return Applied(Outcome.IGNORED, "unsupported_field")
    return Applied(Outcome.STORED, "", row._meta.model_name, row.pk)


def who(raw: dict[str, Any]) -> str:
    """A stable word for the person an element is about, to take locks in one order; empty when there is none."""
    item = raw.get("item") or raw
    if not isinstance(item, dict):
        return ""
    return str(next((item[key] for key in ("from", "from_user_id", "recipient_id", "to", "From") if item.get(key)), ""))
