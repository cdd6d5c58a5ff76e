"""HTML doors: bringing a file, and its content for whoever may see what it belongs to."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from apps.core.access import require
from apps.core.problems import refuse
from apps.core.refusals import Refusal
from apps.media import actions, serving
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


def told(row: Attachment) -> dict[str, Any]:
    """A file as a script shows it."""
    return {
        "id": str(row.pk), "kind": row.kind, "name": row.name, "mime": row.mime, "bytes": row.bytes,
        "width": row.width, "height": row.height, "url": row.url, "thumb": row.thumb,
    }  # fmt: skip
