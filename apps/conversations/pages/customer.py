"""What conversations know of a customer, for the customer's own page: talks, notes, files, and a way to write."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from apps.accounts.middleware import SignedInRequest
from apps.conversations.models import Conversation, Message, Note
from apps.core.access import get_for
from apps.customers.models import Customer
from apps.gateways.models import Inbox, Template
from apps.media.models import Attachment

LATEST = 50


@require_GET
def history(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A fragment: only the conversations this person may see, and what hangs on them."""
    customer = get_for(request.user, "view", Customer.objects.all(), pk=pk)
    seen = Conversation.objects.for_user(request.user).filter(customer=customer, hidden_at=None)
    rows = list(seen.select_related("inbox").order_by("-last_message_at", "-created_at")[:LATEST])
    notes = Note.objects.for_user(request.user).filter(deleted_at=None)
    mine = notes.filter(customer=customer) | notes.filter(conversation__customer=customer)
    messages = Message.objects.filter(conversation__in=[row.pk for row in rows], hidden_at=None).values("pk")
    files = Attachment.objects.filter(owner_kind="message", owner_id__in=messages, state=Attachment.State.READY)
    start = _at("start-conversation") if request.user.may("conversations.send_message") else ""
    inboxes = Inbox.objects.for_user(request.user, "reply").filter(archived_at=None, is_active=True) if start else ()
    context: dict[str, Any] = {
        "customer": customer, "rows": rows, "start_url": start, "inboxes": inboxes,
        "templates": Template.objects.filter(inbox__in=inboxes, status="approved", archived_at=None) if start else (),
        "may_read_notes": request.user.may("notes.view"),
        "notes": mine.select_related("author").order_by("-is_pinned", "-created_at")[:LATEST],
        "files": [_with_address(file) for file in files.order_by("-created_at")[:LATEST]],
    }  # fmt: skip
    return render(request, "conversations/customer_history.html", context)


def _with_address(file: Attachment) -> Attachment:
    file.address = _at("media-content", file.pk)  # type: ignore[attr-defined]
    return file


def _at(name: str, *args: Any) -> str:
    """A page's address; empty while there is none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
