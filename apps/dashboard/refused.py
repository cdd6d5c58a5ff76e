"""What is shown when something is refused or broken: a page for people, a problem document under /api/."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.access import NotAllowed
from apps.core.problems import refuse

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: it could not be read."""
    return _refused(request, 400, "invalid")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not allowed. The page names the permission that is missing."""
    missing = exception.required if isinstance(exception, NotAllowed) else None
    if _is_api(request):
        return refuse(request, "permission_denied", required_permission=missing)
    return render(request, "403.html", {"missing": missing}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it is not here, or not for these eyes; the answer does not say which.

    An open conversation that asks for its own news leaves for the inbox: somebody else has it now.
    """
    response = _refused(request, 404, "not_found")
    route = getattr(request.resolver_match, "route", "")
    if request.method == "GET" and "HX-Request" in request.headers and route.startswith("inbox/<uuid:pk>/"):
        messages.warning(request, _("You no longer see this conversation. It went to somebody else, or was deleted."))
        response["HX-Redirect"] = reverse("inbox")
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """500: ours. Only the request's id leaves, and if even the page cannot be drawn, a line of plain text."""
    try:
        return _refused(request, 500, "internal", request_id=getattr(request, "request_id", ""))
    except Exception:
        log.exception("The page for broken pages is broken")
        return HttpResponse("500", status=500, content_type="text/plain")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is not ours, or it is older than the cookie it came with. Nothing has changed."""
    if _is_api(request):
        return refuse(
            request, "permission_denied", _("The CSRF token is missing or too old."), required_permission=None
        )
    return render(request, "dashboard/stale_page.html", status=403)


def _refused(request: HttpRequest, status: int, code: str, **facts: str) -> HttpResponse:
    if _is_api(request):
        return refuse(request, code, **facts)
    return render(request, f"{status}.html", status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
