"""One's own page: who I am, how I look, which language and clock I read."""

from typing import cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import actions, portraits
from apps.accounts.forms import ProfileForm
from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Employee
from apps.core.problems import STATUS
from apps.core.refusals import Refusal

SLACK = 64 * 1024  # bytes that a form may have besides its picture


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """My name, phone, words about me, language, time zone and appearance."""
    me = cast("SignedInRequest", request).me
    posted = request.POST if request.method == "POST" else None
    form = ProfileForm(posted, initial=_present(me))
    if posted is not None and form.is_valid():
        actions.edit_profile(me, by=me.user.actor, **form.cleaned_data)
        with translation.override(me.language):
            messages.success(request, _("Saved."))
        return redirect("me")
    return render(request, "accounts/me.html", {"form": form, "page_me": "profile"}, status=400 if form.errors else 200)


@require_POST
def avatar(request: HttpRequest) -> HttpResponse:
    """Show this picture of me, or initials again. A file that is too large is refused before it is read (413)."""
    me = cast("SignedInRequest", request).me
    try:
        if int(request.headers.get("Content-Length") or 0) > portraits.LARGEST + SLACK:
            raise Refusal("too_large", _("A picture may have 2 MB at most."))
        if "clear" in request.POST:
            portraits.clear_portrait(me, by=me.user.actor)
        elif upload := request.FILES.get("avatar"):
            portraits.set_portrait(me, upload, by=me.user.actor)
        else:
            raise Refusal("invalid", _("Choose a picture first."))
    except Refusal as refusal:
        page = {"form": ProfileForm(initial=_present(me)), "page_me": "profile", "picture_error": refusal.detail}
        return render(request, "accounts/me.html", page, status=STATUS[refusal.code])
    return redirect("me")


@require_safe
def portrait(request: HttpRequest, pk: object) -> FileResponse:
    """The picture of somebody of this business, for whoever is signed in here."""
    file = portraits.open_portrait(get_object_or_404(Employee, pk=pk))
    if file is None:
        raise Http404
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=300"
    return response


def _present(me: Employee) -> dict[str, str]:
    return {**{name: getattr(me, name) for name in actions.OWN_FIELDS}, "language": me.language}
