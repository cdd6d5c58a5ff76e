"""The platform's doors for strangers: opening a business, waiting for it, finding one's own again."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import sign_in as door
from apps.core import places, throttles
from apps.core.refusals import Refusal
from apps.core.throttles import client_address
from apps.dashboard import tasks
from apps.dashboard.signup import finding, opening, passage
from apps.dashboard.signup.forms import FindForm, PlaceForm, SignUpForm
from apps.tenants import signup as addresses
from apps.tenants.models import Business, SignUp


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """The form, filled as far as the browser tells; then the waiting page."""
    if request.method != "POST":
        return _form(request, SignUpForm(initial=_guesses(request)))
    form, status, wait = SignUpForm(request.POST), 400, 0
    response: HttpResponse
    if form.is_valid():
        try:
            throttles.sign_up(client_address(request))
            business = opening.apply(form.cleaned_data, language=translation.get_language())
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
            status, wait = (429 if refusal.code == "throttled" else 409), refusal.extra.get("retry_after", 0)
        else:
            response = redirect("signup-waiting")
            passage.remember(response, business, secure=settings.SECURE_PUBLIC)
            return response
    response = _form(request, form, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@login_not_required
@require_safe
def signup_place(request: HttpRequest) -> HttpResponse:
    """Time zone and currency as they usually are in a country: the answer to its choice."""
    country = request.GET.get("country", "")
    usual = {"timezone": places.timezone_of(country), "currency": places.currency_of(country)} if country else {}
    return render(request, "signup/_place.html", {"form": PlaceForm(initial=usual)})


@login_not_required
@require_safe
def signup_address(request: HttpRequest) -> HttpResponse:
    """The address a name would get, while it is typed."""
    return render(request, "signup/_address.html", address_of(request.GET.get("name", ""), request.GET.get("industry")))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signup_waiting(request: HttpRequest) -> HttpResponse:
    """How far the business is; when it is ready, the way in. POST asks for another round after it failed."""
    business = passage.remembered(request)
    if business is None:
        return redirect("find")
    job = SignUp.objects.filter(business=business).first()
    if request.method == "POST":
        if job:
            addresses.try_again(job)
        return redirect("signup-waiting")
    if business.status == Business.Status.READY and job is None:
        return redirect(_way_in(business))
    failed = job is not None and job.state == SignUp.State.FAILED
    return render(request, "signup/waiting.html", {"new": business, "failed": failed, "email": job and job.email})


@login_not_required
@never_cache
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """On the business's host: in with the pass of the waiting page, and on to the wizard."""
    owner = passage.take(request.GET.get("pass", ""))
    if owner:
        door.enter(request, owner)
    return redirect("welcome")


def address_of(name: str, industry: str | None) -> dict[str, Any]:
    """The address of a name, whether it is free as it stands, and the one that would be given."""
    known = industry in Business.Industry.values
    wanted = addresses.slug_for(name[:100], str(industry) if known else Business.Industry.OTHER)
    free = addresses.is_free(wanted)
    slug = wanted if free else addresses.with_ending(wanted)
    return {"name": name, "slug": slug, "is_free": free, "wanted": wanted, "url": addresses.url_of(slug)}


def _form(request: HttpRequest, form: SignUpForm, status: int = 200) -> HttpResponse:
    return render(request, "signup/signup.html", {"form": form}, status=status)


def _guesses(request: HttpRequest) -> dict[str, str]:
    country = places.country_of_browser(request.headers.get("Accept-Language", ""))
    usual = {"country": country, "timezone": places.timezone_of(country), "currency": places.currency_of(country)}
    return {**(usual if country else {}), "primary_language": translation.get_language()}


def _way_in(business: Business) -> str:
    host = addresses.url_of(business.slug)
    token = passage.pass_for(business)
    inside = settings.ROOT_URLCONF
    if token:
        return f"{host}{reverse('enter', urlconf=inside)}?{urlencode({'pass': token})}"
    return f"{host}{reverse('sign-in', urlconf=inside)}"


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What both sides promise."""
    return render(request, "signup/terms.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Where is my business? One answer for every e-mail; the rest is in the letter, if there is one."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "signup/find.html", {"form": form})
    status, wait = 400, 0
    if form.is_valid():
        try:
            sealed = finding.ask(form.cleaned_data["email"], address=client_address(request))
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
            status, wait = 429, refusal.extra.get("retry_after", 0)
        else:
            tasks.send_addresses.delay(sealed, translation.get_language())
            return render(request, "signup/find.html", {"sent": True})
    response = render(request, "signup/find.html", {"form": form}, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response
