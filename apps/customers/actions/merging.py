"""Two rows that are one person: joined with everything they have, and apart again within 30 days (CUS-12, R-058)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.customers.actions import segments
from apps.customers.holdings import Moves, holdings, walk_back
from apps.customers.models import Customer, CustomerMerge

UNDO = timedelta(days=30)
FILLED = (
    "name", "arabic_name", "profile_name", "email", "phone", "country", "language", "birthday", "address", "remark",
    "vip_override", "source",
)  # fmt: skip


def preview_merge(kept: Customer, absorbed: Customer) -> dict[str, Any]:
    """What would move, and which empty fields of the kept one would be filled. Changes nothing."""
    counts: dict[str, int] = {
        "identities": absorbed.identities.filter(retired_at=None).count(),
        "labels": absorbed.labels.exclude(pk__in=kept.labels.values("pk")).count(),
        "consent": absorbed.consent_entries.count(),
    }
    for holding in holdings():
        counts.update(holding.count(absorbed))
    filled = [
        name for name in FILLED if getattr(kept, name) in (None, "") and getattr(absorbed, name) not in (None, "")
    ]
    return {"kept": kept.pk, "absorbed": absorbed.pk, "counts": counts, "filled": filled}


@transaction.atomic
def merge(kept: Customer, *, absorbed: Customer, by: Actor) -> CustomerMerge:
    """Take one customer into another: identities, labels, notes, conversations, consent. What the kept one knows stays;
    what it does not know is filled. Refuses `cannot_self` and `conflict` for who is erased or merged already."""
    if kept.pk == absorbed.pk:
        raise Refusal("cannot_self", _("This is one and the same customer."))
    both = Customer.objects.select_for_update().filter(pk__in=(kept.pk, absorbed.pk)).order_by("pk")
    rows = {row.pk: row for row in both}
    kept, absorbed = rows[kept.pk], rows[absorbed.pk]
    if any(row.erased_at or row.merged_into_id for row in rows.values()):
        raise Refusal("conflict", _("One of the two is erased or merged already."))
    moves, now = Moves(), timezone.now()
    for earlier in Customer.objects.filter(merged_into=absorbed):
        moves.change(earlier, merged_into_id=kept.pk)
    moves.change(absorbed, merged_into_id=kept.pk)
    for identity in absorbed.identities.all():
        moves.change(identity, customer_id=kept.pk)
    moves.link(kept, "labels", absorbed.labels.all())
    moves.change(kept, **_together(kept, absorbed))
    for holding in holdings():
        holding.move(kept, absorbed, moves)
    row = CustomerMerge.objects.create(
        kept=kept, absorbed=absorbed, moved=moves.as_json(), at=now, undo_until=now + UNDO, **by.as_fields()
    )
    audit.record(by, "merged", kept, after={"absorbed": str(absorbed.pk), "moved": moves.counts})
    return row


@transaction.atomic
def undo_merge(row: CustomerMerge, *, by: Actor) -> Customer:
    """Two people again, each with what was theirs. What was written since stays with the kept one. Refuses
    `conflict` after thirty days, when undone already, or when a later merge stands on this one."""
    row = CustomerMerge.objects.select_for_update().get(pk=row.pk)
    if not row.can_be_undone():
        raise Refusal("conflict", _("A merge can be undone once, and for thirty days."))
    kept = Customer.objects.select_for_update().get(pk=row.kept_id)
    later = CustomerMerge.objects.filter(undone_at=None, at__gt=row.at)
    if kept.merged_into_id or later.filter(kept=kept).exists():
        raise Refusal("conflict", _("A later merge stands on this one. Undo that one first."))
    walk_back(row.moved)
    row.undone_at, row.moved = timezone.now(), []
    row.save(update_fields=["undone_at", "moved", "updated_at"])
    audit.record(by, "unmerged", kept, after={"absorbed": str(row.absorbed_id)})
    separate: Customer = kept.fresh()
    return separate


def _together(kept: Customer, absorbed: Customer) -> dict[str, Any]:
    """The columns of the one that come from both."""
    found = _missing(kept, absorbed)
    found["custom"] = {**absorbed.custom, **kept.custom}
    found["provenance"] = {
        **{name: who for name, who in absorbed.provenance.items() if name in found}, **kept.provenance
    }  # fmt: skip
    found["spent"] = _sum(kept.spent, absorbed.spent)
    found["paid_bookings"] = kept.paid_bookings + absorbed.paid_bookings
    for name, pick in (
        ("first_booking_at", min), ("last_booking_at", max), ("first_contact_at", min), ("last_contact_at", max),
    ):  # fmt: skip
        values = [value for value in (getattr(kept, name), getattr(absorbed, name)) if value]
        found[name] = pick(values) if values else None
    if absorbed.blocked_at and not kept.blocked_at:
        found["blocked_at"], found["blocked_by"] = absorbed.blocked_at, absorbed.blocked_by
    card = Customer(spent=found["spent"], vip_override=found.get("vip_override", kept.vip_override))
    segments.work_out(card)
    return {**found, "segment": card.segment, "is_vip": card.is_vip}


def _missing(kept: Customer, absorbed: Customer) -> dict[str, Any]:
    """What the one does not know and the other does."""
    return {
        name: getattr(absorbed, name)
        for name in FILLED
        if getattr(kept, name) in (None, "") and getattr(absorbed, name) not in (None, "")
    }


def _sum(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    codes = [*one, *(code for code in other if code not in one)]
    return {code: str(Decimal(one.get(code, "0")) + Decimal(other.get(code, "0"))) for code in codes}
