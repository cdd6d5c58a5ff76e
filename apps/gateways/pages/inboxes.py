"""Pages of the connected numbers: all of them with their health, one with its settings, doctor and webhook."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.gateways import actions, connecting, queries, sentences
from apps.gateways.forms import InboxForm
from apps.gateways.models import Inbox

WORD = "settings.whatsapp"
GROUPS = (
    (gettext_lazy("Number"), ("name", "language", "default_mode", "is_active")),
    (
        gettext_lazy("Greeting and hours"),
        ("greeting_on", "out_of_hours_on", "out_of_hours_en", "out_of_hours_ar", "calendar", "over_limit_text_on"),
    ),
    (
        gettext_lazy("Conversations"),
        ("assign_policy", "reopen_days", "auto_resolve_hours", "closing_text_en", "closing_text_ar",
         "idle_return_minutes", "stale_minutes", "phone_lease_minutes", "read_receipts"),
    ),
    (gettext_lazy("Asking how it was"), ("csat_on", "csat_text_en", "csat_text_ar")),
)  # fmt: skip


def rows() -> Any:
    """The numbers that are not archived."""
    return Inbox.objects.filter(archived_at=None)


def shown(inbox: Inbox) -> Inbox:
    """The number with its health in words."""
    inbox.state, inbox.kind, inbox.words = sentences.HEALTHS[inbox.health]  # type: ignore[attr-defined]
    return inbox


@require_safe
def inbox_list(request: SignedInRequest) -> HttpResponse:
    """All numbers, the oldest first."""
    require(request.user, WORD)
    found = [shown(inbox) for inbox in rows().order_by("created_at")]
    waiting = queries.template_counts()
    for inbox in found:
        inbox.provider = sentences.PROVIDERS.get(inbox.gateway, "")  # type: ignore[attr-defined]
        inbox.usable = waiting.get(inbox.pk, 0)  # type: ignore[attr-defined]
    return render(request, "inboxes/list.html", {"inboxes": found, "page_settings": "inboxes"})


@require_safe
def notice(request: SignedInRequest) -> HttpResponse:
    """The banner of those who look after the numbers: what does not work."""
    require(request.user, WORD)
    return render(request, "inboxes/_notice.html", {"ill_inboxes": queries.ill_inboxes(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def inbox_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One number: its settings are saved, or refused field by field."""
    inbox = _inbox(request, pk)
    if request.method != "POST":
        return _page(request, inbox, InboxForm(instance=inbox))
    form = InboxForm(request.POST, instance=rows().get(pk=pk))
    if not form.is_valid():
        return _page(request, inbox, form, status=400)
    actions.edit_inbox(inbox, by=request.user.actor, **form.facts())
    messages.success(request, _("Saved."))
    return redirect("settings-inbox", pk)


@require_POST
def inbox_act(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One of the things that can be done to a number: `act` says which."""
    inbox = _inbox(request, pk)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        messages.success(request, act(request, inbox))
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    gone = Inbox.objects.filter(pk=pk, archived_at=None).first() is None
    return redirect("settings-inboxes") if gone else redirect("settings-inbox", pk)


def _check(request: SignedInRequest, inbox: Inbox) -> str:
    row = actions.check_inbox(inbox, by=request.user.actor)
    return str(sentences.HEALTHS[row.health][2])


def _subscribe(request: SignedInRequest, inbox: Inbox) -> str:
    actions.subscribe_webhook(inbox, by=request.user.actor)
    return _("The account's news is posted to us now.")


def _sync_templates(request: SignedInRequest, inbox: Inbox) -> str:
    synced = actions.sync_templates(inbox, by=request.user.actor)
    count = synced.added + synced.changed + synced.gone
    told = ngettext("%(n)d template has changed.", "%(n)d templates have changed.", count)
    return told % {"n": count} if count else _("The templates are as they were.")


def _sync_profile(request: SignedInRequest, inbox: Inbox) -> str:
    actions.sync_profile(inbox, by=request.user.actor, about=request.POST.get("about", "")[: actions.ABOUT])
    return _("Customers see the picture and the text now.")


def _rotate(request: SignedInRequest, inbox: Inbox) -> str:
    actions.rotate_webhook(inbox, by=request.user.actor)
    return _("Paste the new address at the provider. The old one is good for another 24 hours.")


def _reconnect(request: SignedInRequest, inbox: Inbox) -> str:
    return str(sentences.HEALTHS[actions.reconnect_inbox(inbox, secrets={}, by=request.user.actor).health][2])


def _disconnect(request: SignedInRequest, inbox: Inbox) -> str:
    _require_name(request, inbox)
    actions.release_inbox(inbox, by=request.user.actor)
    return _("The number is disconnected. Its conversations stay.")


def _archive(request: SignedInRequest, inbox: Inbox) -> str:
    _require_name(request, inbox)
    actions.disconnect_inbox(inbox, by=request.user.actor)
    return _("The number is archived. Its conversations stay readable.")


def _require_name(request: SignedInRequest, inbox: Inbox) -> None:
    if request.POST.get("name", "").strip() != inbox.name:
        raise Refusal("invalid", _("Type the number's name as it stands here. Nothing was changed."))


ACTS: dict[str, Callable[[SignedInRequest, Inbox], str]] = {
    "check": _check, "subscribe": _subscribe, "sync_templates": _sync_templates, "sync_profile": _sync_profile,
    "rotate": _rotate, "reconnect": _reconnect, "disconnect": _disconnect, "archive": _archive,
}  # fmt: skip


def _inbox(request: SignedInRequest, pk: UUID) -> Inbox:
    require(request.user, WORD)
    inbox: Inbox = get_for(request.user, "view", rows(), pk=pk)
    return inbox


def _page(request: SignedInRequest, inbox: Inbox, form: InboxForm, status: int = 200) -> HttpResponse:
    grants = queries.holders_of(inbox) if request.user.may("employees.view") else []
    context = {
        "inbox": shown(inbox), "form": form, "checks": sentences.checks_of(inbox), "page_settings": "inboxes",
        "groups": [(title, [form[name] for name in names]) for title, names in GROUPS],
        "webhook": connecting.webhook_of(inbox) if queries.owns_app(inbox, request.business.id) else None,
        "holders": [str(getattr(each, "full_name", "") or getattr(each, "display_name", "")) for each in grants],
        "waiting": inbox.health in ("stopped", "reconnect_needed", "disabled"),
    }  # fmt: skip
    return render(request, "inboxes/inbox.html", context, status=status)
