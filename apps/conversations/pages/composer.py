"""What the composer asks for while somebody writes: their draft, replies, emoji, templates, whom one may mention."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.conversations import actions, composing, variables
from apps.conversations.models import CannedReply, Conversation, Macro
from apps.conversations.pages.doors import refused, row_id, rows_for
from apps.core.access import get_for, require
from apps.core.refusals import Refusal

EMOJI_KEPT = 7 * 24 * 3600


@require_http_methods(["GET", "POST"])
def draft(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What this person has begun to write here; POST keeps it, and nothing left forgets it."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    if request.method == "POST":
        actions.keep_draft(
            row,
            employee=request.user.employee,
            body=request.POST.get("body", ""),
            note=request.POST.get("note") == "yes",
        )
        return HttpResponse(status=204)
    kept = composing.draft_of(request.user, row)
    return JsonResponse({"body": kept.body if kept else "", "note": bool(kept and kept.note)})


@require_GET
def replies_search(request: SignedInRequest) -> HttpResponse:
    """The options of the list that "/" opens."""
    require(request.user, "templates.view")
    row = get_for(request.user, "view", rows_for(request), pk=row_id(request.GET.get("conversation")))
    language = composing.language_for(row)
    found: list[Any] = list(
        composing.replies_for(request.user, conversation=row, q=request.GET.get("q", ""))[: composing.SHOWN]
    )
    for reply in found:
        reply.preview, reply.language = composing.body_in(reply, language)
    return render(request, "conversations/_reply_options.html", {"replies": found, "q": request.GET.get("q", "")})


@require_POST
def reply_use(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A reply as it is said in a conversation: its text with the places filled, what is missing, and copies of its
    files, ready to be sent with it."""
    reply = get_for(request.user, "view", CannedReply.objects.all(), pk=pk)
    rows = Conversation.objects.select_related("customer", "inbox")
    row = get_for(request.user, "reply", rows, pk=row_id(request.POST.get("conversation")))
    language = composing.language_for(row)
    filled, said_in = composing.rendered(reply, row.customer, language=language, employee=request.user.employee)
    try:
        files = actions.lend_files(reply, by=request.user.actor)
    except Refusal as refusal:
        return refused(request, refusal)
    actions.use_reply(reply, employee=request.user.employee, by=request.user.actor)
    missing = [variables.mark(name) for name in filled.missing]
    shown = [{"id": str(file.pk), "name": file.name} for file in files]
    return JsonResponse({"body": filled.body, "language": said_in, "missing": missing, "files": shown})


@require_GET
def emoji(request: SignedInRequest) -> HttpResponse:
    """The picker's drawers, in the reader's language, found by words of both; asked for once a week."""
    require(request.user, "conversations.view")
    response = render(request, "conversations/_emoji.html", {"groups": composing.emoji()})
    patch_cache_control(response, private=True, max_age=EMOJI_KEPT)
    return response


@require_GET
def templates(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The templates that can be said here, with a place to fill in each of their variables."""
    row = get_for(request.user, "reply", rows_for(request), pk=pk)
    context = {"conversation": row, "templates": composing.templates_for(row)}
    return render(request, "conversations/_template_picker.html", context)


@require_GET
def mentions(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Whom a note here may mention."""
    row = get_for(request.user, "note", rows_for(request), pk=pk)
    people = [{"id": str(each.pk), "name": each.full_name} for each in composing.may_be_told(row)]
    return JsonResponse({"people": people})


@require_POST
def macro_run(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Do a macro's steps here; says where it ended."""
    macro = get_for(request.user, "view", Macro.objects.all(), pk=pk)
    rows = Conversation.objects.select_related("customer", "inbox")
    row = get_for(request.user, "view", rows, pk=row_id(request.POST.get("conversation")))
    ran = actions.run_macro(macro, row, user=request.user, by=request.user.actor)
    if ran.refused:
        return JsonResponse({"code": ran.code, "detail": ran.reason, "done": list(ran.done)}, status=409)
    return HttpResponse(status=204)
