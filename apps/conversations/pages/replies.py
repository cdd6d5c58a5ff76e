"""The page of replies kept ready: by category with how often each was used, and a form for one beside it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Role
from apps.conversations import actions, composing, variables
from apps.conversations.forms import ReplyForm
from apps.conversations.models import CannedReply
from apps.conversations.pages.doors import row_id
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.customers.models import Customer
from apps.gateways.models import Inbox
from apps.media.models import Attachment

TRIED = 8  # customers offered to try a reply with


@require_GET
def replies(request: SignedInRequest) -> HttpResponse:
    """All that this person may use."""
    require(request.user, "templates.view")
    q = request.GET.get("q", "").strip()
    rows: list[Any] = list(composing.replies_for(request.user, q=q))
    for row in rows:
        row.used = (
            ngettext("used %(n)d time", "used %(n)d times", row.use_count) % {"n": row.use_count}
            if row.use_count
            else ""
        )
    context = {"groups": composing.by_category(rows), "q": q, "page_replies": True}
    return render(request, "replies/list.html", context)


@require_http_methods(["GET", "POST"])
def new_reply(request: SignedInRequest) -> HttpResponse:
    """A form for a new one."""
    require(request.user, "templates.create")
    form = ReplyForm(
        request.POST or None, scopes=_scopes(request), initial={"category": request.GET.get("category", "custom")}
    )
    if request.method == "POST" and _done(request, form, None):
        messages.success(request, _("The reply is ready. Type / in a conversation to use it."))
        return redirect("replies")
    return _page(request, form, None)


@require_http_methods(["GET", "POST"])
def reply(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One reply: its form, a try with a customer, the way out. Who may not change it reads it."""
    row = get_for(request.user, "edit" if request.method == "POST" else "view", CannedReply.objects.all(), pk=pk)
    scope = f"{row.scope['kind']}:{row.scope['id']}" if row.scope else ""
    form = ReplyForm(
        request.POST or None, instance=row, scopes=_scopes(request),
        initial={"scope_to": "mine" if scope.startswith("mine") else scope, "attachment_ids": row.attachment_ids},
    )  # fmt: skip
    if request.method == "POST" and _done(request, form, row):
        messages.success(request, _("Saved."))
        return redirect("replies")
    return _page(request, form, row)


@require_POST
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep it no longer."""
    row = get_for(request.user, "delete", CannedReply.objects.all(), pk=pk)
    actions.delete_reply(row, by=request.user.actor)
    messages.success(request, _("The reply was deleted. What was said with it stays."))
    return redirect("replies")


@require_POST
def move(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One place up or down in its category: `to` is `up` or `down`."""
    row = get_for(request.user, "edit", CannedReply.objects.all(), pk=pk)
    same = CannedReply.objects.for_user(request.user).filter(category=row.category)
    order = list(same.order_by("sort", "title").values_list("pk", flat=True))
    here = order.index(row.pk)
    order.insert(max(0, here - 1) if request.POST.get("to") == "up" else here + 1, order.pop(here))
    actions.reorder_replies(order, by=request.user.actor)
    return redirect("replies")


@require_GET
def tried(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """How it would read for a customer, in both languages. Nothing is sent or counted."""
    row = get_for(request.user, "view", CannedReply.objects.all(), pk=pk)
    chosen = row_id(request.GET.get("customer"))
    customer = get_for(request.user, "view", Customer.objects.all(), pk=chosen) if chosen else None
    shown = [
        {"language": language, "filled": composing.rendered(row, customer, language=language, employee=request.me)[0]}
        for language in composing.LANGUAGES if getattr(row, f"body_{language}")
    ]  # fmt: skip
    return render(request, "replies/_tried.html", {"shown": shown})


def _page(request: SignedInRequest, form: ReplyForm, row: CannedReply | None) -> HttpResponse:
    fragment = "HX-Request" in request.headers
    customers = Customer.objects.for_user(request.user).filter(erased_at=None).order_by("-last_contact_at")[:TRIED]
    context = {
        "form": form, "files": _files(request, form), "reply": row,
        "in_drawer": fragment, "page_replies": True, "customers": customers if row else [],
        "variables": [(title, names.items()) for title, names in variables.GROUPS.items()],
    }  # fmt: skip
    template = "replies/_form.html" if fragment else "replies/reply.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _files(request: SignedInRequest, form: ReplyForm) -> list[Attachment]:
    """The files that stand in the form, as far as they are there and this person may open them."""
    ids = form["attachment_ids"].value() or []
    try:
        rows = Attachment.objects.for_user(request.user, "open").filter(state=Attachment.State.READY).in_bulk(ids)
    except ValidationError:
        return []
    found = {str(pk): file for pk, file in rows.items()}
    return [found[str(pk)] for pk in ids if str(pk) in found]


def _scopes(request: SignedInRequest) -> list[tuple[str, str]]:
    roles = [(f"role:{pk}", name) for pk, name in Role.objects.order_by("sort").values_list("pk", "display_name")]
    seen = Inbox.objects.for_user(request.user, "view").filter(archived_at=None).order_by("name")
    return [("mine", _("Only me")), *roles, *((f"inbox:{pk}", name) for pk, name in seen.values_list("pk", "name"))]


def _done(request: SignedInRequest, form: ReplyForm, row: CannedReply | None) -> bool:
    """Whether it was kept; what stood in its way is said on the form."""
    if not form.is_valid():
        return False
    facts: dict[str, Any] = dict(form.cleaned_data)
    kind, _colon, chosen = facts.pop("scope_to").partition(":")
    facts["scope"] = {"kind": kind, "id": chosen or str(request.user.employee.pk)} if kind else {}
    try:
        if row is None:
            actions.create_reply(by=request.user.actor, **facts)
        else:
            actions.edit_reply(row, by=request.user.actor, **facts)
    except ValidationError as error:
        for name, problems in error.message_dict.items():
            form.add_error(name if name in form.fields else None, problems)
    except Refusal as refusal:
        form.add_error(None, refusal.detail)
    return not form.errors
