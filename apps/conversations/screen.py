"""What the inbox page shows: the list, the thread and what this person may do in it, as template context."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.middleware import SignedInRequest
from apps.conversations import narrowing, queries
from apps.conversations.models import Conversation, Note
from apps.conversations.pages.doors import row_id
from apps.gateways import protocol

PAGE = 50
MOST_COUNTED = 1000  # a tab says 999+ beyond
MOST = 200  # rows that one answer may hold; what is older begins a page of its own
VERBS = {
    "send": "reply", "takeover": "takeover", "assign": "assign", "note": "note", "delete": "delete", "export": "export",
}  # fmt: skip


def list_context(request: SignedInRequest) -> dict[str, Any]:
    """The list as the address asks for it, every tab's count under the same filters, and where the next page begins."""
    wishes = queries.wanted(request.GET)
    counts = queries.tab_counts(request.user, wishes, most=MOST_COUNTED, tabs=counted_tabs(wishes))
    asked = request.GET.get("rows", "")
    length = min(max(PAGE, int(asked)), MOST) if asked.isascii() and asked.isdigit() and len(asked) < 5 else PAGE
    rows = queries.list_page(request.user, wishes, length + 1)
    return {
        "page_inbox": True,
        "wishes": wishes,
        "tab": wishes.tab,
        "tabs": [
            {"key": key, "label": label, "count": counts.get(key), "query": wishes.query(tab=key, after="")}
            for key, label in tab_words().items()
        ],
        "conversations": rows[:length],
        "here": wishes.query(),
        "next": wishes.query(after=queries.cursor_of(rows[length - 1], wishes.sort)) if len(rows) > length else "",
        "chips": narrowing.chips(wishes) if wishes.picked else [],
        "sorts": narrowing.sorts(wishes),
        "can_bulk": request.user.may("conversations.send_message"),
    }


def counted_tabs(wishes: queries.Wanted) -> list[str]:
    """The tabs that bear a number: nobody waits among the blocked, so they are counted only for who looks at them."""
    return [tab for tab in queries.TABS if tab != "blocked" or wishes.tab == "blocked"]


def tab_words() -> dict[str, str]:
    """The tabs in their order, in the reader's language."""
    return {
        "mine": _("Mine"), "unassigned": _("Unassigned"), "all": _("All"), "needs": _("Needs a person"),
        "blocked": _("Blocked"),
    }  # fmt: skip


def thread_context(request: SignedInRequest, conversation: Conversation) -> dict[str, Any]:
    """One conversation: its newest messages, or those around the one the address names, and what may be done."""
    with_notes, at = request.user.may("notes.view"), row_id(request.GET.get("at"))
    found = queries.around(conversation, at, with_notes=with_notes) if at else []
    rows = found or queries.thread(conversation, with_notes=with_notes)
    return {
        "conversation": conversation,
        "rows": rows,
        "sought": at if found else None,
        "has_older": queries.has_older(conversation, rows),
        "has_newer": queries.has_newer(conversation, rows) if found else False,
    }


def details_context(request: SignedInRequest, conversation: Conversation) -> dict[str, Any]:
    """The facts beside the thread: its labels, its notes, and what else was said with this customer."""
    notes = Note.objects.filter(conversation=conversation, deleted_at=None).select_related("author")
    return {
        "conversation": conversation,
        "here": queries.wanted(request.GET).query(),
        "labels": list(conversation.labels.all()),
        "earlier": queries.earlier(request.user, conversation),
        "notes": notes.order_by("seq") if request.user.may("notes.view") else notes.none(),
    }


def composer_of(request: SignedInRequest, conversation: Conversation) -> dict[str, Any]:
    """Which form the composer takes for this person, and the verbs they may use here."""
    user = request.user
    this = Conversation.objects.filter(pk=OuterRef("pk"))
    allowed = Conversation.objects.filter(pk=conversation.pk).values(
        **{verb: Exists(this.for_user(user, word)) for verb, word in VERBS.items()}
    )[0]
    mine = conversation.assignee_id == user.employee.pk
    by_people = conversation.mode == Conversation.Mode.HUMAN
    can = {
        **allowed,
        "handback": by_people and (mine or allowed["assign"]) and conversation.status != Conversation.Status.RESOLVED,
        "close": allowed["send"],
        "unread": True,
    }
    return {
        "state": _state(conversation, can, mine=mine),
        "holder_name": conversation.assignee.full_name if conversation.assignee else "",
        "window_until": conversation.window_until,
        "can": can,
    }


def _state(conversation: Conversation, can: dict[str, bool], *, mine: bool) -> str:
    if conversation.status == Conversation.Status.RESOLVED:
        return "resolved"
    if not can["send"] and not can["takeover"]:
        return "readonly"
    windowed = protocol.gateway(conversation.inbox.gateway).window is not None
    if windowed and (conversation.window_until is None or conversation.window_until <= timezone.now()):
        return "closed_window"
    if conversation.mode == Conversation.Mode.HUMAN and conversation.assignee_id and not mine:
        return "held"
    if conversation.mode != Conversation.Mode.HUMAN or conversation.assignee_id is None:
        return "takeover"
    return "open" if can["send"] else "readonly"
