"""What a business says of itself, and how it looks."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.access import require
from apps.core.refusals import Refusal
from apps.tenants import actions
from apps.tenants.colours import brand
from apps.tenants.forms import LogoForm, ProfileForm
from apps.tenants.models import Business

A_YEAR = 365 * 24 * 3600  # seconds
GROUPS = (  # as they stand on the page
    ("name", "legal_name", "industry", "description_en", "description_ar"),
    ("country", "timezone", "currency", "primary_language", "languages", "digits"),
    ("support_email", "support_phone", "address", "website"),
    ("colour_primary", "colour_secondary", "colour_accent"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The whole profile: saved, or refused field by field."""
    require(request.user, "settings.view" if request.method != "POST" else "settings.edit")
    row = Business.objects.get(pk=request.business.id)  # type: ignore[attr-defined]
    if request.method != "POST":
        return _profile(request, ProfileForm(instance=row), row.version)
    form, version = ProfileForm(request.POST, instance=row), request.POST.get("version", "")
    if not form.is_valid() or not version.isdecimal():
        return _profile(request, form, version, status=400)
    try:
        saved = actions.edit_business(row.pk, by=request.user.actor, version=int(version), **form.cleaned_data)  # type: ignore[union-attr]
    except Refusal as refusal:
        form.add_error(None, refusal.detail)
        return _profile(request, form, refusal.extra.get("current", version), status=409)
    messages.success(request, _("Saved."))
    if brand(saved.colour_primary).changed and "colour_primary" in form.changed_data:
        messages.info(request, _("Your main colour is shown in the nearest shade on which words can be read."))
    return redirect("settings-business")


@require_POST
def logo(request: HttpRequest) -> HttpResponse:
    """Show another picture, or none."""
    require(request.user, "settings.edit")
    business = Business.objects.get(pk=request.business.id)  # type: ignore[attr-defined]
    if "remove" in request.POST:
        actions.remove_logo(business, by=request.user.actor)  # type: ignore[union-attr]
        return redirect("settings-business")
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            picture = form.cleaned_data["logo"].read(actions.LARGEST_LOGO + 1)
            actions.set_logo(business, picture=picture, by=request.user.actor)  # type: ignore[union-attr]
        except Refusal as refusal:
            form.add_error("logo", refusal.detail)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings-business")
    return _profile(request, ProfileForm(instance=business), business.version, status=400, logo_form=form)


@login_not_required
@require_safe
def picture(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One of the logo's pictures. Whoever may see the sign-in page may see it; its address changes with it."""
    key: str = request.business.logo_key  # type: ignore[attr-defined]
    if not key.endswith(f"/{pk}"):
        raise Http404
    try:
        data = actions.picture_of(key, name)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(
        data,
        content_type="image/png",
        headers={
            "Cache-Control": f"public, max-age={A_YEAR}, immutable",
            "Content-Security-Policy": "default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def _profile(
    request: HttpRequest, form: ProfileForm, version: int | str, *, status: int = 200, logo_form: LogoForm | None = None
) -> HttpResponse:
    facts = {
        "form": form,
        "groups": [[form[name] for name in group] for group in GROUPS],
        "logo_form": logo_form or LogoForm(),
        "version": version,
        "may_edit": request.user.may("settings.edit"),  # type: ignore[union-attr]
        "page_settings": "business",
    }
    return render(request, "settings/business.html", facts, status=status)
