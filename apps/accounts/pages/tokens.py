"""My keys for programs: made with some of my own rights, shown once, listed, revoked (requirements ACC-17)."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import actions
from apps.accounts.forms import TokenForm
from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import ApiToken
from apps.billing.limits import require_feature
from apps.core.problems import STATUS
from apps.core.refusals import Refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The keys I have, and one more. The new one is in this answer and nowhere else."""
    me = cast("SignedInRequest", request).me
    form = TokenForm(request.POST if request.method == "POST" else None, held=me.permissions)
    made, status = "", 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            require_feature(request.business, "api_tokens")  # type: ignore[attr-defined]
            made = actions.issue_token(
                me, name=said["name"], days=said["days"], scopes=said["scopes"], by=me.user.actor
            )
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
            status = STATUS[refusal.code]
        else:
            form = TokenForm(None, held=me.permissions)
    elif form.errors:
        status = 400
    own = ApiToken.objects.filter(employee=me).order_by("revoked_at", "-created_at")
    page = {"form": form, "rows": own, "made": made, "page_me": "tokens"}
    return render(request, "accounts/tokens.html", page, status=status)


@require_POST
def revoke(request: HttpRequest, pk: object) -> HttpResponse:
    """End a key of mine now."""
    me = cast("SignedInRequest", request).me
    actions.revoke_token(get_object_or_404(ApiToken.objects.filter(employee=me), pk=pk), by=me.user.actor)
    messages.success(request, _("The token was revoked. It opens nothing any more."))
    return redirect("me-tokens")
