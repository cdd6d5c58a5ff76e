"""What a customer has spent, and what follows from it: segment and VIP (CUS-04)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.customers.events import ThresholdsChanged
from apps.customers.models import Customer, CustomerSettings
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

Segment = Customer.Segment
BATCH = 500


def own_settings() -> CustomerSettings:
    """The one row of settings, made the first time it is asked for."""
    row: CustomerSettings = CustomerSettings.objects.get_or_create(only=True)[0]
    return row


def own_currency() -> str:
    """The currency in which a business counts."""
    return str(Business.objects.values_list("currency", flat=True).get(schema_name=current_schema()))


@transaction.atomic
def note_payment(
    customer: Customer, *, amount: Decimal, currency: str, by: Actor, bookings: int = 0, at: datetime | None = None
) -> Customer:
    """Money came in, or went back as a negative `amount`; `bookings` says how many were paid (1) or refunded (-1)."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    at, spent = at or timezone.now(), dict(customer.spent)
    total = Decimal(spent.get(currency, "0")) + amount
    spent[currency] = str(total)
    customer.spent = {code: value for code, value in spent.items() if Decimal(value)}
    customer.paid_bookings = max(0, customer.paid_bookings + bookings)
    if bookings > 0:
        customer.first_booking_at = min(customer.first_booking_at or at, at)
        customer.last_booking_at = max(customer.last_booking_at or at, at)
    before = (customer.segment, customer.is_vip)
    work_out(customer)
    customer.save()
    if (customer.segment, customer.is_vip) != before:
        audit.record(by, "regrouped", customer, before={"segment": before[0]}, after={"segment": customer.segment})
    return customer


def work_out(customer: Customer, settings: CustomerSettings | None = None, currency: str = "") -> Customer:
    """Segment and VIP of a card as it stands; the caller saves it."""
    settings, currency = settings or own_settings(), currency or own_currency()
    total = Decimal(customer.spent.get(currency, "0"))
    steps = (
        (settings.vip_from, Segment.VIP),
        (settings.loyal_from, Segment.LOYAL),
        (settings.regular_from, Segment.REGULAR),
    )
    customer.segment = next((segment for least, segment in steps if total >= least), Segment.NEW)
    override = customer.vip_override
    customer.is_vip = total >= settings.vip_from if override is None else override
    return customer


@transaction.atomic
def edit_settings(*, by: Actor, **facts: object) -> CustomerSettings:
    """Change thresholds, words or own fields. With other thresholds everybody is counted anew."""
    row: CustomerSettings = CustomerSettings.objects.select_for_update().get(pk=own_settings().pk)
    before = audit.facts(row)
    for name, value in facts.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    audit.record(by, "edited", row, **audit.changed(row, before))
    if any(before[name] != getattr(row, name) for name in ("regular_from", "loyal_from", "vip_from")):
        emit(ThresholdsChanged(settings_id=row.pk))
    return row


def count_anew(after: UUID | None = None) -> UUID | None:
    """Segments of the next few hundred customers; the key to go on after, None at the end."""
    rows = Customer.objects.living().order_by("pk")
    found = list((rows.filter(pk__gt=after) if after else rows)[:BATCH])
    settings, currency = own_settings(), own_currency()
    for customer in found:
        work_out(customer, settings, currency)
    Customer.objects.bulk_update(found, ["segment", "is_vip"])
    return found[-1].pk if len(found) == BATCH else None
