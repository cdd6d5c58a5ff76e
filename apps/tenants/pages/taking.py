"""Everything of the business as one file, for who may end it: asked for here, fetched here."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.audit import exports
from apps.audit.models import ExportJob
from apps.core.access import require
from apps.core.problems import STATUS
from apps.core.refusals import Refusal
from apps.tenants.forms import PasswordForm
from apps.tenants.moving import asking
from apps.tenants.reauthentication import check_password_again

LAST = 5
WAITING = (ExportJob.State.QUEUED, ExportJob.State.RUNNING)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: HttpRequest) -> HttpResponse:
    """One's own archives; a POST asks for another, and its answer alone shows the key."""
    user: Any = request.user
    for word in asking.WORDS:
        require(user, word)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    key, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            check_password_again(user, form.cleaned_data["password"])
            _job, key = asking.ask(user, by=user.actor)
        except Refusal as refusal:
            form.add_error("password" if refusal.code == "invalid" else None, refusal.detail)
            status = STATUS[refusal.code]
        else:
            form = PasswordForm()
    elif form.errors:
        status = 400
    jobs = ExportJob.objects.for_user(user).filter(kind=asking.KIND).order_by("-created_at")[:LAST]
    rows = [{"job": job, "progress": exports.progress_of(job)} for job in jobs]
    waiting = any(row["job"].state in WAITING for row in rows)
    page = {"form": form, "rows": rows, "key": key, "waiting": waiting, "page_settings": "data"}
    return render(request, "settings/export.html", page, status=status)
