"""The dialog of saved views and macros: what one keeps for working the list, and making or dropping one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.conversations import actions, composing
from apps.conversations.models import Conversation, Macro, SavedView
from apps.core.access import get_for, require

NOT_KEPT = {"cursor", "after", "page"}


@require_GET
def views_menu(request: SignedInRequest) -> HttpResponse:
    """The saved views as links, for the list's menu; `now` is the query of the address that stands there."""
    require(request.user, "conversations.view")
    rows: list[Any] = list(composing.views_menu(request.user))
    for row in rows:
        query = QueryDict(mutable=True)
        query.update(row.filters)
        row.query = query.urlencode()
        row.mine = row.owner_id == request.user.employee.pk
    context = {"views": rows, "now": request.GET.get("now", "")[:2000]}
    return render(request, "conversations/_views_menu.html", context)


@require_POST
def view_new(request: SignedInRequest) -> HttpResponse:
    """Keep the list as it is now shown under a name."""
    require(request.user, "conversations.view")
    shared = request.POST.get("is_shared") == "on"
    if shared:
        require(request.user, "settings.edit")
    now = QueryDict(request.POST.get("now", "").lstrip("?")[:2000])
    filters = {name: now[name] for name in now if name not in NOT_KEPT and now[name]}
    try:
        actions.create_view(
            owner=request.user.employee, name=request.POST.get("name", "").strip(), filters=filters, is_shared=shared,
            by=request.user.actor,
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("inbox")


@require_POST
def view_delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep it no longer."""
    actions.delete_view(get_for(request.user, "delete", SavedView.objects.all(), pk=pk), by=request.user.actor)
    return redirect("inbox")


@require_GET
def macros_menu(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The macros as buttons that run on this conversation."""
    row = get_for(request.user, "view", Conversation.objects.all(), pk=pk)
    return render(
        request, "conversations/_macros_menu.html", {"macros": composing.macros_menu(request.user), "conversation": row}
    )


@require_POST
def macro_delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep it no longer."""
    actions.delete_macro(get_for(request.user, "delete", Macro.objects.all(), pk=pk), by=request.user.actor)
    return redirect("inbox")
