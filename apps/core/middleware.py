"""What every answer carries: a request id and a content security policy without inline script."""

import ipaddress
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.core.logs import Caller
from apps.core.logs import caller as current_caller
from apps.core.logs import request_id as current_request_id
from apps.core.models import new_id
from apps.core.throttles import client_address

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob: {store}; media-src 'self' blob: {store}; font-src 'self'; "
    "connect-src 'self' {sockets}; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def request_id(get_response: Handler) -> Handler:
    """Give each request an id that its log lines, its audit rows and an error page share, and note who calls."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.request_id = str(new_id())  # type: ignore[attr-defined]
        token = current_request_id.set(request.request_id)  # type: ignore[attr-defined]
        whence = current_caller.set(_caller(request))
        try:
            response = get_response(request)
        finally:
            current_caller.reset(whence)
            current_request_id.reset(token)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return handle


def _caller(request: HttpRequest) -> Caller:
    try:
        address: str | None = str(ipaddress.ip_address(client_address(request)))
    except ValueError:  # a proxy wrote something else there
        address = None
    agent = request.META.get("HTTP_USER_AGENT", "").replace("\x00", "")
    return Caller(address, agent.encode("utf-8", "replace").decode()[:300])


def content_security_policy(get_response: Handler) -> Handler:
    """Allow only our own files, and inline blocks that carry this answer's nonce."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = get_response(request)
        sockets = f"ws://{request.get_host()} wss://{request.get_host()}" if response.status_code < 400 else ""
        if not response.has_header("Content-Security-Policy"):
            nonce: str = request.csp_nonce  # type: ignore[attr-defined]
            told = POLICY.format(nonce=nonce, sockets=sockets, store=settings.FILE_ORIGIN)
            response["Content-Security-Policy"] = told
        return response

    return handle
