"""Small sheets of the inbox: filters, choosers of a verb, what became of a message, the palette.

Scripts get a fragment, everybody else a page.
"""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from apps.accounts.middleware import SignedInRequest
from apps.conversations import choices, narrowing, queries, screen
from apps.conversations.models import Message
from apps.conversations.pages.doors import rows_for
from apps.core.access import get_for, require


@require_GET
def counts(request: SignedInRequest) -> JsonResponse:
    """How many conversations call this person: the number at the inbox's name and in the window's title."""
    require(request.user, "conversations.view")
    return JsonResponse({"calling": queries.calling(request.user)})


@require_GET
def filters(request: SignedInRequest) -> HttpResponse:
    """The form of every filter, with those in force marked."""
    require(request.user, "conversations.view")
    wishes = queries.wanted(request.GET)
    return sheet(request, "filters", {"wishes": wishes, **narrowing.form(request.user, wishes)})


@require_GET
def choose(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What may be done with one conversation, or what one verb may be given."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    what = _what(request)
    context = {"conversation": row, "composer": screen.composer_of(request, row), "what": what}
    return sheet(request, "choose", {**context, **choices.of(request.user, what, row)})


@require_GET
def choose_many(request: SignedInRequest) -> HttpResponse:
    """What a verb may be given, for all conversations that are ticked."""
    require(request.user, "conversations.view")
    what = _what(request)
    return sheet(request, "choose", {"what": what, **choices.of(request.user, what, None)})


@require_GET
def message(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What became of one message: each state with its time, each try, its older texts."""
    row = get_for(request.user, "view", Message.objects.select_related("conversation"), pk=pk)
    may_hide = request.user.may("conversations.delete")
    return sheet(request, "message", {"message": row, "may_hide": may_hide, **queries.whereabouts(row)})


@require_GET
def palette(request: SignedInRequest) -> HttpResponse:
    """Conversations and customers for the palette."""
    require(request.user, "conversations.view")
    words = request.GET.get("q", "").strip()[:100]
    return sheet(request, "palette", {"words": words, **choices.palette(request.user, words)})


@require_GET
def shortcuts(request: SignedInRequest) -> HttpResponse:
    """Every key that does something here."""
    require(request.user, "conversations.view")
    return sheet(request, "shortcuts", {})


def sheet(request: SignedInRequest, name: str, context: dict[str, object]) -> HttpResponse:
    """A fragment for a script, else a page of its own."""
    by_script = "HX-Request" in request.headers
    template = f"conversations/sheets/_{name}.html" if by_script else "conversations/sheets/page.html"
    response = render(request, template, {**context, "sheet": f"conversations/sheets/_{name}.html", "page_inbox": True})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _what(request: SignedInRequest) -> str:
    what = request.GET.get("what", "")
    return what if what in choices.WHAT else "more"
