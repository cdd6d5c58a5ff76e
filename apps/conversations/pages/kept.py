"""The dialog of saved views: what one keeps for working the list, making one and dropping one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.conversations import actions, composing
from apps.conversations.models import SavedView
from apps.conversations.pages.choosing import sheet
from apps.conversations.pages.doors import by_script
from apps.core.access import get_for, require

NOT_KEPT = {"cursor", "after", "page"}


@require_GET
def views_menu(request: SignedInRequest) -> HttpResponse:
    """The saved views as links, for the list's menu; `now` is the query of the address that stands there."""
    require(request.user, "conversations.view")
    rows: list[Any] = list(composing.views_menu(request.user))
    for row in rows:
        query = QueryDict(mutable=True)
        for name, text in row.filters.items():
            query.setlist(name, [text] if name == "q" else text.split(","))
        row.query = query.urlencode()
        row.mine = row.owner_id == request.user.employee.pk
    context: dict[str, object] = {"views": rows, "now": request.GET.get("now", "")[:2000]}
    return sheet(request, "views", context)


@require_POST
def view_new(request: SignedInRequest) -> HttpResponse:
    """Keep the list as it is now shown under a name."""
    require(request.user, "conversations.view")
    shared = is_shared(request)
    now = QueryDict(request.POST.get("now", "").lstrip("?")[:2000])
    filters = {name: ",".join(now.getlist(name)) for name in now if name not in NOT_KEPT and now[name]}
    try:
        actions.create_view(
            owner=request.user.employee, name=request.POST.get("name", "").strip(), filters=filters, is_shared=shared,
            by=request.user.actor,
        )  # fmt: skip
    except ValidationError as error:
        if by_script(request):
            return JsonResponse({"code": "invalid", "detail": " ".join(error.messages)}, status=400)
        messages.error(request, " ".join(error.messages))
    return _kept(request)


@require_POST
def view_delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep it no longer."""
    actions.delete_view(get_for(request.user, "delete", SavedView.objects.all(), pk=pk), by=request.user.actor)
    return _kept(request)


def is_shared(request: SignedInRequest) -> bool:
    """Whether the whole team is to have what is kept, which not everybody may decide."""
    shared = request.POST.get("is_shared") == "on"
    if shared:
        require(request.user, "settings.edit")
    return shared


def _kept(request: SignedInRequest) -> HttpResponse:
    return HttpResponse(status=204) if by_script(request) else redirect("inbox")
