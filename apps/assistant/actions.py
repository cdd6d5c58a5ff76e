"""What the assistant does with a message: greet, hand over, or leave it to the team."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.assistant.models import Persona
from apps.assistant.persona import COLLEAGUE_WILL_ANSWER, HANDING_OVER, handing_over, wants_a_person
from apps.audit import actions as audit
from apps.conversations import actions as conversations
from apps.conversations.models import Conversation, Message
from apps.conversations.queries import beyond_limit
from apps.core.actors import ASSISTANT, SYSTEM, Actor
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import current_tenant


def consider(message: Message) -> Message | None:
    """Answer one customer's message, or None when that is somebody else's turn. Saying it twice says it once.

    A first message is greeted in its language. Who asks for a person, and whoever the small persona has nothing more
    to say to, is handed over to the team, the former with a polite word. A message that is too old to be answered by
    itself (R-014), or that only a draft could answer, is left to a person, who is told; so is one beyond the plan's
    limit.
    """
    conversation = message.conversation
    if not _has_the_word(conversation, message):
        return None
    if not conversations.may_answer(message):
        _leave_to_a_look(message)
        return None
    language = _language(conversation)
    window = beyond_limit(message)
    try:
        if window is not None:
            return _leave_to_people(conversation, window.pk, language)
        if _is_stale(message):
            conversations.ask_for_person(conversation, reason="late", by=ASSISTANT)
        elif conversation.mode == Conversation.Mode.HYBRID:
            conversations.ask_for_person(conversation, reason="low_confidence", by=ASSISTANT)
        elif wants_a_person(message.body):
            said = _say(conversation, handing_over(_persona().tone, language), what="handing over")
            conversations.hand_over(conversation, reason="asked", by=ASSISTANT)
            return said
        elif _is_answered(message):
            return None  # this very run was done before, or the message came in one burst with the answered one
        elif _is_first(message) and conversation.inbox.greeting_on:
            persona = _persona()
            words = persona.greeting_ar if language == "ar" else persona.greeting_en
            return _say(conversation, words, what="greeting")
        else:
            conversations.hand_over(conversation, reason="low_confidence", by=ASSISTANT)
    except Refusal:
        return None  # somebody took the word, or the window closed, while we were thinking
    return None


def _leave_to_people(conversation: Conversation, window_id: uuid.UUID, language: str) -> Message | None:
    """Beyond the plan's limit nothing is answered: people are told, the customer too, once per window (BIL-06)."""
    conversations.ask_for_person(conversation, reason="over_limit", by=SYSTEM)
    if conversation.mode != Conversation.Mode.AI or not conversation.inbox.over_limit_text_on:
        return None
    once = uuid.uuid5(window_id, "a colleague will answer")
    words = COLLEAGUE_WILL_ANSWER[language]
    return conversations.send_message(conversation, body=words, by=SYSTEM, id=once, epoch=conversation.epoch)


def _leave_to_a_look(message: Message) -> None:
    """Where automation would answer automation it falls silent, and a person is asked to look, once."""
    conversation = message.conversation.fresh()
    if not conversation.customer.blocked_at and not conversation.needs_human:
        conversations.ask_for_person(conversation, reason="loop", by=ASSISTANT)


def _has_the_word(conversation: Conversation, message: Message) -> bool:
    return (
        message.direction == Message.Direction.IN
        and conversation.holder == Conversation.Holder.ASSISTANT
        and conversation.status == Conversation.Status.OPEN
        and not conversation.customer.blocked_at
    )


def _is_stale(message: Message) -> bool:
    return timezone.now() - message.provider_at > timedelta(minutes=message.conversation.inbox.stale_minutes)


def _persona() -> Persona:
    return Persona.objects.get(is_current=True)


def _language(conversation: Conversation) -> str:
    if (rule := _persona().language_rule) != Persona.LanguageRule.AUTO:
        return "ar" if rule == Persona.LanguageRule.ARABIC_ONLY else "en"
    language = conversation.language or getattr(current_tenant.get(), "primary_language", "en")
    return language if language in HANDING_OVER else "en"


def _is_answered(message: Message) -> bool:
    later = message.conversation.messages.filter(direction=Message.Direction.OUT, arrived_seq__gt=message.arrived_seq)
    return later.exists()


def _is_first(message: Message) -> bool:
    return not message.conversation.messages.filter(direction=Message.Direction.OUT).exists()


def _say(conversation: Conversation, text: str, *, what: str) -> Message:
    """Say one thing once while it is the assistant's turn: its id follows from the turn, not from one message.

    So a second run says nothing new, and neither do two first messages that are considered at the same moment.
    """
    once = uuid.uuid5(conversation.pk, f"{what} {conversation.epoch}")
    return conversations.send_message(conversation, body=text, by=ASSISTANT, id=once, epoch=conversation.epoch)


@transaction.atomic
def edit_persona(*, by: Actor, **facts: str) -> Persona:
    """Change how the assistant speaks. A change is a new version; the old ones stay, so that old answers explain
    themselves. Nothing changed, no version. `facts` are greeting_en, greeting_ar, tone and language_rule."""
    current = Persona.objects.select_for_update().get(is_current=True)
    changed = {name: value for name, value in facts.items() if getattr(current, name) != value}
    if not changed:
        return current
    kept = {name: getattr(current, name) for name in ("greeting_en", "greeting_ar", "tone", "language_rule")}
    Persona.objects.filter(pk=current.pk).update(is_current=False)
    row = Persona.objects.create(version=current.version + 1, **{**kept, **changed})
    audit.record(by, "edited", row, before={name: kept[name] for name in changed}, after=changed)
    return row
