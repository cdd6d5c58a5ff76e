"""The host decides the business. Every request starts in public and ends in public."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core.problems import refuse
from apps.tenants import hosts
from apps.tenants.models import Business
from apps.tenants.postgres.context import PLATFORM, current_tenant

Handler = Callable[[HttpRequest], HttpResponse]
ANYWHERE = ("/healthz", "/readyz", "/metrics")
SAFE = ("GET", "HEAD")
# Whatever a business's state: coming in and going out, the face on the door, and what machines ask for.
ALWAYS_OPEN = (
    "/language/",
    "/sign-in/",
    "/sign-out/",
    "/logo/",
    "/api/v1/auth/log",
    "/manifest.webmanifest",
    "/sw.js",
    "/offline/",
)
# While it closes, and while it is suspended: everything that is theirs as one file.
TO_LEAVE = ("/settings/data/export/", "/api/v1/business/export/")
TO_REOPEN = ("/settings/data/reopen/", "/api/v1/business/reopen/")
# For holders of settings.billing while it is suspended: the bill, and what is their own.
TO_PAY = (
    "/subscription/", "/api/v1/subscription/", "/api/v1/usage/", "/api/v1/invoices/", "/api/v1/plans/",
    "/exports/", "/api/v1/exports/", *TO_LEAVE,
)  # fmt: skip


class BusinessMiddleware:
    """Enters the business of the request's host; unknown hosts get a page without hints."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Not tenant_context: it also makes an object for the migration login, in each request's new thread.
        outside = current_tenant.set(PLATFORM)
        try:
            return self._answer(request)
        finally:
            current_tenant.reset(outside)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        request.business = None  # type: ignore[attr-defined]
        try:
            host = request.get_host().rsplit(":", 1)[0]
        except DisallowedHost:
            return self._unknown(request)
        if hosts.is_platform(host) or request.path in ANYWHERE:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            return self.get_response(request)
        site = hosts.site_of(host)
        if site is None:
            return self._unknown(request)
        request.business = site  # type: ignore[attr-defined]
        if site.status in (Business.Status.PROVISIONING, Business.Status.FAILED):
            with translation.override(language_of_visitor(request)):
                response = render(request, "waiting.html", status=503)
                response["Retry-After"] = "3"
                return response
        if (
            host.lower() != site.primary_host.lower()
            and request.method in SAFE
            and not request.path.startswith("/api/")
        ):
            return HttpResponseRedirect(request.build_absolute_uri().replace(host, site.primary_host, 1))
        current_tenant.set(site)
        return self.get_response(request)

    @staticmethod
    def _unknown(request: HttpRequest) -> HttpResponse:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        with translation.override(language_of_visitor(request)):
            return render(
                request, "tenants/unknown_host.html", {"platform_url": settings.PUBLIC_BASE_URL + "/"}, status=404
            )


def closed(request: HttpRequest) -> HttpResponse | None:
    """The 403 of a suspended or closing business (requirements TEN-09, TEN-20); None where the request may go on.

    Asked after sessions and CSRF, so that the page can still change its language and sign people in and out, and so
    that whoever pays finds the way to the subscription. A closing business can be read by all who could before.
    """
    site: hosts.Site | None = request.business  # type: ignore[attr-defined]
    if site is None or site.status == Business.Status.READY or request.path.startswith(ALWAYS_OPEN):
        return None
    if site.status == Business.Status.CLOSING and (request.method in SAFE or request.path in (*TO_REOPEN, *TO_LEAVE)):
        return None
    pays = request.path.startswith(TO_PAY) and request.user.is_authenticated and request.user.may("settings.billing")
    if site.status == Business.Status.SUSPENDED and pays:
        return None
    if site.status == Business.Status.CLOSING:
        until = date_format(site.closing_until, "j F Y") if site.closing_until else ""
        reason = _("This business closes on %(day)s; until then it can be read, not changed.") % {"day": until}
    else:
        reason = site.status_reason
    if request.path.startswith("/api/"):
        return refuse(request, "business_suspended", reason)
    page = "closing.html" if site.status == Business.Status.CLOSING else "suspended.html"
    return render(request, page, {"reason": reason}, status=403)


def language_of_visitor(request: HttpRequest) -> str:
    """What to speak with somebody unknown: what they chose, else the business's language, else the browser's."""
    site: hosts.Site | None = request.business  # type: ignore[attr-defined]
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    for code in (chosen, site.primary_language if site else ""):
        if code in dict(settings.LANGUAGES):
            return code
    return translation.get_language_from_request(request)
