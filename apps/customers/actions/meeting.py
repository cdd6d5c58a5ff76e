"""Who is this person: found or made at a contact, and what to do when their number or id changes (R-018, R-056)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from apps.audit import actions as audit
from apps.core import crypto
from apps.core.actors import SYSTEM, Actor
from apps.customers import phones
from apps.customers.models import Customer, Identity
from apps.customers.phones import country_of

SOURCE_CONTACT = "conversation"  # the customer wrote first
Name = tuple[str, str, str, str]  # kind, value, gateway, portfolio


@dataclass(frozen=True, slots=True)
class Names:
    """How one provider names a person. Any part may be empty; `phone` is E.164.

    `gateway` and `portfolio` (the business account) say where the provider's ids hold; a phone holds everywhere, and in
    every way its country writes it (R-057).
    """

    gateway: str
    portfolio: str = ""
    provider_user: str = ""
    provider_parent: str = ""
    phone: str = ""
    username: str = ""
    profile_name: str = ""

    def identities(self) -> list[Name]:
        """Each of them, the most telling first."""
        at_provider = (self.gateway, self.portfolio)
        found = [
            (Identity.Kind.PROVIDER_USER, self.provider_user, *at_provider),
            (Identity.Kind.PROVIDER_PARENT, self.provider_parent, *at_provider),
            (Identity.Kind.PHONE, phones.canonical(self.phone), "", ""),
        ]
        return [(str(kind), value, gateway, portfolio) for kind, value, gateway, portfolio in found if value]


def customer_for(names: Names, *, at: datetime) -> Customer:
    """The customer a provider means, made at first contact. When several are meant the oldest is.

    Call inside a transaction. New identities of a known person are added; nobody is forked, no key is renamed.
    """
    known, identities = _find(names)
    if known is None:
        try:
            with transaction.atomic():
                known = _create(names, at)
                remember(known, names.identities(), at)
        except IntegrityError:  # another worker met the same person at the same moment
            known, _ = _find(names)
            if known is None:
                raise
    elif missing := [identity for identity in names.identities() if identity not in identities]:
        remember(known, missing, at, unless_taken=True)
    _refresh(known, names, at)
    return known


@transaction.atomic
def relink(old: Names, new: Names, *, at: datetime, by: Actor = SYSTEM) -> Customer:
    """The same person goes by another number or user id from now on (requirements R-018): relinked, never forked."""
    customer = customer_for(old, at=at)
    gone = Q(pk=None)
    for kind, value, gateway, portfolio in old.identities():
        if (kind, value, gateway, portfolio) not in new.identities():
            gone |= Q(kind=kind, value=value, gateway=gateway, portfolio=portfolio)
    customer.identities.filter(gone, retired_at=None).update(retired_at=at)
    taken = _has_phone(new.phone).exclude(pk=customer.pk).exists()
    if new.phone and not taken:
        customer.phone, customer.country = new.phone, country_of(new.phone)
    elif old.phone and customer.phone == old.phone and not new.phone:
        customer.phone = None
    customer.save()
    have = set(customer.identities.filter(retired_at=None).values_list("kind", "value", "gateway", "portfolio"))
    missing = [identity for identity in new.identities() if identity not in have]
    remember(customer, missing, at, unless_taken=True)
    audit.record(by, "relinked", customer)
    return customer


def _find(names: Names) -> tuple[Customer | None, set[Name]]:
    """The customer who is meant, and which of the names lead to somebody already."""
    meant = Q(pk=None)
    for kind, value, gateway, portfolio in names.identities():
        meant |= Q(kind=kind, value=value, gateway=gateway, portfolio=portfolio)
    found = list(Identity.objects.filter(meant, retired_at=None).select_related("customer"))
    if found:
        oldest = min((row.customer for row in found), key=attrgetter("created_at"))
        return oldest, {(row.kind, row.value, row.gateway, row.portfolio) for row in found}
    if names.phone:
        return _has_phone(names.phone).first(), set()
    return None, set()


def _create(names: Names, at: datetime) -> Customer:
    return Customer.objects.create(
        profile_name=names.profile_name[:100],
        phone=names.phone or None,
        country=country_of(names.phone) if names.phone else "",
        first_contact_at=at,
        last_contact_at=at,
        source=SOURCE_CONTACT,
    )


def _has_phone(phone: str) -> QuerySet[Customer]:
    """The living customer of a number, however its country writes it."""
    return Customer.objects.living().filter(phone__in=phones.variants(phone))


def remember(customer: Customer, names: Iterable[Name], at: datetime, *, unless_taken: bool = False) -> None:
    """Write down names of a customer. One that is somebody's is an IntegrityError, or passed over if so told."""
    Identity.objects.bulk_create(
        [
            Identity(
                customer=customer, kind=kind, value=value, gateway=gateway, portfolio=portfolio,
                value_hash=crypto.keyed_hash(value), first_seen=at, last_seen=at,
            )
            for kind, value, gateway, portfolio in names
        ],
        ignore_conflicts=unless_taken,
    )  # fmt: skip


def _refresh(customer: Customer, names: Names, at: datetime) -> None:
    """Fill what was not known yet, and note the contact; what the team wrote is never overwritten."""
    changed = []
    if names.profile_name and customer.profile_name != names.profile_name[:100]:
        customer.profile_name = names.profile_name[:100]
        changed.append("profile_name")
    if names.phone and not customer.phone and not _has_phone(names.phone).exists():
        customer.phone, customer.country = names.phone, customer.country or country_of(names.phone)
        changed += ["phone", "country"]
    if customer.last_contact_at is None or customer.last_contact_at < at:
        customer.last_contact_at = at
        changed.append("last_contact_at")
    if changed:
        customer.save(update_fields=[*changed, "updated_at"])
