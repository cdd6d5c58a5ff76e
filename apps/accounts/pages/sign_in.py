"""The door of a business: in with e-mail and password, and a code where one is set up; out with one click."""

import time

from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import sign_in as door
from apps.accounts.forms import CodeForm, SignInForm
from apps.accounts.models import User
from apps.core.refusals import Refusal
from apps.core.throttles import client_address

STATUS = {"invalid": 400, "mfa_required": 400, "throttled": 429}
HALF = "half"  # where a session keeps who has shown the password and still owes the code
PATIENCE = 300  # seconds to find the phone


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Who are you? One answer for every way of being wrong; 429 with Retry-After for too many tries."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            user = door.recognise(said["email"], said["password"], address=client_address(request))
        except Refusal as refusal:
            return _refused(request, "accounts/sign_in.html", form, refusal)
        if user.has_second_factor:
            until = time.time() + PATIENCE
            request.session[HALF] = {
                "user": str(user.pk), "until": until, "remember": said["remember"], "next": _next(request),
            }  # fmt: skip
            return redirect("sign-in-code")
        door.enter(request, user, remembered=said["remember"])
        return HttpResponseRedirect(_next(request))
    return render(request, "accounts/sign_in.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second proof, for who has shown the password within the last five minutes in this browser."""
    half = request.session.get(HALF) or {}
    user = User.objects.filter(pk=half["user"], is_active=True).first() if half.get("until", 0) > time.time() else None
    if user is None:
        return redirect("sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            door.recognise_code(user, form.cleaned_data["code"], address=client_address(request))
        except Refusal as refusal:
            return _refused(request, "accounts/code.html", form, refusal)
        del request.session[HALF]
        door.enter(request, user, remembered=half["remember"])
        return HttpResponseRedirect(half["next"])
    return render(request, "accounts/code.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out, and nothing stays behind in this browser."""
    door.leave(request)
    response = redirect("sign-in")
    response["Clear-Site-Data"] = '"storage"'
    return response


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is on this very host."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here else "/"


def _refused(request: HttpRequest, template: str, form: Form, refusal: Refusal) -> HttpResponse:
    form.add_error(None, refusal.detail)
    response = render(request, template, {"form": form}, status=STATUS[refusal.code])
    if wait := refusal.extra.get("retry_after"):
        response["Retry-After"] = str(wait)
    return response
