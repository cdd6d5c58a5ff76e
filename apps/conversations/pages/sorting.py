"""Verbs that put a conversation in its place: aside, on somebody's desk, under a label, out of sight; one or many."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Employee
from apps.conversations import actions
from apps.conversations.models import Conversation
from apps.conversations.pages.doors import by_script, moment, refused, row_id, rows_for, verb
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.customers.models import Label


@verb("assign")
def assign(request: SignedInRequest, row: Conversation) -> None:
    """Give it to a colleague, or to nobody."""
    actions.assign_conversation(row, to=_colleague(request), by=request.user.actor)


@verb("assign")
def transfer(request: SignedInRequest, row: Conversation) -> None:
    """Pass on what somebody has, and say why."""
    to = get_object_or_404(Employee, pk=row_id(request.POST.get("employee")), deactivated_at=None)
    reason = request.POST.get("reason", "").strip()[:500]
    actions.transfer_conversation(row, to=to, by=request.user.actor, reason=reason)


@verb("reply")
def close(request: SignedInRequest, row: Conversation) -> None:
    """Resolve it."""
    actions.close_conversation(row, by=request.user.actor)


@verb("reply")
def reopen(request: SignedInRequest, row: Conversation) -> None:
    """Open it again."""
    actions.reopen_conversation(row, by=request.user.actor)


@verb("reply")
def snooze(request: SignedInRequest, row: Conversation) -> None:
    """Put it aside until a moment."""
    actions.snooze_conversation(row, until=moment(request.POST.get("until")), by=request.user.actor)


@verb("reply")
def unsnooze(request: SignedInRequest, row: Conversation) -> None:
    """Bring it back now."""
    actions.unsnooze_conversation(row, by=request.user.actor)


@verb("reply")
def set_priority(request: SignedInRequest, row: Conversation) -> None:
    """Say how urgent it is."""
    actions.set_priority(row, priority=request.POST.get("priority", ""), by=request.user.actor)


@verb("reply")
def label(request: SignedInRequest, row: Conversation) -> None:
    """Give it exactly the labels that are ticked."""
    actions.set_labels(row, labels=_labels(request), by=request.user.actor)


@verb("reply")
def calm(request: SignedInRequest, row: Conversation) -> None:
    """Let automatic answers go on after a flood paused them."""
    actions.calm_conversation(row, by=request.user.actor)


@verb("delete")
def clear(request: SignedInRequest, row: Conversation) -> None:
    """Hide everything said so far."""
    actions.clear_conversation(row, by=request.user.actor)


@require_POST
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The same, and out of the lists: there is no page to go back to."""
    row = get_for(request.user, "delete", rows_for(request), pk=pk)
    actions.delete_conversation(row, by=request.user.actor)
    return HttpResponse(status=204) if by_script(request) else redirect("inbox")


@require_POST
def bulk(request: SignedInRequest) -> HttpResponse:
    """One verb on many. Scripts are told of each; a form goes back to the list."""
    require(request.user, "conversations.view")
    said = request.POST
    try:
        outcomes = actions.do_to_each(
            [pk for pk in map(row_id, said.getlist("ids")) if pk], said.get("verb", ""), user=request.user,
            by=request.user.actor, to=_colleague(request), labels=_labels(request), priority=said.get("priority"),
            until=moment(said["until"]) if said.get("until") else None,
        )  # fmt: skip
    except Refusal as refusal:
        return refused(request, refusal)
    if not by_script(request):
        return redirect("inbox")
    return JsonResponse({"results": [{**each._asdict(), "id": str(each.id)} for each in outcomes]})


def _colleague(request: SignedInRequest) -> Employee | None:
    chosen = row_id(request.POST.get("employee"))
    return get_object_or_404(Employee, pk=chosen, deactivated_at=None) if chosen else None


def _labels(request: SignedInRequest) -> list[Label]:
    """The chosen labels; one that is gone meanwhile is no reason to refuse the others."""
    chosen = [pk for pk in map(row_id, request.POST.getlist("labels")) if pk]
    return list(Label.objects.for_user(request.user).filter(pk__in=chosen))
