"""What the inbox page shows: the list, the thread and what this person may do in it, as template context."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Employee
from apps.conversations import queries
from apps.conversations.models import Conversation, Note
from apps.gateways import protocol

LIST_LENGTH = 100
MOST_COUNTED = 1000  # a tab says "999+" beyond
VERBS = {"send": "reply", "takeover": "takeover", "assign": "assign", "note": "note"}


def list_context(request: SignedInRequest) -> dict[str, Any]:
    """The list of one tab with its search, and every tab's count."""
    tab = request.GET.get("tab", "")
    if tab not in queries.TABS:
        tab = "all"
    labels = {"mine": _("Mine"), "unassigned": _("Unassigned"), "all": _("All"), "needs": _("Needs a person")}
    counts = queries.tab_counts(request.user, MOST_COUNTED)
    rows = queries.conversations_for(request.user, tab=tab, q=request.GET.get("q", "").strip())
    return {
        "tab": tab,
        "tabs": [
            {"key": key, "label": labels[key], "count": counts[key], "current": key == tab} for key in queries.TABS
        ],
        "conversations": list(rows[:LIST_LENGTH]),
    }


def thread_context(request: SignedInRequest, conversation: Conversation) -> dict[str, Any]:
    """One conversation: its newest messages and what may be done."""
    rows = queries.thread(conversation, with_notes=request.user.may("notes.view"))
    return {
        "conversation": conversation,
        "rows": rows,
        "has_older": queries.has_older(conversation, rows),
        "composer": composer_of(request, conversation),
    }


def details_context(request: SignedInRequest, conversation: Conversation) -> dict[str, Any]:
    """The facts beside the thread, its notes, and who it may be given to."""
    composer = composer_of(request, conversation)
    notes = Note.objects.filter(conversation=conversation, deleted_at=None).select_related("author")
    people = Employee.objects.filter(deactivated_at=None)
    return {
        "conversation": conversation,
        "composer": composer,
        "employees": people if composer["can"]["assign"] else people.none(),
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
