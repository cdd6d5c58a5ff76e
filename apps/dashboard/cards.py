"""The cards of the settings' overview: one for each part that this person may open, with where it stands."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.gateways.models import Inbox
from apps.tenants.models import Business, Domain

OPTIONAL = ("legal_name", "description_en", "support_email", "support_phone", "address", "website", "logo_key")


@dataclass(frozen=True, slots=True)
class Card:
    """A part of the settings. `state` is a badge's word, `kind` its colour."""

    icon: str
    title: str
    text: str
    url: str
    state: str = ""
    kind: str = ""


def settings_cards(request: HttpRequest) -> list[Card]:
    """Those this person may open, in the order of the page's side."""
    may = request.user.may  # type: ignore[union-attr]
    found = [_business(request), Card("clock", _("Opening hours"), _("The week, holidays."), _at("settings-hours"))]
    if may("settings.whatsapp"):
        found.append(_inboxes())
    if may("settings.edit"):
        found.append(_domains())
        found.append(Card("archive", _("Data"), _("Closing, erasing."), _at("settings-data")))
    if may("settings.edit") and may("settings.billing"):
        found.append(Card("eye", _("Support access"), _("Let somebody of Majlis look in."), _at("settings-support")))
    return [card for card in found if card.url]


def _business(request: HttpRequest) -> Card:
    row = Business.objects.get(pk=request.business.id)  # type: ignore[attr-defined]
    missing = sum(not getattr(row, name) for name in OPTIONAL)
    state = ngettext("%(n)d field empty", "%(n)d fields empty", missing) % {"n": missing} if missing else _("Complete")
    text = _("Name, languages, address, colours, logo.")
    return Card("pencil-line", _("Business"), text, _at("settings-business"), state, "" if missing else "good")


def _inboxes() -> Card:
    real = Inbox.objects.filter(archived_at=None).exclude(gateway="simulator")
    healths = list(real.values_list("health", flat=True))
    ill = sum(health not in (Inbox.Health.CONNECTED, Inbox.Health.DISABLED) for health in healths)
    state, kind = _("Nothing connected"), ""
    if ill:
        state, kind = ngettext("%(n)d needs you", "%(n)d need you", ill) % {"n": ill}, "needs"
    elif healths:
        state, kind = ngettext("%(n)d connected", "%(n)d connected", len(healths)) % {"n": len(healths)}, "good"
    return Card(
        "smartphone", _("WhatsApp"), _("Numbers that customers write to."), _at("settings-inboxes"), state, kind
    )


def _domains() -> Card:
    own = list(Domain.objects.filter(kind=Domain.Kind.CUSTOM).values_list("state", flat=True))
    state, kind = "", ""
    if Domain.State.PENDING in own:
        state, kind = _("Waits for DNS"), "needs"
    elif own:
        state, kind = _("In use"), "good"
    text = _("Be reached under a name of your own.")
    return Card("map-pin", _("Domains"), text, _at("settings-domains"), state, kind)


def _at(name: str) -> str:
    """A page's address; empty while there is none of that name."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
