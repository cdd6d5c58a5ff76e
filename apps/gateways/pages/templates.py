"""Pages of message templates: those a number has, each as a phone shows it, and writing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.core.access import get_for, require
from apps.core.problems import STATUS
from apps.core.refusals import Refusal, on_form
from apps.gateways import actions, drafts, protocol, sentences, wording
from apps.gateways.forms import STATES, TemplateForm, written
from apps.gateways.models import Inbox, Template
from apps.gateways.pages.inboxes import WORD, rows

LARGEST_SAMPLE = 5 * 1024 * 1024  # bytes
RTL = ("ar", "fa", "he", "ur")


@require_safe
def template_list(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Every template of one number."""
    require(request.user, WORD)
    inbox = get_for(request.user, "view", rows(), pk=pk)
    found = [_shown(row) for row in Template.objects.filter(inbox=inbox, archived_at=None)]
    context = {"inbox": inbox, "templates": found, "page_settings": "inboxes"}
    return render(request, "inboxes/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def template_new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Write a new one."""
    require(request.user, WORD)
    inbox: Inbox = get_for(request.user, "view", rows(), pk=pk)
    if request.method != "POST":
        return _editor(request, inbox, TemplateForm(initial={"language": inbox.language}))
    return _saved(request, inbox, None)


@require_http_methods(["GET", "HEAD", "POST"])
def template_edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Write one anew."""
    template = _template(request, pk)
    if request.method != "POST":
        return _editor(request, template.inbox, TemplateForm(initial=written(drafts.facts_of(template))), template)
    return _saved(request, template.inbox, template)


@require_POST
def template_act(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Hand it in, or take it away."""
    template = _template(request, pk)
    act = request.POST.get("act")
    try:
        if act == "submit":
            row = actions.submit_template(template, by=request.user.actor)
            told = _("WhatsApp has rejected it. The reason stands beside it.") if row.status == "rejected" else ""
            messages.success(request, told or _("It was submitted."))
        elif act == "delete":
            actions.delete_template(template, by=request.user.actor)
            messages.success(request, _("It is gone, here and at the provider."))
        else:
            raise Http404
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    return redirect("settings-templates", template.inbox_id)


def _template(request: SignedInRequest, pk: UUID) -> Template:
    require(request.user, WORD)
    found = Template.objects.filter(archived_at=None, inbox__in=rows().for_user(request.user))
    template: Template = get_object_or_404(found.for_user(request.user).select_related("inbox"), pk=pk)
    return template


def _saved(request: SignedInRequest, inbox: Inbox, template: Template | None) -> HttpResponse:
    form = TemplateForm(request.POST, request.FILES)
    if not form.is_valid():
        return _editor(request, inbox, form, template, status=400)
    try:
        facts = form.facts()
        if sample := form.cleaned_data["sample_file"]:
            facts["header_sample"] = _upload(inbox, sample)
        draft = drafts.Draft(**facts)
        if template:
            actions.edit_template(template, draft=draft, by=request.user.actor)
        else:
            actions.create_template(inbox, draft=draft, by=request.user.actor)
    except Refusal as refusal:
        on_form(form, refusal)
        return _editor(request, inbox, form, template, status=STATUS[refusal.code])
    messages.success(request, _("Saved as a draft. Submit it to have it approved."))
    return redirect("settings-templates", inbox.pk)


def _upload(inbox: Inbox, sample: Any) -> str:
    if sample.size > LARGEST_SAMPLE:
        raise Refusal("invalid", _("A sample has at most 5 MB."), errors={"sample_file": [_("At most 5 MB.")]})
    mime = sample.content_type or "application/octet-stream"
    try:
        return protocol.gateway(inbox.gateway).upload_sample(actions.line_of(inbox), sample.read(), mime)
    except protocol.SendTrouble as trouble:
        raise sentences.refusal(inbox.gateway, trouble) from trouble


def _shown(row: Template) -> Template:
    """The template with its state in words and itself as a phone shows it, samples in its places."""
    row.state, row.kind = STATES[Template.Status(row.status)]  # type: ignore[attr-defined]
    samples = {each["name"]: each["sample"] for each in row.variables}
    row.preview = wording.preview(row.components, samples)  # type: ignore[attr-defined]
    row.direction = "rtl" if row.language[:2] in RTL else "ltr"  # type: ignore[attr-defined]
    row.can_submit = row.status in ("draft", "rejected")  # type: ignore[attr-defined]
    row.can_edit = row.status in actions.CHANGEABLE  # type: ignore[attr-defined]
    return row


def _editor(
    request: SignedInRequest, inbox: Inbox, form: TemplateForm, template: Template | None = None, status: int = 200
) -> HttpResponse:
    context = {"inbox": inbox, "form": form, "template": _shown(template) if template else None,
               "page_settings": "inboxes"}  # fmt: skip
    return render(request, "inboxes/template.html", context, status=status)
