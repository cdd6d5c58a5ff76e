"""The inbox page: three columns at a desk, one per address on a phone.

Every fragment is asked for by itself after a nudge, so each page function checks for itself.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.middleware import SignedInRequest
from apps.conversations import queries, screen
from apps.conversations.pages.doors import number, row_id, rows_for
from apps.core.access import get_for, require


@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """The list; on a desk beside an empty thread."""
    require(request.user, "conversations.view")
    return render(request, "conversations/inbox.html", {**screen.list_context(request), "column": "list"})


@require_GET
def conversation(request: SignedInRequest, pk: UUID, column: str = "thread") -> HttpResponse:
    """One conversation between the list and its details."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    context = {
        **screen.list_context(request), **screen.thread_context(request, row), **screen.details_context(request, row),
        "composer": screen.composer_of(request, row), "column": column,
    }  # fmt: skip
    return render(request, "conversations/inbox.html", context)


@require_GET
def conversation_list(request: SignedInRequest) -> HttpResponse:
    """The list alone: the answer to a nudge or a search; with ?part=rows only a further page of its rows."""
    require(request.user, "conversations.view")
    template = "conversations/_list_rows.html" if request.GET.get("part") == "rows" else "conversations/_list.html"
    return render(request, template, screen.list_context(request))


@require_GET
def thread_rows(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With ?since, only what is new: the answer to a nudge and to a reconnect alike. With ?before or ?after a page."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    since, before, after = (request.GET.get(name) for name in ("since", "before", "after"))
    rows = queries.thread(
        row, since=number(since), before=row_id(before), after=row_id(after), with_notes=request.user.may("notes.view")
    )
    context = {
        "conversation": row, "rows": rows, "has_older": queries.has_older(row, rows) if before else False,
        "has_newer": queries.has_newer(row, rows) if after else False, "composer": screen.composer_of(request, row),
    }  # fmt: skip
    return render(request, "conversations/thread.html#rows", context)


@require_GET
def composer(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The composer alone, after the speaker changed."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    return render(
        request, "conversations/_composer.html", {"conversation": row, "composer": screen.composer_of(request, row)}
    )


@require_GET
def thread_head(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The line above the thread: whose conversation it is, who speaks, what may be done."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    context = {
        "conversation": row, "composer": screen.composer_of(request, row), "here": queries.wanted(request.GET).query(),
    }  # fmt: skip
    return render(request, "conversations/_thread_head.html", context)


@require_GET
def details_panel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The facts beside the thread; with ?column=details those of the page that is about nothing else."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    context = {
        **screen.details_context(request, row), "composer": screen.composer_of(request, row),
        "column": request.GET.get("column"),
    }  # fmt: skip
    return render(request, "conversations/_details.html", context)


@require_GET
def here(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Which colleagues read or write here at this moment."""
    row = get_for(request.user, "view", rows_for(request), pk=pk)
    people = queries.who_is_here(row, but=request.user.employee)
    return render(request, "conversations/_here.html", {"conversation": row, "people": people})
