"""The wizard's page (TEN-15): one step at a time, each saved on the server before the next is shown."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.assistant.actions import edit_persona
from apps.assistant.models import Persona
from apps.core.access import require
from apps.core.problems import STATUS
from apps.core.refusals import Refusal
from apps.dashboard.welcome import starter, steps
from apps.dashboard.welcome.forms import BusinessForm, MetaForm, PersonaForm, ServicesForm, TwilioForm
from apps.gateways import connecting
from apps.gateways.models import Inbox, SimulatorPhone
from apps.tenants.actions import edit_business
from apps.tenants.models import Business

OWN_NUMBER = {"whatsapp_cloud": MetaForm, "twilio": TwilioForm}
EDITED = ("name", "industry", "country", "timezone", "currency", "primary_language")
SPOKEN = ("greeting_ar", "greeting_en", "tone", "language_rule")
SHOWN = 200  # bubbles on the pretend phone


@never_cache
@sensitive_post_parameters("meta_access_token", "meta_app_secret", "twilio_auth_token")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: SignedInRequest) -> HttpResponse:
    """The step of `?step=`, else the first one not yet done. POST saves it and leads to the next."""
    require(request.user, "settings.edit")
    progress = steps.progress(request.business.id)
    asked = request.POST.get("step") or request.GET.get("step") or ""
    step = int(asked) if asked in map(str, steps.KEYS) else min(progress.step, steps.LAST)
    if request.method != "POST":
        return _page(request, step, progress)
    try:
        if request.POST.get("act") == "skip":
            return _next(steps.skip(request.business.id, step=step, by=request.user.actor), step)
        met = SAVE[step](request)
        if isinstance(met, HttpResponse):
            return met
        if met is not None:
            return _page(request, step, progress, status=400, **met)
        return _next(steps.advance(request.business.id, step=step, by=request.user.actor), step)
    except Refusal as refusal:
        return _page(
            request, step, progress, status=STATUS[refusal.code], error=refusal.detail, **_typed(request, step)
        )


@never_cache
@require_safe
def answered(request: SignedInRequest) -> HttpResponse:
    """The foot of the last step: still waiting, or answered. The answer to a nudge."""
    require(request.user, "settings.edit")
    return render(request, "welcome/_answered.html", {"is_answered": steps.is_answered()})


def _page(
    request: SignedInRequest, step: int, progress: steps.Progress, status: int = 200, **given: Any
) -> HttpResponse:
    trail = [
        {"number": each, "title": steps.TITLES[each], "state": progress.state_of(each), "is_here": each == step}
        for each in steps.KEYS
    ]
    context = {**SHOW[step](request), **given, "trail": trail, "step": step, "progress": progress}
    return render(request, f"welcome/{steps.KEYS[step]}.html", context, status=status)


def _next(progress: steps.Progress, step: int) -> HttpResponse:
    if progress.is_done and step == steps.LAST:
        return redirect("home")
    return redirect(f"{reverse('welcome')}?step={min(step + 1, steps.LAST)}")


def _row(request: SignedInRequest) -> Business:
    return Business.objects.get(pk=request.business.id)


def _language() -> str:
    return "ar" if translation.get_language() == "ar" else "en"


def _show_business(request: SignedInRequest) -> dict[str, Any]:
    row = _row(request)
    return {"form": BusinessForm(initial={name: getattr(row, name) for name in EDITED})}


def _save_business(request: SignedInRequest) -> dict[str, Any] | None:
    form = BusinessForm(request.POST)
    if not form.is_valid():
        return {"form": form}
    edit_business(request.business.id, by=request.user.actor, **form.cleaned_data)
    return None


def _show_whatsapp(request: SignedInRequest) -> dict[str, Any]:
    gateway = request.POST.get("gateway") or request.GET.get("gateway") or ""
    context: dict[str, Any] = {"inboxes": list(Inbox.objects.filter(archived_at=None).order_by("created_at"))}
    may = request.user.may("settings.whatsapp") and request.user.may("secrets.edit")
    if gateway in OWN_NUMBER and may:
        webhook = connecting.webhook(gateway, request.business.id)
        context |= {"gateway": gateway, "webhook": webhook, "form": OWN_NUMBER[gateway]()}
    return {**context, "may_connect": may}


def _save_whatsapp(request: SignedInRequest) -> dict[str, Any] | HttpResponse | None:
    """Without a gateway the simulator will do; `prepare` makes the webhook address; then the number itself."""
    gateway = request.POST.get("gateway", "")
    if gateway not in OWN_NUMBER:
        return None
    require(request.user, "settings.whatsapp")
    require(request.user, "secrets.edit")
    if request.POST.get("act") == "prepare":
        connecting.prepare(gateway, request.business.id, by=request.user.actor)
        return redirect(f"{reverse('welcome')}?step={steps.WHATSAPP}&gateway={gateway}")
    form = OWN_NUMBER[gateway](request.POST)
    if not form.is_valid():
        return {"form": form}
    facts = dict(form.cleaned_data)
    place = {name: facts.pop(name) for name in ("external_id", "account_ref")}
    if gateway == "twilio":
        facts["twilio_account_sid"] = place["account_ref"]
    connecting.connect(
        gateway, request.business.id, user=request.user, by=request.user.actor, name="WhatsApp", secrets=facts,
        language=request.business.primary_language, **place,
    )  # fmt: skip
    return None


def _services(request: SignedInRequest, data: Any = None) -> ServicesForm:
    row = _row(request)
    return ServicesForm(starter.pack_of(row.industry), row.currency, _language(), data)


def _show_services(request: SignedInRequest) -> dict[str, Any]:
    form = _services(request)
    hours = () if starter.hours_are_set() else starter.spoken_week(form.pack.week, _language())
    return {"form": form, "offered": starter.offered_keys(), "hours": hours}


def _save_services(request: SignedInRequest) -> dict[str, Any] | None:
    form = _services(request, request.POST)
    if not form.is_valid():
        return {"form": form}
    require(request.user, "services.create")
    wanted = form.chosen()
    starter.apply_replies(form.pack, language=request.business.primary_language, by=request.user.actor)
    starter.apply_services(form.pack, keys=wanted, prices=wanted, currency=form.currency, by=request.user.actor)
    if form.cleaned_data["hours"]:
        starter.apply_hours(form.pack, by=request.user.actor)
    return None


def _show_assistant(request: SignedInRequest) -> dict[str, Any]:
    """What the assistant says today; before anybody has touched it, the pack's words."""
    persona = Persona.objects.get(is_current=True)
    words = {name: getattr(persona, name) for name in SPOKEN}
    if persona.version == 1:
        row = _row(request)
        pack = starter.pack_of(row.industry)
        words |= {f"greeting_{each}": pack.greeting(each, row.name) for each in ("ar", "en")}
        words["tone"] = pack.persona["tone"]
    return {"form": PersonaForm(initial=words)}


