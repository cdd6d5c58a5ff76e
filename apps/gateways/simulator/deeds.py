"""Everything a door may ask a pretend customer to do, by name, from the fields that doors have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from apps.core.refusals import Refusal
from apps.gateways.reading import number
from apps.gateways.simulator import phone as verbs

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.gateways.models import SimulatorBubble, SimulatorPhone

Fields = dict[str, Any]


def _text(phone: SimulatorPhone, given: Fields) -> SimulatorBubble:
    return verbs.write(phone, text=given.get("text", ""), reply_to=given.get("message", ""))


def _choice(phone: SimulatorPhone, given: Fields) -> SimulatorBubble:
    return verbs.choose(phone, external_id=given.get("message", ""), choice=given.get("choice", ""))


def _reaction(phone: SimulatorPhone, given: Fields) -> SimulatorBubble:
    return verbs.react(
        phone, external_id=given.get("message", ""), emoji=given.get("emoji") or given.get("reaction") or ""
    )


def _edit(phone: SimulatorPhone, given: Fields) -> SimulatorBubble:
    return verbs.edit(phone, external_id=given.get("message", ""), text=given.get("text", ""))


def _revoke(phone: SimulatorPhone, given: Fields) -> SimulatorBubble:
    return verbs.revoke(phone, external_id=given.get("message", ""))


def _image(phone: SimulatorPhone, given: Fields) -> SimulatorBubble:
    return verbs.send_image(phone, caption=given.get("text", ""))


def _file(phone: SimulatorPhone, given: Fields) -> SimulatorBubble:
    file = given.get("file")
    if file is None or isinstance(file, str):
        raise Refusal("invalid", _("Choose a file first."))
    return verbs.send_file(
        phone, data=file.read(), mime=str(file.content_type or "").partition(";")[0], name=str(file.name),
        caption=given.get("text", ""), voice=given.get("voice") == "true",
    )  # fmt: skip


def _location(phone: SimulatorPhone, given: Fields) -> SimulatorBubble:
    latitude, longitude = number(given.get("latitude")), number(given.get("longitude"))
    if latitude is None or longitude is None:
        raise Refusal("invalid", _("A place needs a latitude and a longitude."))
    return verbs.share_location(phone, latitude=latitude, longitude=longitude, name=given.get("name", ""))


def _number(phone: SimulatorPhone, given: Fields) -> None:
    verbs.change_number(phone, number=given.get("number", ""))


def _release(phone: SimulatorPhone, given: Fields) -> None:
    verbs.release(phone)


DEEDS: Final[dict[str, Callable[[SimulatorPhone, Fields], SimulatorBubble | None]]] = {
    "text": _text,
    "choice": _choice,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "image": _image,
    "file": _file,
    "location": _location,
    "number": _number,
    "release": _release,
}


def perform(phone: SimulatorPhone, deed: str, given: Fields) -> SimulatorBubble | None:
    """Have it done; the bubble it made or changed, if any. Raises Refusal."""
    if deed not in DEEDS:
        raise Refusal("invalid", _("A pretend phone cannot do that."))
    return DEEDS[deed](phone, given)
