"""The door of a business: in with e-mail and password, out with one click."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import sign_in as door
from apps.accounts.forms import SignInForm
from apps.core.refusals import Refusal
from apps.core.throttles import client_address

STATUS = {"invalid": 400, "throttled": 429}


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Who are you? One answer for every way of being wrong; 429 with Retry-After for too many tries."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "accounts/sign_in.html", {"form": form})
    status, wait = STATUS["invalid"], 0
    if form.is_valid():
        try:
            user = door.recognise(**form.cleaned_data, address=client_address(request))
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
            status, wait = STATUS[refusal.code], refusal.extra.get("retry_after", 0)
        else:
            door.enter(request, user)
            return redirect(_next(request))
    response = render(request, "accounts/sign_in.html", {"form": form}, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


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
