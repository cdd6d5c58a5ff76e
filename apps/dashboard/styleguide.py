"""The living style guide: every component in both directions and both themes, drawn from the partials that are used.

Whoever changes a partial sees here what it does to all of its states. The rows are stand-ins: nothing is read.
"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_urlconf, set_urlconf
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

WAYS = (("en", "ltr", "light"), ("ar", "rtl", "light"), ("en", "ltr", "dark"), ("ar", "rtl", "dark"))
WORDS = frozenset({"customers.view", "media.upload", "templates.view"})
TOKENS = (
    "paper", "raised", "sunken", "line", "faint", "quiet", "ink", "accent", "accent-tint", "danger", "danger-tint",
    "warning", "warning-tint", "success-strong", "success-tint", "info", "info-tint",
    "voice-person", "voice-assistant", "voice-automation", "voice-note",
)  # fmt: skip
SIZES = (34, 26, 20, 17, 15, 13, 12)
NOBODY, OTHER = "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001"
RANA, NOUR = "Rana Haddad", "نور خليل"
ASKED, ANSWERED = "مرحباً، هل الموعد يوم الخميس ما زال متاحاً؟", "Yes, Thursday at *18:00* is still free."


class Sample(forms.Form):
    """A field as it stands, and one that was filled in wrongly."""

    name = forms.CharField(label=_("Name"), help_text=_("As your customers see it."))
    email = forms.EmailField(label=_("E-mail"))


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Open where the product is made; where it is used, for operators."""
    user: Any = request.user
    if settings.PRODUCTION and not (user.is_authenticated and user.is_active and user.is_operator):
        raise Http404
    panels = [{"language": way[0], "dir": way[1], "theme": way[2], "body": _panel(request, way)} for way in WAYS]
    return render(request, "styleguide/page.html", {"panels": panels})


def _panel(request: HttpRequest, way: tuple[str, str, str]) -> str:
    """All of it in one language. The partials lead to pages of a business, whose addresses this host does not have."""
    before = get_urlconf()
    set_urlconf("config.urls")
    try:
        with translation.override(way[0]):
            return render_to_string("styleguide/_panel.html", _pieces("-".join(way)), request)
    finally:
        set_urlconf(before)


def _pieces(prefix: str) -> dict[str, Any]:
    customer = SimpleNamespace(display_name=RANA, phone="+9613123456", is_vip=True)
    soon = timezone.now() + timedelta(minutes=40)
    can = dict.fromkeys(("send", "takeover", "assign", "note", "close", "handback"), True)
    return {
        "me": SimpleNamespace(permissions=WORDS, full_name=NOUR),
        "tokens": TOKENS, "sizes": SIZES,
        "form": Sample({f"{prefix}-name": RANA, f"{prefix}-email": "rana at home"}, prefix=prefix),
        "list_rows": _rows(customer),
        "thread": _thread(),
        "conversation": _conversation(customer, mode="human", assignee=SimpleNamespace(full_name=NOUR)),
        "voices": [
            _conversation(customer, mode="ai"), _conversation(customer, mode="hybrid"),
            _conversation(customer, mode="human", needs_human=True), _conversation(customer, status="resolved"),
        ],
        "composer": {"state": "open", "can": can, "holder_name": RANA, "window_until": soon},
        "states": ("takeover", "held", "closed_window", "resolved", "readonly"), "can": can,
    }  # fmt: skip


def _conversation(customer: SimpleNamespace, **facts: Any) -> SimpleNamespace:
    given = {
        "mode": "ai", "status": "open", "needs_human": False, "assignee": None, "labels": SimpleNamespace(all=[]),
        "last_message_at": timezone.now(), "waiting_since": None, "window_until": None, "unread": 0,
        "has_draft": False, "last_message": _message("customer", ASKED),
    }  # fmt: skip
    inbox = SimpleNamespace(name="WhatsApp")
    return SimpleNamespace(**{"id": NOBODY, **given, **facts}, customer=customer, inbox=inbox)


def _rows(customer: SimpleNamespace) -> list[SimpleNamespace]:
    """One row for each fact that may take the last place of a row."""
    now, other = timezone.now(), SimpleNamespace(display_name=NOUR, phone="+96170123456", is_vip=False)
    failed = _message("employee", ANSWERED, status="failed")
    return [
        _conversation(customer, needs_human=True, waiting_since=now - timedelta(minutes=41)),
        _conversation(other, id=OTHER, last_message=failed, priority="urgent"),
        _conversation(customer, id=OTHER, unread=3, has_draft=True, waiting_since=now - timedelta(minutes=2)),
        _conversation(other, id=OTHER, window_until=now + timedelta(minutes=25)),
        _conversation(customer, id=OTHER, mode="hybrid"),
        _conversation(other, id=OTHER, mode="human", assignee=SimpleNamespace(full_name=RANA)),
    ]


def _message(kind: str, body: str, **facts: Any) -> SimpleNamespace:
    names = {"customer": RANA, "employee": NOUR}
    given = {"status": "read", "type": "text", "is_note": False, "payload": {}, "files": [], "provider_at": None}
    return SimpleNamespace(
        id=NOBODY, seq=1, direction="in" if kind == "customer" else "out", actor_kind=kind, body=body,
        actor_label=names.get(kind, ""), created_at=timezone.now(), is_pending=False,
        author=SimpleNamespace(full_name=NOUR), **{**given, **facts},
    )  # fmt: skip


def _thread() -> list[SimpleNamespace]:
    """The five voices, and what may become of a message."""
    letter = SimpleNamespace(state="ready", kind="document", name="Prices.pdf", bytes=48_213, url="#")
    hearts = SimpleNamespace(all=[SimpleNamespace(by="customer", emoji="❤")])
    asked = _message("customer", ASKED)
    return [
        asked,
        _message("assistant", ANSWERED, reply_to=asked, reactions=hearts),
        _message("employee", ANSWERED, status="delivered"),
        _message("employee", "", continues=True, type="document", files=[letter]),
        _message("employee", ANSWERED, status="failed", error_code="131026"),
        _message("automation", ANSWERED, status="sent"),
        _message("employee", ASKED, is_note=True),
        _message("customer", ASKED, files=[SimpleNamespace(state="fetching", kind="image")], type="image"),
        _message("customer", ASKED, revoked_at=timezone.now()),
        _message("system", ANSWERED, type="system"),
    ]
