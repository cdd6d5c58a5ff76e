"""Verbs on services. Each checks the whole service before it is written: raises ValidationError by field."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.billing.limits import require_room
from apps.billing.queries import room_now
from apps.bookings.models import Service, ServicePrice
from apps.bookings.queries import active_count, own_business
from apps.core import money
from apps.core.actors import SYSTEM, Actor
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_tenant

# Texts by which customers know a service stay out of the record's values; which of them changed does not.
RECORDED = ("key", "kind", "price", "original_price", "currency", "duration_minutes", "delivery_days", "is_active")


@transaction.atomic
def create_service(*, by: Actor, key: str = "", **facts: Any) -> Service:
    """Offer something new, last in the menu. Without a key one is made of its name, without a currency it is the
    business's own. `facts` are fields of Service. Raises Refusal `plan_limit` when the plan has no room for it."""
    _close_the_shelf()
    business = own_business()
    service = Service(**{"currency": business.currency, **facts}, key=key or _free_key(facts.get("name_en", "")))
    _check(service, business)
    if service.is_active:
        require_room(current_tenant.get(), "services", active_count())
    service.sort = (Service.objects.aggregate(last=Max("sort"))["last"] or 0) + 1
    service.save(force_insert=True)
    audit.record(by, "created", service, after=_values(service, RECORDED))
    return service


@transaction.atomic
def edit_service(service: Service, *, by: Actor, reason: str = "", **facts: Any) -> Service:
    """Change fields of a service. Another price leaves a line in its history, with the reason; bookings made keep
    theirs. Nothing changed, nothing recorded."""
    service = _locked(service)
    before = {name: getattr(service, name) for name in (*facts, "price", "currency")}
    for name, value in facts.items():
        setattr(service, name, value)
    changed = [name for name in facts if getattr(service, name) != before[name]]
    if not changed:
        return service
    _check(service, own_business())
    service.save(update_fields=[*changed, "updated_at"])
    if (service.price, service.currency) != (before["price"], before["currency"]):
        ServicePrice.objects.create(
            service=service, old=before["price"], new=service.price, currency=service.currency, at=timezone.now(),
            reason=reason, **by.as_fields(),
        )  # fmt: skip
    audit.record(
        by, "edited", service,
        before={name: _plain(before[name]) for name in changed if name in RECORDED},
        after={**dict.fromkeys(changed, "changed"), **_values(service, [name for name in changed if name in RECORDED])},
    )  # fmt: skip
    return service


@transaction.atomic
def activate_service(service: Service, *, by: Actor) -> Service:
    """Put a service into the menu. Twice is once. Raises Refusal `plan_limit` when the plan has no room for it."""
    return _switch(service, on=True, by=by)


@transaction.atomic
def deactivate_service(service: Service, *, by: Actor) -> Service:
    """Take a service out of the menu for a while. Twice is once."""
    return _switch(service, on=False, by=by)


@transaction.atomic
def archive_service(service: Service, *, by: Actor) -> Service:
    """Give a service up. It leaves menu and lists; what was booked of it stays readable. Twice is once."""
    service = _locked(service)
    if service.archived_at is None:
        service.archived_at, service.is_active = timezone.now(), False
        service.save(update_fields=["archived_at", "is_active", "updated_at"])
        audit.record(by, "archived", service)
    return service


@transaction.atomic
def reorder_services(order: Sequence[UUID], *, by: Actor) -> list[Service]:
    """Put the services into this order; those not named keep theirs, behind. Raises Refusal for a stranger's id."""
    rows = {row.pk: row for row in Service.objects.select_for_update().filter(archived_at=None)}
    if strangers := [pk for pk in order if pk not in rows]:
        raise Refusal("invalid", _("There is no such service."), errors={"order": [str(pk) for pk in strangers]})
    wanted = [rows[pk] for pk in dict.fromkeys((*order, *rows))]
    moved = [row for place, row in enumerate(wanted, start=1) if row.sort != place]
    for place, row in enumerate(wanted, start=1):
        row.sort = place
    Service.objects.bulk_update(moved, ["sort"])
    for row in moved:
        audit.record(by, "moved", row, after={"sort": row.sort})
    return wanted


def _switch(service: Service, *, on: bool, by: Actor) -> Service:
    _close_the_shelf()
    service = _locked(service)
    if service.archived_at:
        raise Refusal("conflict", _("This service was given up. Offer a new one instead."))
    if service.is_active != on:
        if on:
            require_room(current_tenant.get(), "services", active_count())
        service.is_active = on
        service.save(update_fields=["is_active", "updated_at"])
        audit.record(by, "activated" if on else "deactivated", service)
    return service


@transaction.atomic
def fit_services() -> None:
    """Bring the menu to the plan (BIL-10): the oldest active services stay, the rest leave it until there is room."""
    _close_the_shelf()
    wanted = (
        Service.objects.filter(archived_at=None)
        .filter(Q(is_active=True) | Q(over_limit_at__isnull=False))
        .order_by("created_at", "pk")
    )
    limit = room_now("services")
    for position, service in enumerate(wanted):
        rests = limit is not None and position >= limit
        if rests == service.is_active or (service.is_active and service.over_limit_at):
            service.is_active, service.over_limit_at = not rests, timezone.now() if rests else None
            service.save(update_fields=["is_active", "over_limit_at", "updated_at"])
            audit.record(SYSTEM, "rested" if rests else "restored", service, after={"limit": limit})


def _close_the_shelf() -> None:
    """Until this transaction ends nobody else adds or changes a service: what is counted now stays true."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE bookings_service IN SHARE ROW EXCLUSIVE MODE")


def _locked(service: Service) -> Service:
    found: Service = Service.objects.select_for_update().get(pk=service.pk)
    return found


def _check(service: Service, business: Business) -> None:
    """The model's own rules, and a name in the language the business speaks first."""
    named = f"name_{business.primary_language}"
    wrong: dict[str, Any] = {}
    try:
        service.full_clean()
    except ValidationError as error:
        wrong = error.update_error_dict(wrong)
    if hasattr(service, named) and not getattr(service, named):
        wrong[named] = [_("A service needs a name in your first language.")]
    if wrong:
        raise ValidationError(wrong)


def _free_key(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", ascii_name).strip("_")[:40] or "service"
    base = base if len(base) > 1 else f"service_{base}"
    taken = set(Service.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _values(service: Service, names: Sequence[str]) -> dict[str, Any]:
    found = {name: _plain(getattr(service, name)) for name in names}
    for name in {"price", "original_price"} & set(names):
        found[name] = money.plain(getattr(service, name), service.currency)
    return found


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
