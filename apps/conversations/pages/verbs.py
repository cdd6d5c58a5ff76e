"""Who speaks, what is said, who has read: the verbs that the thread posts to."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from apps.accounts.middleware import SignedInRequest
from apps.conversations import actions
from apps.conversations.models import Conversation
from apps.conversations.pages.doors import done, moment, number, refused, row_id, rows_for, verb
from apps.conversations.pages.starting import VALUE
from apps.core.access import get_for
from apps.core.refusals import Refusal
from apps.gateways.models import Template
from apps.gateways.queries import usable_templates


@require_POST
def send(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Say something. Writing while the assistant speaks takes over, which needs that right too."""
    row = get_for(request.user, "reply", rows_for(request), pk=pk)
    later = _later(request, row)
    if later is None and row.mode != Conversation.Mode.HUMAN:
        row = get_for(request.user, "takeover", rows_for(request), pk=pk)
    quoted, chosen = row_id(request.POST.get("reply_to")), row_id(request.POST.get("template"))
    values = {name.removeprefix(VALUE): str(text) for name, text in request.POST.items() if name.startswith(VALUE)}
    try:
        actions.send_message(
            row, body=request.POST.get("body", ""), by=request.user.actor, employee=request.user.employee,
            id=row_id(request.POST.get("id")), later=later,
            attachments=[each for each in map(row_id, request.POST.getlist("attachments")) if each],
            reply_to=get_object_or_404(row.messages, pk=quoted) if quoted else None,
            template=get_object_or_404(Template, pk=chosen, archived_at=None) if chosen else None, values=values,
        )  # fmt: skip
    except Refusal as refusal:
        return refused(request, refusal)
    actions.keep_draft(row, employee=request.user.employee)
    return done(request, pk)


def _later(request: SignedInRequest, row: Conversation) -> actions.Later | None:
    """When it is to leave, where the form says so; what else it says of that."""
    if not request.POST.get("send_at"):
        return None
    chosen = row_id(request.POST.get("fallback"))
    fallback = get_object_or_404(usable_templates(row.inbox), pk=chosen) if chosen else None
    return actions.Later(
        at=moment(request.POST["send_at"]), unless_answered=request.POST.get("unless_answered") == "true",
        fallback=fallback,
    )  # fmt: skip


@verb("note")
def note(request: SignedInRequest, row: Conversation) -> None:
    """Leave a note for colleagues."""
    mentions = [pk for each in request.POST.getlist("mentions") if (pk := row_id(each))]
    actions.add_note(
        row, body=request.POST.get("body", ""), author=request.user.employee, by=request.user.actor,
        id=row_id(request.POST.get("id")), mentions=mentions,
    )  # fmt: skip
    actions.keep_draft(row, employee=request.user.employee)


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


@verb("view")
def read(request: SignedInRequest, row: Conversation) -> None:
    """This person has seen everything up to a sequence."""
    actions.mark_read(row, employee=request.user.employee, seq=number(request.POST.get("seq")))


@verb("reply")
def typing(request: SignedInRequest, row: Conversation) -> None:
    """This person is writing."""
    actions.announce_typing(row, employee=request.user.employee)


@verb("view")
def unread(request: SignedInRequest, row: Conversation) -> None:
    """The last message counts as unread again, for this person."""
    actions.mark_unread(row, employee=request.user.employee)


@verb("view")
def viewing(request: SignedInRequest, row: Conversation) -> None:
    """This person has it open in front of them."""
    actions.announce_viewing(row, employee=request.user.employee)