def _save_assistant(request: SignedInRequest) -> dict[str, Any] | None:
    form = PersonaForm(request.POST)
    if not form.is_valid():
        return {"form": form}
    edit_persona(by=request.user.actor, **form.cleaned_data)
    return None


def _show_try(request: SignedInRequest) -> dict[str, Any]:
    phones = SimulatorPhone.objects.filter(inbox__archived_at=None).select_related("inbox")
    phone = phones.order_by("created_at").first()
    bubbles = list(phone.bubbles.reverse()[:SHOWN])[::-1] if phone else []
    return {"phone": phone, "bubbles": bubbles, "is_answered": steps.is_answered()}


def _save_try(request: SignedInRequest) -> None:
    return None


def _typed(request: SignedInRequest, step: int) -> dict[str, Any]:
    """What was typed into a step whose verb was refused; secrets are asked for again."""
    gateway = request.POST.get("gateway", "")
    if step == steps.WHATSAPP and gateway in OWN_NUMBER and request.POST.get("act") != "skip":
        return {"form": OWN_NUMBER[gateway](initial=request.POST.dict())}
    return {}


SHOW = {
    steps.BUSINESS: _show_business, steps.WHATSAPP: _show_whatsapp, steps.SERVICES: _show_services,
    steps.ASSISTANT: _show_assistant, steps.TRY: _show_try,
}  # fmt: skip
SAVE = {
    steps.BUSINESS: _save_business, steps.WHATSAPP: _save_whatsapp, steps.SERVICES: _save_services,
    steps.ASSISTANT: _save_assistant, steps.TRY: _save_try,
}  # fmt: skip
