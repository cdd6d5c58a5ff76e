"""The providers' door. Verify, store, answer; everything slow happens after the commit.

200 only after everything authentic is stored; 401 or 403 for a body that proves nothing; 404 for a token nobody has;
never a 4xx for content.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.conversations import ledger
from apps.gateways import protocol
from apps.gateways.actions import handshake_tokens, proof_secrets
from apps.tenants.models import GatewayApp
from apps.tenants.queries import app_of_token

LARGEST = 4 * 1024 * 1024  # bytes; Meta sends up to 3 MB (GW-09)
KEPT_HEADERS = ("Content-Type", "User-Agent", "I-Twilio-Idempotency-Token")


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, gateway: str, token: str) -> HttpResponse:
    """One address per app. GET is the provider's handshake, POST its news."""
    app = app_of_token(gateway, token) if gateway in protocol.GATEWAYS else None
    if app is None:
        raise Http404
    try:
        if request.method == "GET":
            return _handshake(request, app)
        return _accept(request, app)
    except protocol.Forged as forged:
        return HttpResponse(status=forged.status)


def _handshake(request: HttpRequest, app: GatewayApp) -> HttpResponse:
    challenge = protocol.gateway(app.gateway).handshake(request.GET.dict(), handshake_tokens(app))
    return HttpResponse(challenge, content_type="text/plain; charset=utf-8")


def _accept(request: HttpRequest, app: GatewayApp) -> HttpResponse:
    received_at = timezone.now()
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    body = request.body
    url = settings.PUBLIC_BASE_URL + request.get_full_path()
    form = request.POST if request.content_type == "application/x-www-form-urlencoded" else None
    protocol.gateway(app.gateway).verify(body, request.headers, url, form, proof_secrets(app))
    headers = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
    ledger.accept(ledger.Post(app, _with_query(request, body), headers, received_at))
    return HttpResponse()


def _with_query(request: HttpRequest, body: bytes) -> bytes:
    """Twilio echoes nothing of ours but the status address itself: our id travels in its query."""
    if "opaque" not in request.GET:
        return body
    return body + b"&" + request.META["QUERY_STRING"].encode()


urlpatterns = [
    path("hooks/<slug:gateway>/<str:token>/", webhook, name="webhook"),
    path("hooks/<slug:gateway>/<str:token>/status/", webhook, name="webhook-status"),
]
