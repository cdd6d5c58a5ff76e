"""The page of notes: cards by kind, the pinned first, found by words, customer or conversation."""

from uuid import UUID

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.middleware import SignedInRequest
from apps.conversations import actions
from apps.conversations.forms import NoteForm
from apps.conversations.models import Conversation, Note
from apps.conversations.pages.doors import row_id
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.customers.models import Customer

SHOWN = 200
ABOUT = 12  # customers offered for a new note
FACTS = ("kind", "body", "remind_at", "is_important")


@require_GET
def notes(request: SignedInRequest) -> HttpResponse:
    """All that this person may read, reminders that are due first, then the pinned."""
    require(request.user, "notes.view")
    q, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    rows = Note.objects.for_user(request.user).filter(deleted_at=None)
    if kind in Note.Kind.values:
        rows = rows.filter(kind=kind)
    if q:
        person = Q(customer__name__icontains=q) | Q(conversation__customer__name__icontains=q)
        person |= Q(customer__phone__contains=q) | Q(conversation__customer__phone__contains=q)
        person |= Q(customer__profile_name__icontains=q) | Q(conversation__customer__profile_name__icontains=q)
        number = q.removeprefix("#")
        here = (
            Q(conversation__number=int(number)) if number.isascii() and number.isdigit() and len(number) < 18 else Q()
        )
        rows = rows.filter(Q(body__icontains=q) | person | here if here else Q(body__icontains=q) | person)
    rows = rows.select_related("author", "customer", "conversation__customer")
    found = list(rows.order_by(F("is_pinned").desc(), "-created_at")[:SHOWN])
    now = timezone.now()
    mine = request.user.employee.pk
    for note in found:
        note.about = note.customer or note.conversation.customer
        note.is_due = note.remind_at is not None and note.remind_at <= now
        note.mine = note.author_id == mine
    found.sort(key=lambda note: not note.is_due)
    kinds = NoteForm().fields["kind"].choices  # type: ignore[attr-defined]
    context = {"notes": found, "q": q, "kind": kind, "kinds": kinds, "page_notes": True}
    return render(request, "notes/list.html", context)


@require_http_methods(["GET", "POST"])
def new_note(request: SignedInRequest) -> HttpResponse:
    """A form for a new one, about a customer or (with `conversation`) a conversation."""
    require(request.user, "notes.create")
    form = NoteForm(request.POST or None)
    asked = request.POST if request.method == "POST" else request.GET
    conversation, customer = row_id(asked.get("conversation")), row_id(asked.get("customer"))
    about: Conversation | Customer | None = None
    if conversation:
        about = get_for(request.user, "note", Conversation.objects.select_related("customer"), pk=conversation)
    elif customer:
        about = get_for(request.user, "view", Customer.objects.all(), pk=customer)
    if request.method == "POST" and form.is_valid():
        if about is None:
            form.add_error(None, _("Choose a customer first."))
        else:
            try:
                facts = {name: form.cleaned_data[name] for name in FACTS}
                actions.add_note(about, author=request.user.employee, by=request.user.actor, **facts)
            except Refusal as refusal:
                form.add_error(None, refusal.detail)
            else:
                messages.success(request, _("The note is kept."))
                return redirect("notes")
    rows = Customer.objects.for_user(request.user).filter(erased_at=None)
    if q := request.GET.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=q) | Q(profile_name__icontains=q) | Q(phone__contains=q))
    offered = list(rows.order_by(F("last_contact_at").desc(nulls_last=True))[:ABOUT])
    return _page(request, form, None, about=about, customers=offered)


@require_http_methods(["GET", "POST"])
def note(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One note, to change."""
    row = get_for(request.user, "edit", Note.objects.filter(deleted_at=None), pk=pk)
    form = NoteForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_note(row, by=request.user.actor, **{name: form.cleaned_data[name] for name in FACTS})
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, _("Saved."))
            return redirect("notes")
    return _page(request, form, row)


@require_POST
def pin(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Before the others, or back among them."""
    row = get_for(request.user, "edit", Note.objects.filter(deleted_at=None), pk=pk)
    actions.pin_note(row, pinned=request.POST.get("pinned") != "no", by=request.user.actor)
    return redirect("notes")


@require_POST
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take it away."""
    row = get_for(request.user, "delete", Note.objects.filter(deleted_at=None), pk=pk)
    actions.delete_note(row, by=request.user.actor)
    messages.success(request, _("The note was deleted."))
    return redirect("notes")


def _page(
    request: SignedInRequest, form: NoteForm, row: Note | None, *, about: Conversation | Customer | None = None,
    customers: list[Customer] | None = None,
) -> HttpResponse:  # fmt: skip
    fragment = "HX-Request" in request.headers
    person = about.customer if isinstance(about, Conversation) else about
    context = {
        "form": form, "note": row, "about": about, "person": person, "customers": customers or [],
        "in_conversation": isinstance(about, Conversation), "in_drawer": fragment, "page_notes": True,
    }  # fmt: skip
    template = "notes/_form.html" if fragment else "notes/note.html"
    return render(request, template, context, status=422 if form.errors else 200)
