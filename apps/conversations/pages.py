"""The inbox page: three columns at a desk, one per address on a phone, and the verbs its buttons post to.

Every fragment is asked for by itself after a nudge, so each page function checks for itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Employee
from apps.conversations import actions, queries, screen
from apps.conversations.models import Conversation, Message
from apps.core.access import get_for, require
from apps.core.refusals import Refusal

STATUS = {"invalid": 400}  # other refusals are conflicts: 409


@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """The list; on a desk beside an empty thread."""
    require(request.user, "conversations.view")
    return render(request, "conversations/inbox.html", {**screen.list_context(request), "column": "list"})


@require_GET
def conversation(request: SignedInRequest, pk: UUID, column: str = "thread") -> HttpResponse:
    """One conversation between the list and its details."""
    row = get_for(request.user, "view", _rows(request), pk=pk)
    context = {
        **screen.list_context(request), **screen.thread_context(request, row), **screen.details_context(request, row),
        "column": column,
    }  # fmt: skip
    return render(request, "conversations/inbox.html", context)


@require_GET
def conversation_list(request: SignedInRequest) -> HttpResponse:
    """The list alone: the answer to a nudge, a search or another tab."""
    require(request.user, "conversations.view")
    return render(request, "conversations/_list.html", screen.list_context(request))


@require_GET
def thread_rows(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With ?since, only what is new: the answer to a nudge and to a reconnect alike. With ?before, an older page."""
    row = get_for(request.user, "view", _rows(request), pk=pk)
    since, before = request.GET.get("since"), request.GET.get("before")
    rows = queries.thread(row, since=_number(since), before=_uuid(before), with_notes=request.user.may("notes.view"))
    context = {
        "conversation": row, "rows": rows, "has_older": queries.has_older(row, rows) if before else False,
        "composer": screen.composer_of(request, row),
    }  # fmt: skip
    return render(request, "conversations/thread.html#rows", context)


@require_GET
def composer(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The composer alone, after the speaker changed."""
    row = get_for(request.user, "view", _rows(request), pk=pk)
    return render(
        request, "conversations/_composer.html", {"conversation": row, "composer": screen.composer_of(request, row)}
    )


@require_GET
def thread_head(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The line above the thread: whose conversation it is, who speaks, what may be done."""
    row = get_for(request.user, "view", _rows(request), pk=pk)
    tab = request.GET.get("tab", "")
    context = {
        "conversation": row, "composer": screen.composer_of(request, row), "tab": tab if tab in queries.TABS else "",
    }  # fmt: skip
    return render(request, "conversations/_thread_head.html", context)


@require_GET
def details_panel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The facts beside the thread."""
    row = get_for(request.user, "view", _rows(request), pk=pk)
    return render(request, "conversations/_details.html", screen.details_context(request, row))


Verb = Callable[[SignedInRequest, Conversation], Any]


def verb(word: str) -> Callable[[Verb], Callable[[SignedInRequest, UUID], HttpResponse]]:
    """A POST on one conversation, guarded by a word. Scripts get 204 or a sentence, a form goes back to the page."""

    def decorate(act: Verb) -> Callable[[SignedInRequest, UUID], HttpResponse]:
        @require_POST
        @wraps(act)
        def door(request: SignedInRequest, pk: UUID) -> HttpResponse:
            row = get_for(request.user, word, _rows(request), pk=pk)
            try:
                act(request, row)
            except Refusal as refusal:
                return _refused(request, refusal)
            return _done(request, row.pk)

        return door

    return decorate


@require_POST
def send(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Say something. Writing while the assistant speaks takes over, which needs that right too."""
    row = get_for(request.user, "reply", _rows(request), pk=pk)
    if row.mode != Conversation.Mode.HUMAN:
        row = get_for(request.user, "takeover", _rows(request), pk=pk)
    quoted = _uuid(request.POST.get("reply_to"))
    try:
        actions.send_message(
            row, body=request.POST.get("body", ""), by=request.user.actor, employee=request.user.employee,
            id=_uuid(request.POST.get("id")),
            reply_to=get_object_or_404(row.messages, pk=quoted) if quoted else None,
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, pk)


@verb("note")
def note(request: SignedInRequest, row: Conversation) -> None:
    """Leave a note for colleagues."""
    actions.add_note(
        row, body=request.POST.get("body", ""), author=request.user.employee, by=request.user.actor,
        id=_uuid(request.POST.get("id")),
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
    row = get_for(request.user, "view", _rows(request), pk=pk)
    if row.assignee_id != request.user.employee.pk:
        get_for(request.user, "assign", _rows(request), pk=pk)
    try:
        actions.hand_back(row, by=request.user.actor, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, pk)


@verb("takeover")
def set_mode(request: SignedInRequest, row: Conversation) -> None:
    """Let the assistant answer, or only draft."""
    actions.set_mode(row, mode=request.POST.get("mode", ""), by=request.user.actor)


@verb("assign")
def assign(request: SignedInRequest, row: Conversation) -> None:
    """Give it to a colleague, or to nobody."""
    chosen = _uuid(request.POST.get("employee"))
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
    actions.mark_read(row, employee=request.user.employee, seq=_number(request.POST.get("seq")))


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
        return _refused(request, refusal)
    return _done(request, message.conversation_id)


def _rows(request: SignedInRequest) -> Any:
    return queries.with_unread(Conversation.objects.all(), request.user)


def _by_script(request: SignedInRequest) -> bool:
    return "HX-Request" in request.headers or "application/json" in request.headers.get("Accept", "")


def _done(request: SignedInRequest, pk: UUID) -> HttpResponse:
    response = HttpResponse(status=204) if _by_script(request) else redirect("conversation", pk)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _refused(request: SignedInRequest, refusal: Refusal) -> HttpResponse:
    status = STATUS.get(refusal.code, 409)
    if _by_script(request):
        return JsonResponse({"code": refusal.code, "detail": refusal.detail, **refusal.extra}, status=status)
    return render(request, "conversations/refused.html", {"reason": refusal.detail}, status=status)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadRequest("This is not an id.") from None
