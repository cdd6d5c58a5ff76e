"""Starter packs: what a business of a trade usually offers, when it is open, and how it speaks (TEN-16).

A pack is a file of `packs/`. Applied is what has a room today; knowledge questions and the assistant's instruction
wait in the file for theirs. Applying a pack twice adds nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import shorten
from typing import Any

from babel import Locale
from django.db.models import F, Q

from apps.accounts.actions.calendars import edit_calendar
from apps.accounts.models import Calendar
from apps.bookings.actions import create_service
from apps.bookings.models import Service
from apps.conversations.actions import create_reply
from apps.conversations.models import CannedReply
from apps.core import money
from apps.core.actors import Actor
from apps.tenants.models import Business

HERE = Path(__file__).with_name("packs")
OFFER = ("name_en", "name_ar", "short_en", "short_ar", "kind", "category", "emoji", "duration_minutes", "delivery_days")
# The seeded calendar was written in one go; who has edited it came later.
ARE_SET = Q(updated_at__gt=F("created_at") + timedelta(seconds=2))
# What a dollar's worth is roughly written as; a first suggestion for the owner, never a rate of exchange.
WORTH = {
    "AED": 4, "BHD": "0.4", "DZD": 130, "EGP": 50, "EUR": 1, "GBP": "0.8", "ILS": 4, "INR": 80, "IQD": 1300,
    "JOD": "0.7", "JPY": 150, "KWD": "0.3", "LBP": 90_000, "LYD": 5, "MAD": 10, "OMR": "0.4", "QAR": 4, "SAR": 4,
    "SDG": 600, "SYP": 13_000, "TND": 3, "TRY": 35, "USD": 1, "YER": 250,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pack:
    """One trade's starter pack, as its file has it."""

    industry: str
    services: list[dict[str, Any]]
    hours: dict[str, list[dict[str, str]]]
    replies: list[dict[str, str]]
    questions: list[dict[str, str]]
    persona: dict[str, str]

    @property
    def week(self) -> list[list[dict[str, str]]]:
        """Its hours as a calendar keeps them: seven days, Monday first."""
        return list(self.hours.values())

    def greeting(self, language: str, business: str) -> str:
        """How the assistant says hello for this business."""
        return self.persona[f"greeting_{language}"].format(business=business)


def pack_of(industry: str) -> Pack:
    """The pack of a trade; of `other` for one that has none."""
    known = industry if industry in Business.Industry.values else Business.Industry.OTHER
    return Pack(industry=known, **json.loads((HERE / f"{known}.json").read_text()))


def price_in(price: float, currency: str) -> Decimal:
    """A pack's price as shops of a currency would round it."""
    amount = Decimal(str(price)) * Decimal(str(WORTH.get(currency, 1)))
    step = Decimal(10) ** max(amount.adjusted() - 1, 0) if amount >= 10 else Decimal(1) / 2
    rounded = (amount / step).quantize(Decimal(1)) * step
    whole = rounded == rounded.to_integral_value()
    return rounded.quantize(Decimal(1) if whole else Decimal(1).scaleb(-money.decimals(currency)))


def apply_services(
    pack: Pack, *, keys: Iterable[str], prices: Mapping[str, Decimal], currency: str, by: Actor
) -> list[Service]:
    """Offer the chosen services of a pack. What is offered already, or was given up, stays as it is."""
    chosen = set(keys)
    known = set(Service.objects.filter(key__in=chosen).values_list("key", flat=True))
    return [
        create_service(
            by=by, key=each["key"], price=prices.get(each["key"], price_in(each["price"], currency)), currency=currency,
            **{name: each[name] for name in OFFER},
        )
        for each in pack.services if each["key"] in chosen - known
    ]  # fmt: skip


def apply_replies(pack: Pack, *, language: str, by: Actor) -> list[CannedReply]:
    """Keep the pack's replies ready, each called by its first words. A shortcut in use stays whose it is."""
    known = set(CannedReply.objects.values_list("shortcut", flat=True))
    return [
        create_reply(
            by=by, shortcut=each["shortcut"], body_en=each["en"], body_ar=each["ar"],
            title=shorten(each["ar" if language == "ar" else "en"], 48, placeholder=" …"),
        )
        for each in pack.replies if each["shortcut"] not in known
    ]  # fmt: skip


def apply_hours(pack: Pack, *, by: Actor) -> bool:
    """Open when the trade usually does, unless somebody has set the hours already. Whether it did."""
    calendar = Calendar.objects.filter(purpose=Calendar.Purpose.BUSINESS).exclude(ARE_SET).first()
    if calendar is None:
        return False
    edit_calendar(calendar, by=by, weekly=pack.week)
    return True


def hours_are_set() -> bool:
    """Whether somebody has looked at the opening hours; they begin with a guess."""
    return Calendar.objects.filter(ARE_SET, purpose=Calendar.Purpose.BUSINESS).exists()


def spoken_week(week: list[list[dict[str, str]]], language: str) -> list[tuple[str, str]]:
    """A week in few lines: days that open alike stand together, those that do not open are left out."""
    names = Locale.parse(language).days["stand-alone"]["wide"]
    alike: list[tuple[list[int], list[dict[str, str]]]] = []
    for day, spans in enumerate(week):
        if alike and alike[-1][1] == spans:
            alike[-1][0].append(day)
        else:
            alike.append(([day], spans))
    return [
        (
            str(names[days[0]]) if len(days) == 1 else f"{names[days[0]]} – {names[days[-1]]}",
            ", ".join(f"{span['from']}–{span['to']}" for span in spans),
        )
        for days, spans in alike if spans
    ]  # fmt: skip


def offered_keys() -> set[str]:
    """The keys of all services there ever were: a pack adds none of them again."""
    return set(Service.objects.values_list("key", flat=True))
