"""The page of credentials: what is set, by whom, and three things to do with each. A value goes in, never out.

It stands here because only the gateways know every number and can try a credential with its provider.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import secrets
from apps.accounts.models import Secret
from apps.core.access import require
from apps.core.problems import STATUS
from apps.core.refusals import Refusal
from apps.gateways import probes

WORD = "secrets.edit"
Name = Secret.Name
# What each is called, and where people find it.
CALLED = {
    Name.META_ACCESS_TOKEN: gettext_lazy("Meta access token"),
    Name.META_APP_SECRET: gettext_lazy("Meta app secret"),
    Name.META_VERIFY_TOKEN: gettext_lazy("Meta verify token"),
    Name.TWILIO_ACCOUNT_SID: gettext_lazy("Twilio account SID"),
    Name.TWILIO_AUTH_TOKEN: gettext_lazy("Twilio auth token"),
    Name.OPENAI_API_KEY: gettext_lazy("OpenAI key"),
    Name.STRIPE_SECRET_KEY: gettext_lazy("Stripe secret key"),
    Name.STRIPE_WEBHOOK_SECRET: gettext_lazy("Stripe signing secret"),
    Name.GOOGLE_CLIENT_ID: gettext_lazy("Google client id"),
    Name.GOOGLE_CLIENT_SECRET: gettext_lazy("Google client secret"),
    Name.GOOGLE_REFRESH_TOKEN: gettext_lazy("Google refresh token"),
    Name.CALDAV_PASSWORD: gettext_lazy("CalDAV password"),
}
USED_FOR = {
    "meta": gettext_lazy("Sending, media and proof of what Meta posts"),
    "twilio": gettext_lazy("Sending through Twilio and proof of what it posts"),
    "openai": gettext_lazy("The assistant's language model and transcription"),
    "stripe": gettext_lazy("Payments of your customers"),
    "google": gettext_lazy("Calendar, contacts and speech"),
    "caldav": gettext_lazy("Another calendar"),
}


@require_GET
@never_cache
def secret_list(request: HttpRequest) -> HttpResponse:
    """Every place where a credential can be."""
    require(request.user, WORD)
    rows = [
        {
            "slot": each, "row": each.row, "label": CALLED[Name(each.name)],
            "use": USED_FOR[each.name.partition("_")[0]], "key": f"{each.name}-{each.scope.replace(':', '-')}",
        } for each in secrets.slots()
    ]  # fmt: skip
    return render(request, "secrets/list.html", {"rows": rows, "page_settings": "secrets"})


@require_POST
@sensitive_post_parameters("value")
def secret_set(request: HttpRequest) -> HttpResponse:
    """Keep the credential of the form."""

    def keep(name: str, scope: str, by: Any) -> str:
        secrets.set_secret(name, request.POST.get("value", "").strip()[:5000], scope=scope, by=by)
        return _("It is kept and in force from now on.")

    return _do(request, keep)


@require_POST
def secret_clear(request: HttpRequest) -> HttpResponse:
    """Remove one."""

    def clear(name: str, scope: str, by: Any) -> str:
        secrets.clear_secret(name, scope=scope, by=by)
        return _("It is gone. What needs it waits until you set another.")

    return _do(request, clear)


@require_POST
def secret_test(request: HttpRequest) -> HttpResponse:
    """Try one with its provider."""

    def test(name: str, scope: str, by: Any) -> str:
        row, told = probes.try_secret(name, scope=scope, by=by)
        if row.test_result != Secret.Result.OK:
            raise Refusal("conflict", told)
        return _("It works: %(answer)s") % {"answer": told}

    return _do(request, test)


def _do(request: HttpRequest, deed: Callable[[str, str, Any], str]) -> HttpResponse:
    require(request.user, WORD)
    name, scope = request.POST.get("name", ""), request.POST.get("scope", "")
    try:
        found = secrets.slot(name, scope)
        messages.success(request, deed(found.name, found.scope, request.user.actor))  # type: ignore[union-attr]
    except Refusal as refusal:
        if STATUS.get(refusal.code) == 404:
            return HttpResponse(status=404)
        messages.error(request, refusal.detail)
    return redirect("secrets")
