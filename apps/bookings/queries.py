"""Reads on services: how many count towards the plan, what the menu says."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from apps.bookings.models import Service
from apps.core.querysets import GuardedQuerySet
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

LATEST = 50  # lines of a price history on a page


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the menu. `saves` is the whole percentage off the price before, rounded down; 0 without one."""

    number: int
    id: UUID
    key: str
    name: str
    short: str
    emoji: str
    price: Decimal
    currency: str
    saves: int
    is_featured: bool
    tags: list[str]


def own_business() -> Business:
    """The business whose services these are: its currency and the language it speaks first."""
    return Business.objects.only("currency", "primary_language").get(schema_name=current_schema())


def offered() -> GuardedQuerySet:
    """Every service that was not given up, in the menu's order."""
    found: GuardedQuerySet = Service.objects.filter(archived_at=None)
    return found


def active_count() -> int:
    """How many services are in the menu: what the plan's limit counts."""
    return offered().filter(is_active=True).count()


def menu(language: str) -> list[Item]:
    """What customers may choose, numbered from 1, in their language; in the other where that one is missing."""
    rows = offered().filter(is_active=True).exclude(stock=0)
    return [_item(number, row, language) for number, row in enumerate(rows, start=1)]


def saving(service: Service) -> int:
    """The whole percentage off the price before, rounded down."""
    if not service.original_price:
        return 0
    return int((service.original_price - service.price) * 100 / service.original_price)


def said(service: Service, what: str, language: str) -> str:
    """A text of a service in this language, else in the other: `said(service, "name", "ar")`."""
    first, second = ("ar", "en") if language.startswith("ar") else ("en", "ar")
    return str(getattr(service, f"{what}_{first}") or getattr(service, f"{what}_{second}"))


def _item(number: int, row: Service, language: str) -> Item:
    return Item(
        number=number, id=row.pk, key=row.key, name=said(row, "name", language), short=said(row, "short", language),
        emoji=row.emoji, price=row.price, currency=row.currency, saves=saving(row), is_featured=row.is_featured,
        tags=row.tags,
    )  # fmt: skip
