"""Reads of customers: the list with its filters, and the table of an export."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.dateparse import parse_date

from apps.customers import phones
from apps.customers.models import ConsentEntry, Customer
from apps.customers.models.customer import CustomerQuerySet

FILTERS = ("ids", "q", "segment", "label", "language", "country", "is_vip", "consent", "blocked", "since", "until")
COLUMNS = (
    "id", "name", "arabic_name", "profile_name", "phone", "email", "country", "language", "birthday", "address",
    "remark", "segment", "is_vip", "paid_bookings", "spent", "labels", "source", "first_contact_at", "last_contact_at",
    "blocked_at",
)  # fmt: skip
SORTS = {
    "last": (F("last_contact_at").desc(nulls_last=True), "-pk"),
    "first": (F("last_contact_at").asc(nulls_last=True), "pk"),
    "name": ("name", "profile_name", "pk"),
    "newest": ("-created_at", "-pk"),
}
YES, NO = ("true", "1", "yes"), ("false", "0", "no")
CONSENT = ("granted", "withdrawn", "none")


def customers_for(user: Any, params: Mapping[str, str], word: str = "view") -> QuerySet[Customer]:
    """The customers this person may see, filtered as an address says. What cannot be understood filters nothing."""
    rows: QuerySet[Customer] = Customer.objects.for_user(user, word).living()
    if q := params.get("q", "").strip():
        rows = searched(rows, q)
    if params.get("ids"):
        rows = rows.filter(pk__in=[pk for pk in map(_uuid, params["ids"].split(",")) if pk])
    for name in ("segment", "language"):
        rows = rows.filter(**{name: params[name]}) if params.get(name) else rows
    if params.get("country"):
        rows = rows.filter(country=params["country"].upper())
    if (is_vip := _flag(params.get("is_vip"))) is not None:
        rows = rows.filter(is_vip=is_vip)
    if (blocked := _flag(params.get("blocked"))) is not None:
        rows = rows.filter(blocked_at__isnull=not blocked)
    if label := _uuid(params.get("label")):
        rows = rows.filter(labels=label)
    if params.get("consent") in CONSENT:
        rows = with_consent(rows, params["consent"])
    if since := _day(params.get("since")):
        rows = rows.filter(last_contact_at__date__gte=since)
    if until := _day(params.get("until")):
        rows = rows.filter(last_contact_at__date__lte=until)
    return rows


def cards() -> CustomerQuerySet:
    """Customers with what their card shows: labels, and the last word on each purpose."""
    rows = Customer.objects.filter(merged_into=None).prefetch_related("labels")
    found: CustomerQuerySet = rows.annotate(
        marketing_said=Subquery(_last_word(ConsentEntry.Purpose.MARKETING)),
        reminders_said=Subquery(_last_word(ConsentEntry.Purpose.REMINDERS)),
    )
    return found


def _last_word(purpose: str) -> QuerySet[Any, Any]:
    said = ConsentEntry.objects.filter(
        Q(customer=OuterRef("pk")) | Q(customer__merged_into=OuterRef("pk")), purpose=purpose
    )
    return said.order_by("-at", "-created_at", "-pk").values("granted")[:1]


def searched(rows: QuerySet[Customer], q: str) -> QuerySet[Customer]:
    """Names and e-mail in any script, partial; numbers as people write them."""
    found = (
        Q(name__icontains=q) | Q(arabic_name__icontains=q) | Q(profile_name__icontains=q) | Q(email__icontains=q)
    )  # fmt: skip
    digits = "".join(char for char in q if char.isdigit())
    if digits and not any(char.isalpha() for char in q):
        digits = str(int(digits)) if q.strip().startswith(("00", "0")) else digits
        found |= Q(phone__contains=digits) | Q(identities__kind="phone", identities__value__contains=digits)
        return rows.filter(found).distinct()
    return rows.filter(found)


def with_consent(rows: QuerySet[Customer], wanted: str) -> QuerySet[Customer]:
    """Those whose last word on marketing was yes (`granted`) or no (`withdrawn`), or who never said one (`none`)."""
    rows = rows.alias(agreed=Subquery(_last_word(ConsentEntry.Purpose.MARKETING)))
    return rows.filter(agreed=None) if wanted == "none" else rows.filter(agreed=wanted == "granted")


def export_rows(user: Any, params: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """The customers this person may take out, in the order of COLUMNS; those who were erased are left out."""
    rows = customers_for(user, params, "export").annotate(
        label_names=StringAgg("labels__name", ", ", distinct=True, default="")
    )
    names = ["label_names" if name == "labels" else name for name in COLUMNS]
    for row in rows.order_by("pk").values(*names).iterator(chunk_size=1000):
        row["phone"] = phones.shown_to(user, row["phone"])
        yield tuple(row[name] for name in names)


def countries_of(user: Any) -> list[str]:
    """The countries there is somebody from."""
    rows = Customer.objects.for_user(user).living().exclude(country="")
    return list(rows.order_by("country").values_list("country", flat=True).distinct())


def alike(customer: Customer, user: Any) -> QuerySet[Customer]:
    """Others who may be the same person: the same e-mail, or the same name."""
    same = Q(pk=None)
    if customer.email:
        same |= Q(email=customer.email)
    for name in {customer.name, customer.profile_name} - {""}:
        same |= Q(name__iexact=name) | Q(profile_name__iexact=name)
    found: QuerySet[Customer] = Customer.objects.for_user(user).living().filter(same).exclude(pk=customer.pk)
    return found.order_by("pk")


def _flag(text: str | None) -> bool | None:
    return True if (text or "").lower() in YES else False if (text or "").lower() in NO else None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str | None) -> Any:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None
