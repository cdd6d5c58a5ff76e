"""HTML doors: bringing a file, and its content for whoever may see what it belongs to."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe
from django_tenants.utils import schema_context

from apps.core.access import NotAllowed, require
from apps.core.problems import refuse
from apps.core.refusals import Refusal
from apps.media import actions, serving, store
from apps.media.models import Attachment


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep one file. Answers what a composer needs to show it: JSON, or a problem document."""
    require(request.user, "media.upload")
    user: Any = request.user
    given = request.FILES.get("file")
    if given is None:
        return refuse(request, "invalid", _("Choose a file first."))
    try:
        row = actions.upload_file(given, by=user.actor, voice=request.POST.get("voice") == "true")
    except Refusal as refusal:
        return refuse(request, refusal.code, refusal.detail, **refusal.extra)
    return JsonResponse(told(row), status=201)


@require_safe
def content(request: HttpRequest, pk: UUID) -> Any:
    """The file itself. 404 for whoever may not see what it belongs to."""
    row = get_object_or_404(Attachment.objects.for_user(request.user, "open"), pk=pk)
    answer = serving.serve(request, row)
    if answer is None:
        raise Http404
    return answer


@require_GET
def thumb(request: HttpRequest, pk: UUID) -> Any:
    """The small picture of it."""
    row = get_object_or_404(Attachment.objects.for_user(request.user, "open"), pk=pk)
    answer = serving.serve_thumb(request, row)
    if answer is None:
        raise Http404
    return answer


@require_POST
def refetch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the provider again for a file that did not come."""
    user: Any = request.user
    row = get_object_or_404(Attachment.objects.for_user(user, "open"), pk=pk)
    if not Attachment.objects.for_user(user, "refetch").filter(pk=row.pk).exists():
        raise NotAllowed(Attachment.guard["refetch"])
    try:
        actions.fetch_again(row, by=user.actor)
    except Refusal as refusal:
        return refuse(request, refusal.code, refusal.detail)
    back = request.headers.get("Referer", "/")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return HttpResponse(status=204) if "HX-Request" in request.headers else redirect(back if is_ours else "/")


@login_not_required
@require_safe
def handed(request: HttpRequest, token: str) -> Any:
    """A file for a provider that fetches by itself: a signature opens it, for ten minutes. On the platform's host."""
    named = serving.handed(token)
    if named is None:
        raise Http404
    with schema_context(named[0]):
        row = Attachment.objects.filter(pk=named[1], state=Attachment.State.READY).first()
        file = store.get(row.storage_key) if row else None
        if row is None or file is None:
            raise Http404
        with file:
            data = file.read()
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return HttpResponse(data, content_type=row.mime, headers={**headers, "Content-Disposition": "attachment"})


def told(row: Attachment) -> dict[str, Any]:
    """A file as a script shows it."""
    return {
        "id": str(row.pk), "kind": row.kind, "name": row.name, "mime": row.mime, "bytes": row.bytes,
        "width": row.width, "height": row.height, "url": row.url, "thumb": row.thumb,
    }  # fmt: skip
