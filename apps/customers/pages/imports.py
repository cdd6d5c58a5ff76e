"""Importing a CSV in three steps: the file, its columns, and how far it has come."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.core import places
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.customers import actions, columns
from apps.customers import words as said
from apps.customers.actions import importing
from apps.customers.fields import own_fields
from apps.customers.models import ImportJob
from apps.customers.pages.doors import shown

LATEST = 10


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: SignedInRequest) -> HttpResponse:
    """Choose a file; below, one's latest imports."""
    require(request.user, "customers.create")
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Refusal("invalid", _("Choose a file first."))
            if (file.size or 0) > importing.LARGEST:
                raise Refusal(
                    "too_large", _("A file may have 10 MB. Split it and import the parts one after the other.")
                )
            job = actions.upload_import(
                file.read(), name=file.name or "", employee_id=request.me.pk, by=request.user.actor
            )
        except Refusal as refusal:
            error = refusal.detail
        else:
            return redirect("customer-import", job.pk)
    rows = ImportJob.objects.for_user(request.user).order_by("-created_at")[:LATEST]
    context = {**shown(request), "rows": rows, "error": error}
    return render(request, "customers/imports.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def one_import(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Say which column is what, look at the first rows, start it; then how far it is."""
    job = get_for(request.user, "view", ImportJob.objects.all(), pk=pk)
    error = ""
    if request.method == "POST":
        mapping = {field: request.POST.get(f"map-{field}", "") for field, _label in _targets()}
        try:
            job = actions.map_import(
                job, mapping=mapping, consent_source=request.POST.get("consent_source", ""),
                country=request.POST.get("country", ""), by=request.user.actor,
            )  # fmt: skip
            if request.POST.get("act") == "start":
                actions.start_import(job, by=request.user.actor)
                return redirect("customer-import", job.pk)
        except Refusal as refusal:
            error = refusal.detail
    rows: list[dict[str, str]] = []
    if job.state == ImportJob.State.DRAFT:
        try:
            rows = columns.preview(job)
        except Refusal as refusal:
            error = error or refusal.detail
    shown_fields = [(field, label) for field, label in _targets() if field in job.mapping]
    context: dict[str, Any] = {
        **shown(request), "job": job, "error": error,
        "countries": places.countries(),
        "targets": [(field, label, job.mapping.get(field, "")) for field, label in _targets()],
        "heads": [label for _field, label in shown_fields],
        "rows": [[row.get(field, "") for field, _label in shown_fields] for row in rows],
        "is_moving": job.state in (ImportJob.State.QUEUED, ImportJob.State.RUNNING),
    }  # fmt: skip
    template = "customers/_import_state.html" if "HX-Request" in request.headers else "customers/import.html"
    return render(request, template, context, status=422 if error else 200)


@require_safe
def rejected(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """The rows that were not taken, each with its reason. Gone after a day."""
    job = get_for(request.user, "view", ImportJob.objects.all(), pk=pk)
    if not job.rejected_key or not default_storage.exists(job.rejected_key):
        raise Http404
    return FileResponse(
        default_storage.open(job.rejected_key), as_attachment=True, filename="not-taken.csv",
        content_type="text/csv; charset=utf-8",
    )  # fmt: skip


@require_POST
def drop(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Throw an upload away that was never read."""
    job = get_for(request.user, "view", ImportJob.objects.all(), pk=pk)
    try:
        actions.drop_import(job, by=request.user.actor)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    return redirect("customer-imports")


def _targets() -> list[tuple[str, str]]:
    names = said.labels()
    return [
        *((name, names[name]) for name in columns.TARGETS),
        *((f"custom.{field['key']}", field["label"]) for field in own_fields()),
    ]
