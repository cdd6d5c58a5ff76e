"""What one person has read, and who is there: marks of their own, and signs that fade."""

from django.core.cache import cache
from django.db import transaction

from apps.accounts.models import Employee
from apps.conversations.events import ConversationRead, MarkMoved
from apps.conversations.models import Conversation, Message, ReadMark
from apps.conversations.queries import here_key, readers_of
from apps.core.events import emit
from apps.realtime.actions import nudge

EVERY = 3  # seconds between two announcements of one person (RT-07)
FADES = {"typing": 5, "viewing": 30}  # seconds after which a sign of somebody is gone


@transaction.atomic
def mark_read(conversation: Conversation, *, employee: Employee, seq: int | None = None) -> ReadMark:
    """This person has read up to `seq` (all there is unless said). A mark never moves back."""
    upto = min(seq if seq is not None else conversation.last_seq, conversation.last_seq)
    mark, _made = ReadMark.objects.get_or_create(conversation=conversation, employee=employee)
    if ReadMark.objects.filter(pk=mark.pk, seq__lt=upto).update(seq=upto):
        emit(MarkMoved(employee_id=employee.pk))
        inbound = conversation.messages.filter(direction=Message.Direction.IN, arrived_seq__lte=upto, read_at=None)
        newest = inbound.exclude(external_id=None).order_by("-arrived_seq").values_list("pk", flat=True).first()
        if newest:
            emit(ConversationRead(message_id=newest))
    return mark


@transaction.atomic
def mark_unread(conversation: Conversation, *, employee: Employee) -> None:
    """The last customer's message counts as unread again, for this person alone."""
    last = conversation.messages.filter(direction=Message.Direction.IN).order_by("-arrived_seq").first()
    if last is not None:
        ReadMark.objects.update_or_create(
            conversation=conversation, employee=employee, defaults={"seq": last.arrived_seq - 1}
        )
        emit(MarkMoved(employee_id=employee.pk))


def announce_typing(conversation: Conversation, *, employee: Employee) -> None:
    """Let colleagues who may read here know that this person types."""
    _announce("typing", conversation, employee)


def announce_viewing(conversation: Conversation, *, employee: Employee) -> None:
    """Let colleagues who may read here know that this person looks at it now."""
    _announce("viewing", conversation, employee)


def _announce(topic: str, conversation: Conversation, employee: Employee) -> None:
    cache.set(here_key(topic, conversation.pk, employee.pk), 1, FADES[topic])
    if cache.add(f"told:{topic}:{conversation.pk}:{employee.pk}", 1, EVERY):
        others = readers_of(conversation).exclude(pk=employee.pk)
        nudge(others.values_list("user_id", flat=True), topic=topic, id=conversation.pk)
