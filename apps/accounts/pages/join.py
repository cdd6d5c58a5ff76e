"""The door for somebody who was invited: a link that works once, and a password of their own."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts import actions
from apps.accounts import sign_in as door
from apps.accounts.forms import JoinForm
from apps.core.problems import STATUS
from apps.core.refusals import Refusal


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password and be part of the team. A link that is used, old or taken back is answered with 410."""
    try:
        invitation = actions.open_invitation(token)
        form = JoinForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            employee = actions.accept_invitation(token, password=form.cleaned_data["password"])
            door.enter(request, employee.user)
            return redirect("home")
    except ValidationError as weak:
        form.add_error("password", weak)
    except Refusal as refusal:
        return render(request, "accounts/join_closed.html", {"refusal": refusal}, status=STATUS[refusal.code])
    status = 400 if form.errors else 200
    return render(request, "accounts/join.html", {"form": form, "invitation": invitation}, status=status)
