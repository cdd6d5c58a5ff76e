"""Macros: the menu that runs them, the form that makes or changes one, the way out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.middleware import SignedInRequest
from apps.conversations import actions, composing
from apps.conversations.forms import MacroForm, rows_in, rows_of
from apps.conversations.models import Conversation, Macro
from apps.conversations.pages.choosing import sheet
from apps.conversations.pages.doors import by_script, row_id
from apps.conversations.pages.kept import is_shared
from apps.core.access import get_for, require

Rows = list[dict[str, str]]


@require_GET
def menu(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The macros as buttons that run on this conversation; one's own lead to their form too."""
    row = get_for(request.user, "view", Conversation.objects.all(), pk=pk)
    rows: list[Any] = list(composing.macros_menu(request.user))
    own = set(Macro.objects.for_user(request.user, "edit").values_list("pk", flat=True))
    for macro in rows:
        macro.may_edit = macro.pk in own
    return sheet(request, "macros", {"macros": rows, "conversation": row})


@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """A form for a new one."""
    require(request.user, "conversations.view")
    return _form(request, None)


@require_http_methods(["GET", "POST"])
def macro(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One macro, to change."""
    return _form(request, get_for(request.user, "edit", Macro.objects.all(), pk=pk))


@require_http_methods(["GET", "POST"])
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep it no longer; asks first."""
    row = get_for(request.user, "delete", Macro.objects.all(), pk=pk)
    if request.method == "GET":
        return sheet(request, "macro_gone", {"macro": row, "conversation": _conversation(request)})
    actions.delete_macro(row, by=request.user.actor)
    messages.success(request, _("The macro was deleted. What was done with it stays done."))
    return HttpResponse(status=204) if by_script(request) else _back(request)


def _form(request: SignedInRequest, row: Macro | None) -> HttpResponse:
    """The form; its own buttons (`act`) only change its rows, and keep nothing."""
    posted = request.method == "POST"
    rows = rows_in(request.POST) if posted else rows_of(row.steps) if row else [{}]
    moved, place = "", -1
    if act := request.POST.get("act", ""):
        rows, moved, place = _rearranged(rows, act)
        initial = {"name": request.POST.get("name", ""), "is_shared": request.POST.get("is_shared") == "on"}
    else:
        initial = {"name": row.name, "is_shared": row.is_shared} if row else {}
    form = MacroForm(request.POST if posted and not act else None, user=request.user, rows=rows, initial=initial)
    if form.is_bound and _done(request, form, row):
        messages.success(request, _("Saved.") if row else _("The macro is ready. Run it from a conversation's menu."))
        return _back(request)
    if moved in ("add", "remove") and rows:
        form.steps[place].fields["verb"].widget.attrs["autofocus"] = True
    context = {
        "form": form, "macro": row, "conversation": _conversation(request), "moved": moved, "place": place,
        "page_inbox": True,
    }  # fmt: skip
    template = "macros/_form.html" if by_script(request) else "macros/macro.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _rearranged(rows: Rows, act: str) -> tuple[Rows, str, int]:
    """The rows after one of `add`, `remove-2`, `up-2`, `down-2`; what was done, and where one goes on."""
    what, _dash, said = act.partition("-")
    place = int(said) if said.isdecimal() and int(said[:3]) < len(rows) else -1
    if what == "add":
        return [*rows, {}], what, len(rows)
    if place >= 0 and what in ("remove", "up", "down"):
        row = rows.pop(place)
        if what == "remove":
            return rows, what, min(place, len(rows) - 1)
        place = max(0, place - 1) if what == "up" else place + 1
        rows.insert(place, row)
    return rows, what, place


def _done(request: SignedInRequest, form: MacroForm, row: Macro | None) -> bool:
    """Whether it was kept; what stood in its way is said on the form."""
    shared = is_shared(request)
    if not form.is_valid():
        return False
    facts = {"name": form.cleaned_data["name"], "is_shared": shared, "steps": [each.step for each in form.steps]}
    try:
        if row is None:
            actions.create_macro(owner=request.user.employee, by=request.user.actor, **facts)
        else:
            actions.edit_macro(row, by=request.user.actor, **facts)
    except ValidationError as error:
        for name, problems in error.message_dict.items():
            form.add_error(name if name in form.fields else None, problems)
    return not form.errors


def _conversation(request: SignedInRequest) -> UUID | None:
    """The conversation one came from, and goes back to."""
    return row_id((request.POST if request.method == "POST" else request.GET).get("conversation"))


def _back(request: SignedInRequest) -> HttpResponse:
    conversation = _conversation(request)
    return redirect("conversation", conversation) if conversation else redirect("inbox")
