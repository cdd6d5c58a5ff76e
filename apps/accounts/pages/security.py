"""How I come in: password, e-mail, second factor, and where I am signed in."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import actions, passwords
from apps.accounts import second_factor as factor
from apps.accounts import sessions as rows
from apps.accounts.forms import ChangeEmailForm, ChangePasswordForm, CodeForm, PasswordForm, ProofForm
from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import DeviceSession, User
from apps.core import throttles
from apps.core.problems import STATUS
from apps.core.refusals import Refusal


@never_cache
@sensitive_post_parameters("old", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Another password; the other sessions end, this one goes on."""
    me = cast("SignedInRequest", request).me
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    page = {"form": form, "page_me": "password"}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            throttles.take("proof", str(me.user.pk), 10, 900)
            user = passwords.change(
                me.user, old=said["old"], new=said["password"], by=me.user.actor, keep=rows.device_of(request.session)
            )
        except Refusal as refusal:
            form.add_error("old", refusal.detail)
            return render(request, "accounts/password.html", page, status=STATUS[refusal.code])
        except ValidationError as error:
            form.add_error("password", error)
        else:
            stay(request, user)
            messages.success(request, _("Your password was changed. Your other sessions were ended."))
            return redirect("me-sessions")
    return render(request, "accounts/password.html", page, status=_status(form))


def stay(request: HttpRequest, user: User) -> None:
    """Keep this session going after its person's password has changed."""
    update_session_auth_hash(request, user)
    rows.keep_listed(request.session)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Another e-mail: nothing changes before the link in the mail to it is opened."""
    me = cast("SignedInRequest", request).me
    form = ChangeEmailForm(request.POST if request.method == "POST" else None)
    page = {"form": form, "page_me": "email"}
    if request.method == "POST" and form.is_valid():
        said, address = form.cleaned_data, throttles.client_address(request)
        try:
            throttles.ask_by_mail("confirm", said["email"], address)
            if not me.user.check_password(said["password"]):
                raise Refusal("invalid", _("The password is not right."))
            agent = request.headers.get("User-Agent", "")
            actions.ask_for_email(me.user, new_email=said["email"], by=me.user.actor, address=address, agent=agent)
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
            return render(request, "accounts/email.html", page, status=STATUS[refusal.code])
        return render(request, "accounts/email.html", {**page, "asked": said["email"]})
    return render(request, "accounts/email.html", page, status=_status(form))


@require_POST
def send_confirmation(request: HttpRequest) -> HttpResponse:
    """The mail with the link once more: three an hour."""
    me, address = cast("SignedInRequest", request).me, throttles.client_address(request)
    try:
        throttles.ask_by_mail("confirm", me.user.email, address)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    else:
        actions.send_confirmation(me.user, address=address, agent=request.headers.get("User-Agent", ""))
        messages.success(request, _("A mail with a link is on its way to you."))
    return redirect("me")


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set it up, get new backup codes, or turn it off. Operators, who must have one, use the same page."""
    user = cast("SignedInRequest", request).user
    site = cast("SignedInRequest", request).business
    page = {
        "page_me": "second-factor", "owes": user.owes_second_factor,
        "frame": "shell.html" if site else "base.html", "issuer": site.name if site else "Majlis",
    }  # fmt: skip
    verb = request.POST.get("verb", "")
    forms = {"begin": PasswordForm, "confirm": CodeForm, "renew": ProofForm, "disable": ProofForm}
    if request.method != "POST":
        return _factor_page(request, user, page)
    if verb not in forms:
        return _factor_page(request, user, page, status=400)
    form = forms[verb](request.POST)
    if not form.is_valid():
        return _factor_page(request, user, page, form, status=400)
    try:
        codes = _done(request, user, verb, form)
    except Refusal as refusal:
        form.add_error(None, refusal.detail)
        return _factor_page(request, user, page, form, status=STATUS[refusal.code])
    if codes:
        return render(request, "accounts/backup_codes.html", {**page, "codes": codes, "owes": False})
    return redirect("second-factor")


def _done(request: HttpRequest, user: User, verb: str, form: Form) -> list[str]:
    said, keep = form.cleaned_data, rows.device_of(request.session)
    throttles.take("proof", str(user.pk), 10, 900)
    if verb == "begin":
        factor.begin(user, password=said["password"], by=user.actor)
    elif verb == "confirm":
        return factor.confirm(user, said["code"], by=user.actor, keep=keep)
    elif verb == "renew":
        return factor.renew_codes(user, **said, by=user.actor, keep=keep)
    else:
        factor.disable(user, **said, by=user.actor, keep=keep)
    return []


def _factor_page(
    request: HttpRequest, user: User, page: dict[str, object], form: Form | None = None, status: int = 200
) -> HttpResponse:
    user = User.objects.get(pk=user.pk)
    waiting = user.totp is not None and not user.has_second_factor
    facts = {
        "on": user.has_second_factor, "since": user.totp_confirmed_at, "left": len(user.backup_codes),
        "setup": factor.setup_of(user, str(page["issuer"])) if waiting else None,
        "form": form or (CodeForm() if waiting else ProofForm() if user.has_second_factor else PasswordForm()),
    }  # fmt: skip
    return render(request, "accounts/second_factor.html", {**page, **facts}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; a POST ends all but this one."""
    me, here = cast("SignedInRequest", request).me, rows.device_of(request.session)
    if request.method == "POST":
        rows.revoke_sessions(me.user, by=me.user.actor, keep=here)
        messages.success(request, _("Your other sessions were ended."))
        return redirect("me-sessions")
    living = DeviceSession.objects.living().for_user(me.user).order_by("-last_seen_at")
    return render(request, "accounts/sessions.html", {"rows": living, "here": here, "page_me": "sessions"})


@require_POST
def revoke_session(request: HttpRequest, pk: object) -> HttpResponse:
    """End one of my sessions now."""
    me = cast("SignedInRequest", request).me
    row = get_object_or_404(DeviceSession.objects.living().for_user(me.user), pk=pk)
    rows.revoke_sessions(me.user, by=me.user.actor, only=row)
    return redirect("me-sessions")


def _status(form: Form) -> int:
    return 400 if form.errors else 200
