"""What a pretend customer does with the phone in the hand. Each verb goes the whole way round through the webhook.

No verb here touches a conversation, and none may be called inside a transaction: the door it posts to is another's.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.core.models import new_id
from apps.core.refusals import Refusal
from apps.gateways.models import Inbox, SimulatorBubble, SimulatorPhone
from apps.gateways.reading import phone as e164
from apps.gateways.reading import rows, table
from apps.gateways.reading import text as words
from apps.gateways.simulator import faults as possible
from apps.gateways.simulator import files, network
from apps.gateways.simulator.parse import entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.core.actors import Actor

In, Out = SimulatorBubble.Direction.IN, SimulatorBubble.Direction.OUT
LONGEST: Final = 4096  # characters, as on WhatsApp
FARTHEST: Final = timedelta(days=30)
LARGEST_FILE: Final = 16 * 1024 * 1024
Item = dict[str, Any]


def first_inbox() -> Inbox:
    """The business's simulator inbox. Raises Refusal when there is none."""
    inbox: Inbox | None = Inbox.objects.filter(gateway="simulator", archived_at=None).order_by("created_at").first()
    if inbox is None:
        raise Refusal("not_found", _("There is no simulator inbox. Connect one first."))
    return inbox


def add_phone(inbox: Inbox, *, number: str, by: Actor, name: str = "", language: str = "") -> SimulatorPhone:
    """The pretend phone of this number in a simulator inbox, made when there is none yet."""
    found = e164(number)
    if inbox.gateway != "simulator" or found is None:
        raise Refusal("invalid", _("A pretend phone needs a simulator inbox and a number like +96170123456."))
    with transaction.atomic():
        row, is_new = SimulatorPhone.objects.get_or_create(
            inbox=inbox, number=found, defaults={"name": name or found, "language": language or inbox.language}
        )
        if is_new:
            audit.record(by, "added", row)
    return row


def set_faults(phone: SimulatorPhone, *, faults: dict[str, Any], by: Actor, seed: int | None = None) -> SimulatorPhone:
    """Replace all switches; what they held back goes out. Equal seeds and deeds give equal faults."""
    with transaction.atomic():
        phone.faults, phone.seed = possible.checked(faults), phone.seed if seed is None else seed
        phone.save(update_fields=["faults", "seed", "updated_at"])
        audit.record(by, "set_faults", phone, after={"faults": sorted(faults)})
    if not {"reorder", "batch"} & set(faults):
        release(phone)
    return phone


def set_clock(phone: SimulatorPhone, *, offset: timedelta, by: Actor) -> SimulatorPhone:
    """Move what the provider believes the time to be; the server's own time stays (GW-43)."""
    if abs(offset) > FARTHEST:
        raise Refusal("invalid", _("The clock moves by at most 30 days."))
    with transaction.atomic():
        phone.clock_offset = offset
        phone.save(update_fields=["clock_offset", "updated_at"])
        audit.record(by, "set_clock", phone, after={"seconds": int(offset.total_seconds())})
    return phone


def write(phone: SimulatorPhone, *, text: str, reply_to: str = "") -> SimulatorBubble:
    """Say something."""
    text = text.replace("\x00", "").strip()
    if not 0 < len(text) <= LONGEST:
        raise Refusal("invalid", _("Write 1 to 4,096 characters."))
    return _say(phone, "text", {"body": text}, body=text, reply_to=reply_to)


def choose(phone: SimulatorPhone, *, external_id: str, choice: str) -> SimulatorBubble:
    """Tap a button, or a row of a list, of a message on the screen. `choice` is its id."""
    offer = _bubble(phone, external_id)
    offered = {words(table(each).get("id")): ("button_reply", each) for each in rows(offer.payload.get("buttons"))}
    for section in rows(offer.payload.get("sections")):
        offered |= {words(table(each).get("id")): ("list_reply", each) for each in rows(table(section).get("rows"))}
    if not choice or choice not in offered:
        raise Refusal("invalid", _("This message does not offer that choice."))
    kind, told = offered[choice]
    content = {"type": kind, kind: {key: told[key] for key in ("id", "title", "description") if told.get(key)}}
    return _say(phone, "interactive", content, body=words(told.get("title")), reply_to=external_id)


def share_location(
    phone: SimulatorPhone, *, latitude: float, longitude: float, name: str = "", address: str = ""
) -> SimulatorBubble:
    """Send a place."""
    content = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return _say(phone, "location", content, payload=content)


def send_image(phone: SimulatorPhone, *, caption: str = "") -> SimulatorBubble:
    """Send a picture of the evening sky, for who has no file at hand."""
    return send_file(phone, data=files.a_photo(str(new_id())), mime="image/jpeg", caption=caption)


def send_file(
    phone: SimulatorPhone, *, data: bytes, mime: str, name: str = "", caption: str = "", voice: bool = False
) -> SimulatorBubble:
    """Send a picture, a video, a sound, a voice message or, of any other type, a document."""
    if not data or len(data) > LARGEST_FILE:
        raise Refusal("invalid", _("A pretend phone sends files of up to 16 MB."))
    mime = (mime or "application/octet-stream")[:100]
    kind = next((kind for kind in ("image", "video", "audio") if mime.startswith(f"{kind}/")), "document")
    content: Item = files.described(data, mime)
    if caption and kind != "audio":
        content["caption"] = caption
    if kind == "document":
        content["filename"] = name[:200] or "file"
    if kind == "audio":
        content["voice"] = voice
    shown = "voice" if voice and kind == "audio" else kind
    return _say(phone, kind, content, body=content.get("caption", ""), payload=content, shown=shown)


