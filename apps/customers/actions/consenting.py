"""The ledger of consent: each yes and no is a row of its own, and none is ever changed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.customers import consent
from apps.customers.models import ConsentEntry, Customer


@transaction.atomic
def set_consent(
    customer: Customer,
    *,
    purpose: str,
    granted: bool,
    source: str,
    by: Actor,
    wording: str = "",
    proof_id: UUID | None = None,
    at: datetime | None = None,
) -> ConsentEntry:
    """Write down a yes or a no. A yes that a colleague enters must say how it was given: refuses `invalid` else."""
    wording = wording.strip()[:300]
    if granted and source in (ConsentEntry.Source.STAFF, ConsentEntry.Source.IMPORT) and not wording:
        raise Refusal("invalid", _("Say how and when the customer agreed. Without it the consent proves nothing."))
    entry = ConsentEntry.objects.create(
        customer=customer, purpose=purpose, granted=granted, source=source, wording=wording, proof_id=proof_id,
        at=at or timezone.now(), **by.as_fields(),
    )  # fmt: skip
    audit.record(by, "consented" if granted else "withdrew", customer, after={"purpose": purpose, "source": source})
    return entry


def withdraw_all(
    customer: Customer, *, source: str, by: Actor, wording: str = "", proof_id: UUID | None = None
) -> bool:
    """No more of anything that is not an answer. False when that was so already."""
    return _say(customer, (consent.MARKETING, consent.REMINDERS), False, source, by, wording, proof_id)


def grant_all(customer: Customer, *, source: str, by: Actor, wording: str = "", proof_id: UUID | None = None) -> bool:
    """Everything again. False when that was so already."""
    return _say(customer, (consent.MARKETING, consent.REMINDERS), True, source, by, wording, proof_id)


def _say(
    customer: Customer, purposes: tuple[str, ...], granted: bool, source: str, by: Actor, wording: str,
    proof_id: UUID | None,
) -> bool:  # fmt: skip
    changed = False
    for purpose in purposes:
        said = consent.latest(customer, purpose)
        if said is None or said.granted != granted:
            set_consent(
                customer, purpose=purpose, granted=granted, source=source, by=by, wording=wording, proof_id=proof_id
            )
            changed = True
    return changed
