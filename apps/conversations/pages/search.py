"""Finding anything: a page with filters, and the same results as a fragment below the inbox's search box."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from apps.accounts.middleware import SignedInRequest
from apps.conversations import excerpts
from apps.conversations.pages.doors import row_id
from apps.conversations.queries import search as queries
from apps.core.access import require
from apps.gateways.models import Inbox

FEW = 5  # of each kind, below the box
LABELS = {
    "people": gettext_lazy("People"), "messages": gettext_lazy("Messages"), "notes": gettext_lazy("Notes"),
}  # fmt: skip
SENDERS = {
    "customer": gettext_lazy("Customers"), "us": gettext_lazy("Your team"), "assistant": gettext_lazy("Assistant"),
}  # fmt: skip


@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """The whole page: its question, kind and filters live in the address."""
    require(request.user, "conversations.view")
    kind, asked = _kind(request), _asked(request)
    after = request.GET.get("after", "")
    if kind and after:
        places = {kind: queries.FIND[kind](request.user, asked, _checked(after), queries.PAGE)}
    else:
        places = queries.found(request.user, asked, [kind] if kind else queries.KINDS)
    address = request.GET.copy()
    for name in ("after", "kind"):
        address.pop(name, None)
    filters = {name: request.GET.get(name, "") for name in ("inbox", "sender", "since", "until")}
    context = {
        **_context(request, asked, places), "kind": kind, "kinds": LABELS.items(), "address": address.urlencode(),
        "filters": filters, "is_filtered": any(filters.values()), "senders": SENDERS.items(),
        "inboxes": Inbox.objects.for_user(request.user).order_by("name"),
    }  # fmt: skip
    return render(request, "conversations/search.html", context)


@require_GET
def results(request: SignedInRequest) -> HttpResponse:
    """The first few of each kind."""
    require(request.user, "conversations.view")
    asked = queries.question(request.GET.get("q", ""))
    places = queries.found(request.user, asked, limit=FEW)
    return render(request, "conversations/_found.html", {**_context(request, asked, places), "brief": True})


def _context(request: SignedInRequest, asked: queries.Question, places: dict[str, queries.Place]) -> dict[str, Any]:
    groups = []
    for kind, place in places.items():
        rows = [SHOWN[kind](row, asked) for row in place.rows]
        groups.append({"kind": kind, "label": LABELS[kind], "next": place.next, "rows": rows})
    return {
        "q": request.GET.get("q", "").strip(),
        "groups": [group for group in groups if group["rows"]],
        "asked": not asked.is_empty,
    }


def _person(row: Any, asked: queries.Question) -> dict[str, Any]:
    conversation, phone = row.conversation, row.phone or ""
    return {
        "id": row.pk, "name": row.display_name, "href": _opens(conversation, row.pk), "phone": phone,
        "title": excerpts.excerpt(row.display_name, asked.ways),
        "pieces": excerpts.excerpt(phone, asked.ways) if phone != row.display_name else [],
        "at": row.last_contact_at, "place": conversation.inbox.name if conversation else "",
    }  # fmt: skip


def _message(row: Any, asked: queries.Question) -> dict[str, Any]:
    customer = row.conversation.customer
    payload = [str(row.payload[key]) for key in ("filename", "name", "address") if row.payload.get(key)]
    by = _("Assistant") if row.actor_kind == "assistant" else row.actor_label or _("Your team")
    return {
        "id": row.pk, "name": customer.display_name, "phone": customer.phone or "",
        "by": "" if row.direction == "in" else by,
        "href": f"{reverse('conversation', args=[row.conversation_id])}?at={row.pk}",
        "title": [excerpts.Piece(customer.display_name)], "at": row.provider_at, "place": row.inbox.name,
        "pieces": excerpts.excerpt(" · ".join([row.body, *payload] if row.body else payload), asked.ways),
    }  # fmt: skip


def _note(row: Any, asked: queries.Question) -> dict[str, Any]:
    customer = row.conversation.customer if row.conversation else row.customer
    href = _opens(row.conversation, customer.pk)
    return {
        "id": row.pk, "name": customer.display_name, "phone": customer.phone or "",
        "href": f"{href}?at={row.pk}" if row.conversation else href,
        "by": row.author.full_name if row.author else "", "title": [excerpts.Piece(customer.display_name)],
        "pieces": excerpts.excerpt(row.body, asked.ways), "at": row.created_at, "place": "",
    }  # fmt: skip


SHOWN = {"people": _person, "messages": _message, "notes": _note}


def _opens(conversation: Any, customer: Any) -> str:
    """The conversation; for somebody never spoken with, the card."""
    if conversation:
        return reverse("conversation", args=[conversation.pk])
    try:
        return reverse("customer", args=[customer])
    except NoReverseMatch:
        return ""


def _kind(request: SignedInRequest) -> str:
    kind = request.GET.get("kind", "")
    right = queries.RIGHTS.get(kind)
    return kind if right and request.user.may(right) else ""


def _asked(request: SignedInRequest) -> queries.Question:
    sender = request.GET.get("sender", "")
    until = _day(request.GET.get("until", ""))
    return queries.question(
        request.GET.get("q", ""), inbox=row_id(request.GET.get("inbox")), since=_day(request.GET.get("since", "")),
        until=until + timedelta(days=1) if until else None, sender=sender if sender in queries.SENDERS else "",
    )  # fmt: skip


def _day(text: str) -> datetime | None:
    """The beginning of a day where the reader is."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _checked(after: str) -> str:
    """A place in the results; anything else is refused as a bad address."""
    phase, _colon, last = after.partition(":")
    return f"{phase if phase in ('w', 'p') else 'w'}:{row_id(last) or ''}"
