"""What a signed-in request needs before any page: the employee behind the user, their language, the local clock."""

from collections.abc import Callable
from contextlib import nullcontext
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts import sessions, visitors
from apps.accounts.models import Employee, User
from apps.core import numerals
from apps.core.problems import refuse
from apps.core.throttles import client_address
from apps.tenants.hosts import Site
from apps.tenants.middleware import ANYWHERE, closed, language_of_visitor

Handler = Callable[[HttpRequest], HttpResponse]

# Where one sets a second factor up, and what one may do instead of it: leave, or read it in another language.
OPEN_WHILE_OWING = (
    "/me/second-factor/", "/operators/second-factor/", "/operators/logout/", "/sign-out/", "/language/", "/theme/",
    "/api/v1/auth/mfa-enable/", "/api/v1/auth/mfa-confirm/", "/api/v1/auth/logout/",
)  # fmt: skip


class SignedInRequest(HttpRequest):
    """A request of a page on a business's host that needs a sign-in, with what the middleware has put on it."""

    user: User
    me: Employee
    business: Site


def employee(get_response: Handler) -> Handler:
    """Load the employee with the role in one query, sign out who may not be here, speak the person's language.

    Sets `request.me`: the employee on a business's host, else None. A request without a session cookie costs no query.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        request.me, request.visit = None, None  # type: ignore[attr-defined]
        if request.path in ANYWHERE:  # answered in public on every host: a business's session must not be looked for
            request.user = AnonymousUser()
            return get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _recognise(request)
        language = _language(request)
        digits = _digits(request, language)
        with translation.override(language), timezone.override(_zone(request)), numerals.using(digits):
            request.LANGUAGE_CODE = translation.get_language()
            visit = request.visit  # type: ignore[attr-defined]
            if visit and not visitors.may_ask(request.method, request.path):
                response = _not_for_visitors(request)
            else:
                with visitors.reading_only() if visit and request.path != visitors.LEAVES else nullcontext():
                    response = closed(request) or _owing(request) or get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return handle


def _recognise(request: HttpRequest) -> None:
    if request.business and visitors.KEY in request.session:  # type: ignore[attr-defined]
        visitor = visitors.visitor_of(request.session)
        if visitor is None:
            request.session.flush()
            return
        request.user, request.me, request.visit = visitor, visitor.employee, request.session[visitors.KEY]  # type: ignore[attr-defined]
        return
    user = request.user
    if user.is_authenticated and request.business:  # type: ignore[attr-defined]
        welcome = Employee.objects.filter(user_id=user.pk, deactivated_at=None, over_limit_at=None)
        here = welcome.filter(sessions.is_open(request.session, user.pk))
        if me := here.select_related("role").first():
            user.employee = request.me = me  # type: ignore[attr-defined]
            sessions.note_seen(request.session, me, client_address(request))
            return
    elif user.is_authenticated and user.is_operator:
        return
    if SESSION_KEY in request.session:
        logout(request)


def _not_for_visitors(request: HttpRequest) -> HttpResponse:
    """An operator who looks in tried to write, or to see what stays closed."""
    if request.path.startswith("/api/"):
        return refuse(request, "permission_denied", _("Who looks in from outside writes nothing."))
    raise PermissionDenied


def _owing(request: HttpRequest) -> HttpResponse | None:
    """What is answered to somebody who must set up a second factor first: its page, and nothing else (TEN-23)."""
    if not (hasattr(request, "_cached_user") and request.user.is_authenticated and request.user.owes_second_factor):
        return None
    if request.path in OPEN_WHILE_OWING:
        return None
    if request.path.startswith("/api/"):
        return refuse(request, "mfa_required", _("Set up a second factor first: your account needs one."))
    return redirect(reverse("second-factor", urlconf=getattr(request, "urlconf", None)))


def _language(request: HttpRequest) -> str:
    known = request.user.language if hasattr(request, "_cached_user") and request.user.is_authenticated else ""
    return known if known in dict(settings.LANGUAGES) else language_of_visitor(request)


def _digits(request: HttpRequest, language: str) -> str:
    site, me = request.business, request.me  # type: ignore[attr-defined]
    return numerals.chosen(me.digits if me else "", site.digits if site else numerals.LATIN, language=language)


def _zone(request: HttpRequest) -> ZoneInfo:
    site, me = request.business, request.me  # type: ignore[attr-defined]
    try:
        return ZoneInfo((me and me.timezone) or (site.timezone if site else settings.TIME_ZONE))
    except (KeyError, ValueError, OSError):  # a name that this machine's time zone data does not have
        return ZoneInfo("UTC")
