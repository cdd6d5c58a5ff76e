"""How quickly a person answers: the figures kept with their turn (requirements 15.3, 19.1)."""

from datetime import datetime

from apps.accounts.models import Employee
from apps.conversations.models import Assignment, Conversation


def note_response(conversation: Conversation, employee: Employee, *, now: datetime, seized: bool) -> None:
    """Somebody answers a customer who waits: one response, measured from the first message of this waiting.

    What went by before a person was asked for, or had the conversation, is not theirs; but whoever takes over by
    writing answers for the whole of it. Call it before the waiting ends.
    """
    waiting = conversation.waiting_since
    turn: Assignment | None = conversation.assignments.filter(
        status=Assignment.Status.ACTIVE, employee=employee
    ).first()
    if waiting is None or turn is None:
        return
    theirs_since = waiting if seized else turn.started_at
    since = max(waiting, conversation.needs_since or theirs_since)
    seconds = max(0, round((now - since).total_seconds()))
    total = (turn.mean_response_s or 0) * turn.responses + seconds
    turn.responses += 1
    turn.mean_response_s = round(total / turn.responses)
    if turn.first_response_s is None:
        turn.first_response_s = seconds
    turn.save(update_fields=["responses", "mean_response_s", "first_response_s", "updated_at"])
