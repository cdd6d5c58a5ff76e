"""Stripe's door, on the platform's host. A signature opens it; 200 only after what it says is stored."""

import stripe
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.billing import actions

LARGEST = 1024 * 1024  # bytes; Stripe's events are a few kilobytes


@login_not_required
@csrf_exempt
@require_POST
def stripe_platform(request: HttpRequest) -> HttpResponse:
    """An event of the platform's account: 401 unsigned, 403 wrongly signed, 404 where cards are not taken."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        return HttpResponse(status=404)
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    signature = request.headers.get("Stripe-Signature")
    if not signature:
        return HttpResponse(status=401)
    body = request.body
    try:
        event = stripe.Webhook.construct_event(body, signature, settings.STRIPE_WEBHOOK_SECRET)
    except (ValueError, stripe.SignatureVerificationError):
        return HttpResponse(status=403)
    actions.take_event(event.to_dict(), body.decode())
    return HttpResponse()


urlpatterns = [path("hooks/stripe/platform/", stripe_platform, name="stripe-platform")]
