"""The verbs that the inbox's buttons post to. Scripts get 204 or a sentence, a form goes back to the page."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Employee
from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.conversations.pages.doors import done, number, refused, row_id, rows_for, verb
from apps.core.access import get_for
from apps.core.refusals import Refusal


@require_POST
def send(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Say something. Writing while the assistant speaks takes over, which needs that right too."""
    row = get_for(request.user, "reply", rows_for(request), pk=pk)
    if row.mode != Conversation.Mode.HUMAN:
        row = get_for(request.user, "takeover", rows_for(request), pk=pk)
    quoted = row_id(request.POST.get("reply_to"))
    try:
        actions.send_message(
            row, body=request.POST.get("body", ""), by=request.user.actor, employee=request.user.employee,
            id=row_id(request.POST.get("id")),
            reply_to=get_object_or_404(row.messages, pk=quoted) if quoted else None,
        )  # fmt: skip
    except Refusal as refusal:
        return refused(request, refusal)
    return done(request, pk)


@verb("note")
def note(request: SignedInRequest, row: Conversation) -> None:
    """Leave a note for colleagues."""
    actions.add_note(
        row, body=request.POST.get("body", ""), author=request.user.employee, by=request.user.actor,
        id=row_id(request.POST.get("id")),
    )  # fmt: skip


@verb("takeover")
def takeover(request: SignedInRequest, row: Conversation) -> None:
    """Take the word; by force only from somebody who may also assign."""
    force = request.POST.get("force") == "true"
    if force:
        get_for(request.user, "assign", Conversation.objects.all(), pk=row.pk)
    actions.take_over(row, employee=request.user.employee, by=request.user.actor, force=force)


@require_POST
def handback(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Give the word back: whoever has the conversation, or who may assign it."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    if row.assignee_id != request.user.employee.pk:
        get_for(request.user, "assign", rows_for(request), pk=pk)
    try:
        actions.hand_back(row, by=request.user.actor, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return refused(request, refusal)
    return done(request, pk)


@verb("takeover")
def set_mode(request: SignedInRequest, row: Conversation) -> None:
    """Let the assistant answer, or only draft."""
    actions.set_mode(row, mode=request.POST.get("mode", ""), by=request.user.actor)


@verb("assign")
def assign(request: SignedInRequest, row: Conversation) -> None:
    """Give it to a colleague, or to nobody."""
    chosen = row_id(request.POST.get("employee"))
    to = get_object_or_404(Employee, pk=chosen, deactivated_at=None) if chosen else None
    actions.assign_conversation(row, to=to, by=request.user.actor)


@verb("reply")
def close(request: SignedInRequest, row: Conversation) -> None:
    """Resolve it."""
    actions.close_conversation(row, by=request.user.actor)


@verb("reply")
def reopen(request: SignedInRequest, row: Conversation) -> None:
    """Open it again."""
    actions.reopen_conversation(row, by=request.user.actor)


@verb("view")
def read(request: SignedInRequest, row: Conversation) -> None:
    """This person has seen everything up to a sequence."""
    actions.mark_read(row, employee=request.user.employee, seq=number(request.POST.get("seq")))


@verb("reply")
def typing(request: SignedInRequest, row: Conversation) -> None:
    """This person is writing."""
    actions.announce_typing(row, employee=request.user.employee)


@require_POST
def retry(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send a failed message again."""
    return _on_message(request, pk, actions.retry_message)


@require_POST
def not_sent(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Settle a message of unknown fate: it did not arrive."""
    return _on_message(request, pk, actions.mark_not_sent)


def _on_message(request: SignedInRequest, pk: UUID, act: Callable[..., Message]) -> HttpResponse:
    message = get_for(request.user, "view", Message.objects.select_related("conversation"), pk=pk)
    get_for(request.user, "reply", Conversation.objects.all(), pk=message.conversation_id)
    try:
        act(message, by=request.user.actor)
    except Refusal as refusal:
        return refused(request, refusal)
    return done(request, message.conversation_id)
