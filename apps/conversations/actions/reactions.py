"""An emoji of ours on a message: on our screens at once, on the customer's phone when the provider has it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.conversations.actions import threads
from apps.conversations.actions.hand_over import line_for, recipient_of
from apps.conversations.actions.send import check_window
from apps.conversations.events import MessageChanged, ReactionMade
from apps.conversations.models import Message, Reaction
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.models import new_id
from apps.core.refusals import Refusal
from apps.core.tasks import Temporary
from apps.gateways import protocol

LONGEST = 16  # characters; an emoji of a family has eleven
LETTERS = 0x2000  # below this are letters and signs, above it emoji; # and digits begin a few


@transaction.atomic
def react_to_message(message: Message, *, emoji: str, by: Actor) -> Message:
    """Put an emoji on a message in place of the one before, or take it off when it is empty."""
    message = threads.lock_message(message)
    _require_reach(message, emoji)
    standing = message.reactions.filter(by=Reaction.By.US, removed_at=None)
    if (before := standing.first()) and before.emoji == emoji:
        return message
    if before is None and not emoji:
        return message
    now = timezone.now()
    standing.update(removed_at=now)
    made = message.reactions.create(
        by=Reaction.By.US, emoji=emoji, at=now, removed_at=None if emoji else now, external_id=f"ours.{new_id().hex}"
    )
    message.seq = threads.take_seq(message.conversation)
    message.save(update_fields=["seq", "updated_at"])
    threads.store(message.conversation)
    audit.record(by, "reacted", message)
    emit(MessageChanged(message_id=message.pk))
    emit(ReactionMade(reaction_id=made.pk))
    return message


def send_reaction(reaction: Reaction) -> None:
    """Tell the provider, unless a newer one of ours stands there. One it refuses leaves our screens again.

    Raises Temporary when it may work later.
    """
    message = reaction.message
    if message.reactions.filter(by=Reaction.By.US, at__gt=reaction.at).exists():
        return
    said = protocol.Outbound(
        opaque_id=reaction.pk, to=recipient_of(message.conversation), type="reaction",
        payload={"target_external": message.external_id, "emoji": reaction.emoji},
    )  # fmt: skip
    try:
        protocol.gateway(message.inbox.gateway).send(line_for(message.inbox), said)
    except (protocol.Temporary, protocol.OutcomeUnknown) as trouble:  # saying it twice shows it once
        raise Temporary from trouble
    except protocol.SendTrouble:
        _take_back(reaction)


@transaction.atomic
def _take_back(reaction: Reaction) -> None:
    message = threads.lock_message(reaction.message)
    Reaction.objects.filter(pk=reaction.pk, removed_at=None).update(removed_at=timezone.now())
    message.seq = threads.take_seq(message.conversation)
    message.save(update_fields=["seq", "updated_at"])
    threads.store(message.conversation)
    emit(MessageChanged(message_id=message.pk))


def _require_reach(message: Message, emoji: str) -> None:
    if len(emoji) > LONGEST or (emoji and not any(ord(sign) >= LETTERS for sign in emoji)):
        raise Refusal("invalid", _("Choose one emoji."))
    if not protocol.gateway(message.inbox.gateway).reacts:
        raise Refusal("illegal_transition", _("Reactions cannot be sent from this number."))
    if message.external_id is None or message.hidden_at or message.revoked_at:
        raise Refusal("illegal_transition", _("There is nothing on the customer's phone to react to."))
    check_window(message.conversation)
