"""Reads of customers that leave the house: the table of an export."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.customers.models import Customer

FILTERS = ("language", "country", "is_vip")
COLUMNS = (
    "id", "name", "profile_name", "phone", "country", "language", "is_vip", "first_contact_at", "last_contact_at",
    "blocked_at",
)  # fmt: skip


def export_rows(user: Any, params: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """The customers this person may take out, in the order of COLUMNS; those who were erased are left out."""
    rows = Customer.objects.for_user(user, "export").filter(erased_at=None)
    for name in ("language", "country"):
        rows = rows.filter(**{name: params[name]}) if params.get(name) else rows
    if params.get("is_vip"):
        rows = rows.filter(is_vip=params["is_vip"].lower() in ("true", "1", "yes"))
    yield from rows.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=1000)
