"""Two open conversations of one person in one inbox become one thread, in a way that can be walked back."""

from typing import Any

from django.db.models import Max
from django.utils import timezone

from apps.conversations.models import Conversation, Message, Note, ReadMark
from apps.customers.holdings import Moves


def join(row: Conversation, into: Conversation, moves: Moves) -> None:
    """Everything said in `row` goes on in `into`, both locked. The emptied one stays with its former customer: hidden
    and resolved, where no new message finds it."""
    read_before = _who_has_read_all(row) & _who_has_read_all(into)
    last = into.last_seq
    said: list[Message | Note] = [*row.messages.all(), *row.notes.exclude(seq=None)]
    for one in sorted(said, key=lambda each: (each.seq or 0, each.pk)):
        last += 1
        places: dict[str, Any] = {"conversation_id": into.pk, "seq": last}
        if isinstance(one, Message):
            places["arrived_seq"] = last
        moves.change(one, **places)
    for note in row.notes.filter(seq=None):
        moves.change(note, conversation_id=into.pk)
    for mark in ReadMark.objects.filter(conversation=into, employee__in=read_before):
        moves.change(mark, seq=last)
    for turn in row.assignments.filter(status="active"):
        moves.change(turn, status="completed", ended_at=timezone.now())
    moves.link(into, "labels", row.labels.all())
    moves.change(into, **_together(into, row))
    Conversation.objects.filter(pk=into.pk).update(last_seq=last)  # which never falls, not even when this is undone
    into.last_seq = last
    moves.change(
        row, status=Conversation.Status.RESOLVED, snoozed_until=None, resolved_at=timezone.now(),
        hidden_at=timezone.now(), needs_human=False, needs_reason="", needs_since=None, waiting_since=None,
        last_message_id=None, assignee_id=None,
    )  # fmt: skip


def _together(into: Conversation, row: Conversation) -> dict[str, Any]:
    """The facts of the one thread: the later words, the longer window, the longer wait, whoever needs a person."""
    found: dict[str, Any] = {}
    if row.last_message_at and (into.last_message_at is None or row.last_message_at > into.last_message_at):
        found.update(last_message_id=row.last_message_id, last_message_at=row.last_message_at)
    for name, pick in (("last_customer_at", max), ("window_until", max), ("waiting_since", min)):
        values = [value for value in (getattr(into, name), getattr(row, name)) if value]
        found[name] = pick(values) if values else None
    if row.needs_human and not into.needs_human:
        found.update(needs_human=True, needs_reason=row.needs_reason, needs_since=row.needs_since)
    if into.assignee_id is None and row.assignee_id and into.mode == Conversation.Mode.HUMAN:
        found.update(assignee_id=row.assignee_id, assigned_at=row.assigned_at)
    return found


def _who_has_read_all(row: Conversation) -> set[Any]:
    newest = row.messages.filter(direction=Message.Direction.IN).aggregate(newest=Max("arrived_seq"))["newest"] or 0
    return set(ReadMark.objects.filter(conversation=row, seq__gte=newest).values_list("employee", flat=True))
