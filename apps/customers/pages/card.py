"""One customer: what is known and who said so, what they agreed to, and the verbs on the card."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.core.access import get_for
from apps.core.refusals import Refusal, on_form
from apps.customers import actions, archive, consent, queries, scripts, vcard
from apps.customers import words as said
from apps.customers.fields import own_fields
from apps.customers.forms import CustomerForm
from apps.customers.models import ConsentEntry, Customer, CustomerMerge, Label
from apps.customers.pages.doors import shown, uuids, verb

CARD_FACTS = (
    "name",
    "arabic_name",
    "profile_name",
    "phone",
    "email",
    "language",
    "country",
    "birthday",
    "address",
    "remark",
)


@require_safe
def customer(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The whole card. Conversations, notes and files come from their own app's address."""
    row = get_for(request.user, "view", queries.cards(), pk=pk)
    field, suggested = (
        scripts.suggestion(row.name, row.arabic_name, row.profile_name) if not row.erased_at else ("", "")
    )
    undoable = CustomerMerge.objects.filter(kept=row, undone_at=None).select_related("absorbed").order_by("-at")
    context: dict[str, Any] = {
        **shown(request), "customer": row, "facts": [said.fact(row, name) for name in CARD_FACTS if getattr(row, name)],
        "own": [said.own_fact(row, each) for each in own_fields() if row.custom.get(each["key"])],
        "mean": said.mean(row),
        "identities": row.identities.order_by("retired_at", "kind", "-last_seen"),
        "consent": list(consent.history(row)[:50]), "labels": Label.objects.all(),
        "on": {label.pk for label in row.labels.all()},
        "field": field, "suggested": suggested, "merges": [each for each in undoable if each.can_be_undone()],
        "alike": list(queries.alike(row, request.user)[:3]) if not row.erased_at else [],
        "marketing": row.marketing_said, "reminders": row.reminders_said is not False,
    }  # fmt: skip
    return render(request, "customers/card.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The form of the card; in the drawer only the form."""
    row = get_for(request.user, "edit", queries.cards(), pk=pk)
    form = CustomerForm(request.POST if request.method == "POST" else None, customer=row)
    if form.is_valid():
        try:
            edited = actions.edit_customer(row, by=request.user.actor, **form.facts())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            if edited.warning:  # type: ignore[attr-defined]
                messages.warning(request, edited.warning)  # type: ignore[attr-defined]
            messages.success(request, _("Saved."))
            return redirect("customer", row.pk)
    template = "customers/_form.html" if "HX-Request" in request.headers else "customers/new.html"
    return render(
        request, template, {**shown(request), "form": form, "customer": row}, status=422 if form.errors else 200
    )


@verb("edit")
def suggest(request: SignedInRequest, row: Customer) -> str | None:
    """Take the suggested name. A typed one is never replaced."""
    field, suggested = scripts.suggestion(row.name, row.arabic_name, row.profile_name)
    if not field:
        return None
    text = request.POST.get("text", "").strip() or suggested
    actions.edit_customer(row, by=request.user.actor, **{field: text[:100]})
    return _("Saved.")


@verb("edit")
def label(request: SignedInRequest, row: Customer) -> str | None:
    """The whole new set of labels."""
    actions.set_labels(row, labels=uuids(request.POST.getlist("labels")), by=request.user.actor)
    return _("Saved.")


@verb("edit")
def block(request: SignedInRequest, row: Customer) -> str | None:
    """Listen no more."""
    actions.block(row, by=request.user.actor)
    return _("Blocked. What they write is kept, and nobody is told.")


@verb("edit")
def unblock(request: SignedInRequest, row: Customer) -> str | None:
    """Listen again."""
    actions.unblock(row, by=request.user.actor)
    return _("They can reach you again.")


@verb("edit")
def set_consent(request: SignedInRequest, row: Customer) -> str | None:
    """A yes or a no that a colleague writes down."""
    purpose = request.POST.get("purpose", "")
    if purpose not in ConsentEntry.Purpose.values:
        raise Refusal("invalid", _("Choose what the consent is for."))
    actions.set_consent(
        row, purpose=purpose, granted=request.POST.get("granted") == "yes", source=ConsentEntry.Source.STAFF,
        wording=request.POST.get("wording", ""), by=request.user.actor,
    )  # fmt: skip
    return _("Written down. Earlier entries stay as they are.")


@require_POST
def erase(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Forget them, when the name was typed."""
    row = get_for(request.user, "delete", queries.cards(), pk=pk)
    try:
        actions.erase(row, name=request.POST.get("name", ""), by=request.user.actor)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
        return redirect("customer", row.pk)
    messages.success(request, _("Erased. The certificate is in the record."))
    return redirect("customers")


@require_safe
def card_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The card for an address book."""
    return vcard.answer(get_for(request.user, "view", queries.cards(), pk=pk))


@require_POST
def export_data(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """Everything that is kept of this person, for them."""
    return archive.answer(get_for(request.user, "export", queries.cards(), pk=pk), by=request.user.actor)
