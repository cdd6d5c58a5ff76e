"""HTML doors: the record with its filters and its proof, one entry with what it changed, and one's exports."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.audit import chain, queries, sheets
from apps.audit import exports as verbs
from apps.audit.models import AuditEvent, ExportJob
from apps.audit.words import kind_word, verb_word
from apps.core.access import get_for, require
from apps.core.refusals import Refusal

PAGE = 50
LAST_EXPORTS = 30
WORD = "audit.view"


@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first. Filters live in the address; what they offer comes from the rows."""
    require(request.user, WORD)
    filters = {name: request.GET.get(name, "").strip()[:100] for name in queries.FILTERS}
    rows = queries.record_of(request.user, filters)
    before = request.GET.get("before", "")
    if last := AuditEvent.objects.filter(pk=before).first() if _is_uuid(before) else None:
        rows = rows.filter(at__lte=last.at).exclude(at=last.at, pk__gte=last.pk)
    found = list(rows[: PAGE + 1])
    address = request.GET.copy()
    address.pop("before", None)
    context = {
        "rows": _worded(found[:PAGE]), "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "filters": filters, "offered": _offered(request.user), "is_filtered": any(filters.values()),
        "address": address.urlencode(), "formats": list(sheets.TYPES), "page_settings": "record",
    }  # fmt: skip
    return render(request, "audit/list.html", context)


@require_GET
def entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One entry: from where, and field by field what was before and after."""
    row = get_for(request.user, "view", AuditEvent.objects.select_related("seal"), pk=pk)
    before, after = row.before or {}, row.after or {}
    names = list(dict.fromkeys([*before, *after]))
    changes = [(name, before.get(name), after.get(name)) for name in names]
    context = {
        "row": _worded([row])[0], "changes": changes, "has_before": bool(before),
        "seal": getattr(row, "seal", None), "page_settings": "record",
    }  # fmt: skip
    return render(request, "audit/entry.html", context)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain now and say what was found."""
    require(request.user, WORD)
    found = chain.verify()
    if found.is_whole:
        told = _("The record is whole: %(rows)s rows, none changed, none missing. It ends in %(head)s.")
        messages.success(request, told % {"rows": found.rows, "head": found.head[:12]})
    else:
        told = _("The record is broken at row %(row)s. Please tell the platform's operators.")
        messages.error(request, told % {"row": found.broken})
    return redirect("audit")


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """One's own exports; a POST asks for another."""
    user: Any = request.user
    offered = verbs.offered_to(user)
    if not offered:
        require(user, "analytics.export")
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        known = verbs.sources()[kind].filters if kind in verbs.sources() else ()
        params = {name: request.POST.get(name, "") for name in known}
        try:
            verbs.request_export(user, kind=kind, format=request.POST.get("format", ""), params=params, by=user.actor)
        except Refusal as refusal:
            messages.error(request, refusal.detail)
        return redirect("exports")
    rows = list(ExportJob.objects.for_user(user).order_by("-created_at")[:LAST_EXPORTS])
    waiting = any(row.state in (ExportJob.State.QUEUED, ExportJob.State.RUNNING) for row in rows)
    context = {
        "rows": [{"job": row, "label": verbs.label_of(row.kind)} for row in rows], "offered": offered,
        "formats": list(sheets.TYPES), "waiting": waiting, "page_settings": "exports",
    }  # fmt: skip
    return render(request, "audit/exports.html", context)


def _worded(rows: list[Any]) -> list[Any]:
    for row in rows:
        row.verb_word, row.kind_word = verb_word(row.verb), kind_word(row.object_kind)
    return rows


def _offered(user: Any) -> dict[str, list[tuple[str, str]]]:
    found = queries.offered(user)
    found["verb"] = [(value, verb_word(value)) for value, _label in found["verb"]]
    found["noun"] = [(value, kind_word(value)) for value, _label in found["noun"]]
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
