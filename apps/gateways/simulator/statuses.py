"""The fate of what we sent, as the pretend network tells it: by signed webhook, one status at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.refusals import Refusal
from apps.gateways.models import SimulatorBubble
from apps.gateways.simulator import network

if TYPE_CHECKING:
    from apps.gateways.models import SimulatorPhone

OUT: Final = SimulatorBubble.Direction.OUT
STEPS: Final = (("sent", 0.2), ("delivered", 0.5), ("read", 1.5))  # seconds between one and the next
RANK: Final = {"waiting": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}
Step = dict[str, Any]


def plan(phone: SimulatorPhone) -> list[Step]:
    """What will be told, in order, of a message sent now: `{status, at (s since 1970), after (s), code?}`."""
    if "statuses_lost" in phone.faults:
        return []
    now = int((timezone.now() + phone.clock_offset).timestamp())
    late = float(phone.faults.get("statuses_late", 0))
    steps = [
        {"status": status, "at": now + position, "after": after + (late if not position else 0)}
        for position, (status, after) in enumerate(STEPS)
    ]
    if "failed" in phone.faults:
        steps = [steps[0], {**steps[1], "status": "failed", "code": phone.faults["failed"]}]
    if "statuses_reversed" in phone.faults:
        steps = [{**told, "after": first["after"]} for told, first in zip(reversed(steps), steps, strict=True)]
    return steps


def wait(steps: list[Step]) -> float | None:
    """Seconds until the first of these; None when nothing is to be told."""
    return float(steps[0]["after"]) if steps else None


def tell_next(bubble_id: UUID) -> float | None:
    """Tell the next status that is planned. Seconds until the one after it, None when it was the last.

    Raises Refusal `unavailable` when the door did not take it; it is still the next one then.
    """
    bubble = SimulatorBubble.objects.select_related("phone__inbox").filter(pk=bubble_id).first()
    if bubble is None or not bubble.pending:
        return None
    step, *rest = bubble.pending
    tell(bubble, status=step["status"], at=datetime.fromtimestamp(step["at"], UTC), code=step.get("code"))
    with transaction.atomic():
        held = SimulatorBubble.objects.select_for_update().get(pk=bubble_id)
        if held.pending[:1] == [step]:
            held.pending = rest
            held.save(update_fields=["pending", "updated_at"])
    return wait(rest)


def tell(bubble: SimulatorBubble, *, status: str, at: datetime | None = None, code: int | None = None) -> None:
    """Tell any status of a message of ours, at any time of the provider's clock, whatever was told before."""
    phone = bubble.phone
    at = at or timezone.now() + phone.clock_offset
    told: Step = {
        "id": bubble.external_id, "status": status, "timestamp": str(int(at.timestamp())),
        "recipient_id": phone.number.lstrip("+"),
    }  # fmt: skip
    if phone.provider_user:
        told["recipient_user_id"] = phone.provider_user
    if bubble.opaque:
        told["biz_opaque_callback_data"] = bubble.opaque
    if status == "failed":
        words = "The pretend network was asked to fail."
        told["errors"] = [{"code": code or 131026, "title": words, "error_data": {"details": words}}]
    for _turn in range(phone.faults.get("duplicate", 1)):
        network.deliver(phone.inbox, {"statuses": [told]})
    if RANK.get(status, 0) > RANK[bubble.fresh().status]:
        SimulatorBubble.objects.filter(pk=bubble.pk).update(status=status)
    network.show(phone)


def ours(phone: SimulatorPhone, external_id: str) -> SimulatorBubble:
    """A message that was sent to this phone. Raises Refusal when it shows none of this id."""
    found: SimulatorBubble | None = phone.bubbles.filter(direction=OUT, external_id=external_id).first()
    if found is None:
        raise Refusal("not_found", _("This phone shows no such message."))
    return found
