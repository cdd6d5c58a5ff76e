"""Where a conversation begins, and where it leaves as a file."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.conversations import actions, transcripts
from apps.conversations.pages.doors import refused, row_id, rows_for
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.customers.models import Customer
from apps.gateways.models import Inbox
from apps.gateways.queries import usable_templates

VALUE = "value-"  # what stands before the name of a place in a template


@require_POST
def start(request: SignedInRequest) -> HttpResponse:
    """Write to a customer first: by a template, or freely where the window is open."""
    require(request.user, "conversations.send_message")
    customer = get_for(request.user, "view", Customer.objects.all(), pk=row_id(request.POST.get("customer")))
    inbox = get_for(request.user, "reply", Inbox.objects.all(), pk=row_id(request.POST.get("inbox")))
    chosen = row_id(request.POST.get("template"))
    template = get_object_or_404(usable_templates(inbox), pk=chosen) if chosen else None
    values = {name.removeprefix(VALUE): str(text) for name, text in request.POST.items() if name.startswith(VALUE)}
    try:
        conversation = actions.start_conversation(
            customer, inbox, by=request.user.actor, employee=request.user.employee,
            body=request.POST.get("body", ""), template=template, values=values, id=row_id(request.POST.get("id")),
        )  # fmt: skip
    except Refusal as refusal:
        return refused(request, refusal)
    return redirect("conversation", conversation.pk)


@require_GET
@transaction.atomic
def export(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The whole conversation as a file."""
    row = get_for(request.user, "export", rows_for(request), pk=pk)
    kind = request.GET.get("format", "json")
    if kind not in transcripts.FORMS:
        raise BadRequest("There is no such format.")
    text = transcripts.write(row, kind, by=request.user.actor)
    name = f"conversation-{row.number}.{transcripts.ENDINGS[kind]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type=transcripts.TYPES[kind], headers=headers)
