"""What a mailed link opens: a new password, a confirmed e-mail. Looking at it changes nothing; the button does.

Mail programs open links to look at them, so a link is used up by a POST alone.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts import actions, links, passwords
from apps.accounts.forms import EmailForm, NewPasswordForm
from apps.accounts.models import SignedLink
from apps.core import throttles
from apps.core.refusals import Refusal

Purpose = SignedLink.Purpose


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Forgotten? Whoever asks reads the same, whether or not the e-mail is known here."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email, address = form.cleaned_data["email"], throttles.client_address(request)
        try:
            throttles.ask_by_mail("reset", email, address)
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
            response = render(request, "accounts/reset.html", {"form": form}, status=429)
            response["Retry-After"] = str(refusal.extra["retry_after"])
            return response
        passwords.ask_for_reset(email, address=address, agent=request.headers.get("User-Agent", ""))
        return render(request, "accounts/reset_asked.html", {"email": email})
    return render(request, "accounts/reset.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password; then sign in with it, everywhere anew."""
    link = links.find(token, Purpose.RESET)
    if link is None:
        return gone(request, "reset")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            passwords.reset(token, form.cleaned_data["password"])
        except ValidationError as error:
            form.add_error("password", error)
        except Refusal:
            return gone(request, "reset")
        else:
            messages.success(request, _("Your new password is set. Sign in with it."))
            return redirect("sign-in")
    status = 400 if form.errors else 200
    return render(request, "accounts/new_password.html", {"form": form, "email": link.user.email}, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """This e-mail is mine."""
    link = links.find(token, Purpose.CONFIRM_EMAIL, Purpose.CHANGE_EMAIL)
    if link is None:
        return gone(request, "confirm")
    if request.method == "POST":
        try:
            actions.confirm_email(token)
        except Refusal as refusal:
            if refusal.code == "expired_link":
                return gone(request, "confirm")
            return render(request, "accounts/confirm.html", {"error": refusal.detail}, status=409)
        page = {"email": link.new_email or link.user.email, "changed": bool(link.new_email)}
        return render(request, "accounts/confirmed.html", page)
    return render(request, "accounts/confirm.html", {"email": link.new_email or link.user.email})


def gone(request: HttpRequest, kind: str) -> HttpResponse:
    """410: the link was used, replaced or is too old, and what to do about it."""
    return render(request, "accounts/link_gone.html", {"kind": kind}, status=410)
