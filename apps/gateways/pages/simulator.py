"""The simulator's page: pretend phones, what they show, their faults and their clock.

For holders of `prompts.test` or of `settings.whatsapp`; everybody else is told which word would open it.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.core.access import NotAllowed
from apps.core.problems import STATUS
from apps.core.refusals import Refusal
from apps.gateways.models import Inbox, SimulatorBubble, SimulatorPhone
from apps.gateways.simulator import faults as possible
from apps.gateways.simulator import files
from apps.gateways.simulator import phone as verbs
from apps.gateways.simulator.deeds import perform

LAST = 200  # bubbles on the screen
KINDS = ("image", "video", "audio", "voice", "document", "sticker")


@require_GET
def simulator(request: HttpRequest) -> HttpResponse:
    """All pretend phones, and one of them in the hand: `?phone=`, else the one used last."""
    phones = _phones(request)
    shown = SimulatorBubble.objects.order_by("-created_at").values_list("phone", flat=True).first()
    wanted = request.GET.get("phone") or str(shown)
    chosen = next((each for each in phones if str(each.pk) == wanted), phones[0] if phones else None)
    context: dict[str, Any] = {"phones": phones, "phone": chosen, "page_simulator": True}
    if chosen:
        context |= {
            "inbox": chosen.inbox, "bubbles": _bubbles(chosen), "faults": possible.switches(chosen.faults),
            "clock_label": _clock_label(chosen),
        }  # fmt: skip
    else:
        context["inbox"] = Inbox.objects.filter(gateway="simulator", archived_at=None).first()
    return render(request, "simulator/phone.html", context)


@require_GET
def bubbles(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The screen alone: the answer to a nudge."""
    return render(request, "simulator/_bubbles.html", {"bubbles": _bubbles(_phone(request, pk))})


@require_GET
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file of a bubble: what the pretend customer sent, or what we sent to them."""
    row = get_object_or_404(SimulatorBubble, pk=pk, phone__in=[phone.pk for phone in _phones(request)])
    data = files.read(str(row.payload.get("id", "")))
    if data is None:
        raise Http404
    kind = files.type_of(row)
    how = "inline" if kind.startswith(files.SHOWN) else "attachment"
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    return HttpResponse(data, content_type=kind, headers={**headers, "Content-Disposition": how})


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Have the pretend customer do something: write, unless `type` says otherwise."""
    phone = _phone(request, request.POST.get("phone"))
    given: dict[str, Any] = {**request.POST.dict(), **request.FILES.dict()}
    try:
        perform(phone, str(given.get("type") or ("reaction" if "reaction" in given else "text")), given)
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "detail": refusal.detail}, status=STATUS[refusal.code])
    return HttpResponse(status=204) if "HX-Request" in request.headers else _back_to(phone)


@require_POST
def faults(request: HttpRequest) -> HttpResponse:
    """Keep the switches as the form has them."""
    phone = _phone(request, request.POST.get("phone"))
    try:
        verbs.set_faults(phone, faults=possible.switched_on(request.POST.getlist("faults")), by=_actor(request))
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "detail": refusal.detail}, status=STATUS[refusal.code])
    return _back_to(phone)


@require_POST
def clock(request: HttpRequest) -> HttpResponse:
    """Move the provider's clock by `hours` from the server's."""
    phone = _phone(request, request.POST.get("phone"))
    try:
        verbs.set_clock(phone, offset=timedelta(hours=int(request.POST.get("hours", "0"))), by=_actor(request))
    except (Refusal, ValueError, OverflowError):
        return HttpResponse(status=400)
    return _back_to(phone)


def _phones(request: HttpRequest) -> list[SimulatorPhone]:
    user: Any = request.user
    if not (user.may("prompts.test") or user.may("settings.whatsapp")):
        raise NotAllowed("prompts.test")
    phones = SimulatorPhone.objects.for_user(user).filter(inbox__archived_at=None)
    return list(phones.select_related("inbox"))


def _phone(request: HttpRequest, pk: Any) -> SimulatorPhone:
    allowed = {str(phone.pk): phone for phone in _phones(request)}
    if str(pk) not in allowed:
        raise Http404
    return allowed[str(pk)]


def _bubbles(phone: SimulatorPhone) -> list[SimulatorBubble]:
    rows = list(phone.bubbles.reverse()[:LAST])[::-1]
    for row in rows:
        row.files = [_shown(row)] if row.payload.get("id") and row.type in KINDS else []
    return rows


def _shown(row: SimulatorBubble) -> dict[str, Any]:
    """A bubble's file, as the thread's template shows one."""
    content = row.payload
    return {
        "kind": row.type, "state": "ready", "url": reverse("simulator-file", args=[row.pk]),
        "name": content.get("filename", ""),
    }  # fmt: skip


def _clock_label(phone: SimulatorPhone) -> str:
    hours = round(phone.clock_offset.total_seconds() / 3600)
    if not hours:
        return ""
    if hours < 0:
        return ngettext("%(n)d hour behind", "%(n)d hours behind", -hours) % {"n": -hours}
    return ngettext("%(n)d hour ahead", "%(n)d hours ahead", hours) % {"n": hours}


def _actor(request: HttpRequest) -> Any:
    return request.user.actor  # type: ignore[union-attr]


def _back_to(phone: SimulatorPhone) -> HttpResponse:
    return redirect(f"{reverse('simulator')}?phone={phone.pk}")
