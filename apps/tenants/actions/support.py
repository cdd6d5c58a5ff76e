"""Looking into a business from outside (requirements TEN-19): doors that a business opens, and glass that is broken."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.tenants.actions.standing import checked_reason, note_inside
from apps.tenants.events import GlassBroken
from apps.tenants.hosts import VISIT
from apps.tenants.models import Business, SupportDoor
from apps.tenants.postgres.context import PUBLIC

SHORTEST, LONGEST = 1, 72  # hours a door may stand open


def open_door(business_id: Any, *, hours: int, reason: str = "", by: Actor) -> SupportDoor:
    """Let operators look, for so many hours. Call it in the business."""
    if not SHORTEST <= hours <= LONGEST:
        raise Refusal("invalid", _("A door stands open for 1 to 72 hours."))
    now = timezone.now()
    with schema_context(PUBLIC), transaction.atomic():
        door = SupportDoor.objects.create(
            business_id=business_id, opened_by=by.label[:254], opened_at=now, until=now + timedelta(hours=hours),
            reason=reason.strip()[:500],
        )  # fmt: skip
        audit.record_operator(by, "opened", door, business_id=door.business_id, after={"hours": hours})
    audit.record(by, "opened", door, after={"hours": hours})
    return door


def close_doors(business_id: Any, *, by: Actor) -> int:
    """Shut every open door; visits end with it. Returns how many there were. Call it in the business."""
    now = timezone.now()
    with schema_context(PUBLIC), transaction.atomic():
        doors = list(SupportDoor.objects.filter(business_id=business_id, closed_at=None, until__gt=now))
        for door in doors:
            SupportDoor.objects.filter(pk=door.pk).update(closed_at=now)
            audit.record_operator(by, "shut", door, business_id=door.business_id)
    for door in doors:
        audit.record(by, "shut", door)
    return len(doors)


def break_glass(business: Business, *, reason: str, by: Actor) -> SupportDoor:
    """Open a door from outside, for one visit. The administrators are told at once."""
    reason, now = checked_reason(reason), timezone.now()
    with schema_context(PUBLIC), transaction.atomic():
        door = SupportDoor.objects.create(
            business_id=business.pk, kind=SupportDoor.Kind.BREAK_GLASS, opened_by=by.label[:254], opened_at=now,
            until=now + VISIT, reason=reason, operator_id=by.id,
        )  # fmt: skip
        audit.record_operator(by, "broke_glass", door, business_id=business.pk, after={"reason": reason})
        emit(GlassBroken(door_id=door.pk))
    note_inside(business, "broke_glass", by, {"reason": reason})
    return door


def note_visit(business: Business, *, door: SupportDoor, by: Actor) -> None:
    """An operator goes in: written down on both sides before anything is shown."""
    facts = {"door": str(door.pk), "kind": door.kind}
    with schema_context(PUBLIC), transaction.atomic():
        audit.record_operator(by, "entered", business, business_id=business.pk, after=facts)
    note_inside(business, "entered", by, facts)


def open_door_of(business_id: UUID, operator_id: UUID | None = None) -> SupportDoor | None:
    """The door this operator may use now: one the business opened, or glass of their own. None when all are shut."""
    with schema_context(PUBLIC):
        doors = SupportDoor.objects.filter(business_id=business_id, closed_at=None, until__gt=timezone.now())
        own = doors.filter(kind=SupportDoor.Kind.BREAK_GLASS, operator_id=operator_id) if operator_id else doors.none()
        return (doors.filter(kind=SupportDoor.Kind.INVITED) | own).order_by("-until").first()
