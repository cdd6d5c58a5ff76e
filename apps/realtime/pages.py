"""The one page of presence: a small JSON of who is there, and the switch by hand."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.actions import set_availability
from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Employee
from apps.realtime.queries import AVAILABLE, AWAY, BUSY, OFFLINE, presence_of

WORDS = {
    AVAILABLE: pgettext_lazy("person", "Available"), BUSY: gettext_lazy("Busy"), AWAY: gettext_lazy("Away"),
    OFFLINE: gettext_lazy("Offline"),
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: SignedInRequest) -> HttpResponse:
    """Who is there, by the employee's id: the whole team for who may see it, else oneself. A POST sets one's own."""
    if request.method == "POST":
        return _say(request)
    people = Employee.objects.filter(deactivated_at=None)
    if not request.user.may("employees.view"):
        people = people.filter(pk=request.me.pk)
    ids = dict(people.values_list("pk", "user_id"))
    states = presence_of(ids.values())
    found: dict[str, Any] = {}
    for pk, user_id in ids.items():
        state = states.get(user_id, OFFLINE)
        found[str(pk)] = {"state": state, "word": str(WORDS[state])}
    return JsonResponse(found)


def _say(request: SignedInRequest) -> HttpResponse:
    wanted = request.POST.get("availability", "")
    if wanted not in Employee.Availability.values:
        raise BadRequest("There is no such state.")
    set_availability(request.me, to=wanted, by=request.user.actor)
    if "HX-Request" in request.headers:
        return HttpResponse(status=204)
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if here else "/")
