"""A customer's card: made by hand, corrected field by field with who did it, labelled, blocked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.customers import phones
from apps.customers.actions import segments
from apps.customers.actions.meeting import remember
from apps.customers.events import CustomerBlocked, CustomerUnblocked
from apps.customers.fields import checked_custom
from apps.customers.models import Customer, Identity, Label

EDITABLE = (
    "name", "arabic_name", "email", "phone", "country", "language", "birthday", "address", "remark", "vip_override",
    "custom",
)  # fmt: skip
SOURCE_HAND = "by_hand"


@transaction.atomic
def create_customer(*, by: Actor, source: str = SOURCE_HAND, **facts: Any) -> Customer:
    """Add somebody who has not written yet. A name, a number or an e-mail is needed; refuses `duplicate` a number that
    is somebody's. What is odd about the number stands in the row's `warning`."""
    facts = {name: value for name, value in facts.items() if value not in (None, "", {})}
    if not {"name", "arabic_name", "phone", "email"} & set(facts):
        raise Refusal("invalid", _("Give a name, a phone number or an e-mail address."))
    customer = Customer(source=source)
    warning = _fill(customer, facts, by)
    _save(customer)
    if customer.phone:
        _remember_phone(customer)
    audit.record(by, "created", customer)
    customer.warning = warning  # type: ignore[attr-defined]
    return customer


@transaction.atomic
def edit_customer(customer: Customer, *, by: Actor, **facts: Any) -> Customer:
    """Correct what is known. Each changed field remembers who set it; a new number is a new identity of the same
    person."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    _living(customer)
    before, phone = audit.facts(customer), customer.phone
    warning = _fill(customer, facts, by)
    segments.work_out(customer)
    _save(customer)
    if customer.phone != phone:
        customer.identities.filter(kind=Identity.Kind.PHONE, retired_at=None).update(retired_at=timezone.now())
        if customer.phone:
            _remember_phone(customer)
    audit.record(by, "edited", customer, **audit.changed(customer, before))
    customer.warning = warning  # type: ignore[attr-defined]
    return customer


@transaction.atomic
def set_labels(customer: Customer, *, labels: Iterable[UUID], by: Actor) -> Customer:
    """The whole new set of labels. Refuses `invalid` a label that does not exist."""
    wanted = set(labels)
    found = list(Label.objects.filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise Refusal("invalid", _("There is no such label."))
    was = sorted(customer.labels.values_list("name", flat=True))
    customer.labels.set(found)
    now = sorted(label.name for label in found)
    if was != now:
        audit.record(by, "labelled", customer, before={"labels": was}, after={"labels": now})
    return customer


@transaction.atomic
def add_labels(customer: Customer, *, labels: Iterable[UUID], by: Actor) -> Customer:
    """These labels beside those that are there."""
    return set_labels(customer, labels={*labels, *customer.labels.values_list("pk", flat=True)}, by=by)


@transaction.atomic
def block(customer: Customer, *, by: Actor) -> Customer:
    """Listen no more: what they write is stored, and nobody is told (CUS-07). Blocked twice is blocked once."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    _living(customer)
    if customer.blocked_at is None:
        customer.blocked_at, customer.blocked_by = timezone.now(), by.label[:120]
        customer.save(update_fields=["blocked_at", "blocked_by", "updated_at"])
        audit.record(by, "blocked", customer)
        emit(CustomerBlocked(customer_id=customer.pk))
    return customer


@transaction.atomic
def unblock(customer: Customer, *, by: Actor) -> Customer:
    """Listen again, from the next message on."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if customer.blocked_at is not None:
        customer.blocked_at, customer.blocked_by = None, ""
        customer.save(update_fields=["blocked_at", "blocked_by", "updated_at"])
        audit.record(by, "unblocked", customer)
        emit(CustomerUnblocked(customer_id=customer.pk))
    return customer


def note_of(by: Actor, at: datetime) -> dict[str, str]:
    """Who set a field, as `provenance` keeps it."""
    return {"kind": by.kind, "label": by.label[:120], "at": at.isoformat(timespec="seconds")}


def _fill(customer: Customer, facts: dict[str, Any], by: Actor) -> str:
    """Put facts on a card; what is odd about the number, in words."""
    if unknown := sorted(set(facts) - set(EDITABLE)):
        raise Refusal("invalid", _("There is no field called %(name)s.") % {"name": unknown[0]})
    warning, now = "", timezone.now()
    facts = dict(facts)
    if facts.get("phone"):
        read = phones.read(str(facts["phone"]), country=str(facts.get("country") or customer.country))
        facts["phone"], warning = read.phone, read.warning
        facts["country"] = facts.get("country") or phones.country_of(read.phone) or customer.country
    elif "phone" in facts:
        facts["phone"] = None
    if "custom" in facts:
        facts["custom"] = {**customer.custom, **checked_custom(facts["custom"] or {})}
        facts["custom"] = {name: value for name, value in facts["custom"].items() if value not in (None, "")}
    for name, value in facts.items():
        value = value.strip() if isinstance(value, str) else value
        value = value.lower() if name == "email" else value.upper() if name == "country" and value else value
        if getattr(customer, name) != value:
            setattr(customer, name, value)
            customer.provenance = {**customer.provenance, name: note_of(by, now)}
    customer.full_clean(exclude=["phone"], validate_unique=False, validate_constraints=False)
    return warning


def _save(customer: Customer) -> None:
    taken = Customer.objects.living().exclude(pk=customer.pk)
    if customer.phone and taken.filter(phone__in=phones.variants(customer.phone)).exists():
        raise _taken()
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError:  # somebody was quicker
        raise _taken() from None


def _remember_phone(customer: Customer) -> None:
    phone = phones.canonical(customer.phone or "")
    try:
        with transaction.atomic():
            remember(customer, [(str(Identity.Kind.PHONE), phone, "", "")], timezone.now())
    except IntegrityError:
        raise _taken() from None


def _taken() -> Refusal:
    detail = _("Another customer has this phone number. You can merge the two.")
    return Refusal("duplicate", detail, errors={"phone": [detail]})


def _living(customer: Customer) -> None:
    if customer.erased_at or customer.merged_into_id:
        raise Refusal("conflict", _("This customer is no longer here."))