def react(phone: SimulatorPhone, *, external_id: str, emoji: str) -> SimulatorBubble:
    """Put an emoji on a message of either side; an empty one takes it back."""
    bubble = _bubble(phone, external_id)
    bubble.reaction = emoji[:16]
    _post(phone, [_item(phone, "reaction", {"message_id": external_id, **({"emoji": emoji} if emoji else {})})])
    return _kept(bubble, "reaction")


def edit(phone: SimulatorPhone, *, external_id: str, text: str) -> SimulatorBubble:
    """Change the text of an own message."""
    bubble = _bubble(phone, external_id, direction=In)
    bubble.body, bubble.edited_at = text, _now(phone)
    inner = {"type": "text", "text": {"body": text}}
    _post(phone, [_item(phone, "edit", {"original_message_id": external_id, "message": inner})])
    return _kept(bubble, "body", "edited_at")


def revoke(phone: SimulatorPhone, *, external_id: str) -> SimulatorBubble:
    """Delete an own message for everyone."""
    bubble = _bubble(phone, external_id, direction=In)
    bubble.body, bubble.payload, bubble.revoked_at = "", {}, _now(phone)
    _post(phone, [_item(phone, "revoke", {"original_message_id": external_id})])
    return _kept(bubble, "body", "payload", "revoked_at")


def change_number(phone: SimulatorPhone, *, number: str) -> SimulatorPhone:
    """Move to a new number, as WhatsApp tells it: from the old one, with the new one inside."""
    found = e164(number)
    if found is None or SimulatorPhone.objects.filter(inbox=phone.inbox_id, number=found).exists():
        raise Refusal("invalid", _("A free number like +96170123456 is needed."))
    told = {"type": "user_changed_number", "wa_id": found[1:], "body": f"{phone.number} is now {found}"}
    _post(phone, [_item(phone, "system", told)])
    phone.number = found
    phone.save(update_fields=["number", "updated_at"])
    network.show(phone)
    return phone


def release(phone: SimulatorPhone) -> None:
    """Post what the network has held back, in the order and the bodies its switches ask for."""
    waiting = list(_held(phone))
    if not waiting:
        return
    if "reorder" in phone.faults:
        Random(f"{phone.seed}:{phone.bubbles.count()}").shuffle(waiting)  # noqa: S311  chance that can be repeated
    bodies = [waiting] if "batch" in phone.faults else [[bubble] for bubble in waiting]
    for together in bodies:
        _post(phone, [item for bubble in together for item in bubble.pending])
        for bubble in together:
            bubble.status, bubble.pending = SimulatorBubble.Status.SENT, []
            bubble.save(update_fields=["status", "pending", "updated_at"])
    network.show(phone)


def _say(
    phone: SimulatorPhone, kind: str, content: Item, *, body: str = "", payload: Item | None = None, reply_to: str = "",
    shown: str = "",
) -> SimulatorBubble:  # fmt: skip
    item = _item(phone, kind, content)
    if reply_to:
        item["context"] = {"id": reply_to, "from": phone.inbox.display_number.lstrip("+")}
    bubble = SimulatorBubble.objects.create(
        phone=phone, direction=In, type=shown or kind, body=body, payload=payload or {}, external_id=item["id"],
        reply_to_external=reply_to, provider_at=_now(phone), pending=[item],
    )  # fmt: skip
    enough = max(phone.faults.get("reorder", 1), phone.faults.get("batch", 1))
    if _held(phone).count() >= enough:
        release(phone)
    else:
        network.show(phone)
    return bubble.fresh()


def _item(phone: SimulatorPhone, kind: str, content: Item) -> Item:
    """One message in Meta's dialect."""
    who = {"from": phone.number.lstrip("+"), **({"from_user_id": phone.provider_user} if phone.provider_user else {})}
    at = str(int(_now(phone).timestamp()))
    return {**who, "id": new_external_id(), "timestamp": at, "type": kind, kind: content}


def _post(phone: SimulatorPhone, items: Sequence[Item]) -> None:
    card: Item = {"profile": {"name": phone.name}, "wa_id": phone.number.lstrip("+")}
    if phone.provider_user:
        card["user_id"] = phone.provider_user
    told: list[Any] = [*items, {"type": "text", "text": 0}] if "malformed" in phone.faults else list(items)
    beside: tuple[Item, ...] = ()
    if stranger := phone.faults.get("foreign"):
        theirs = [{**item, "id": new_external_id()} for item in items]
        beside = (entry(stranger, stranger, "", messages=theirs, contacts=[card]),)
    for _turn in range(phone.faults.get("duplicate", 1)):
        network.deliver(phone.inbox, {"messages": told, "contacts": [card]}, beside=beside)


def new_external_id() -> str:
    """An id as a provider gives: nobody else's, in any business."""
    return f"wamid.sim.{new_id().hex}"


def _held(phone: SimulatorPhone) -> Any:
    return phone.bubbles.filter(direction=In, status=SimulatorBubble.Status.WAITING).order_by("created_at")


def _bubble(phone: SimulatorPhone, external_id: str, **but: Any) -> SimulatorBubble:
    found: SimulatorBubble | None = phone.bubbles.filter(external_id=external_id, revoked_at=None, **but).first()
    if found is None:
        raise Refusal("not_found", _("This phone shows no such message."))
    return found


def _kept(bubble: SimulatorBubble, *fields: str) -> SimulatorBubble:
    bubble.save(update_fields=[*fields, "updated_at"])
    network.show(bubble.phone)
    return bubble


def _now(phone: SimulatorPhone) -> datetime:
    """When it is written, by the provider's clock; what comes late was written as much earlier."""
    return timezone.now() + phone.clock_offset - timedelta(seconds=phone.faults.get("delay", 0))
