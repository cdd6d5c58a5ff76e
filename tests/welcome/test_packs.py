"""TEN-16: a starter pack for each of the ten industries, applied once however often it is applied."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django_tenants.utils import schema_context

from apps.accounts.actions.calendars import edit_calendar
from apps.accounts.models import Calendar
from apps.assistant.models import Persona
from apps.audit.models import AuditEvent
from apps.bookings.models import Service
from apps.core import money
from apps.core.actors import SYSTEM
from apps.dashboard.welcome import starter
from apps.tenants.models import Business
from tests.api.conftest import api

__all__ = ["api"]
ARABIC = re.compile("[\u0600-\u06ff]")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
INDUSTRIES = Business.Industry.values


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_each_industry_has_a_whole_pack(industry: str) -> None:
    pack = starter.pack_of(industry)

    assert pack.industry == industry
    assert 4 <= len(pack.services) <= 8
    assert len({each["key"] for each in pack.services}) == len(pack.services)
    assert list(pack.hours) == DAYS
    assert any(pack.hours.values())
    assert len(pack.replies) >= 3
    assert len(pack.questions) >= 4
    assert pack.persona["tone"] in Persona.Tone.values
    for spans in pack.hours.values():
        assert all(TIME.fullmatch(each["from"]) and TIME.fullmatch(each["to"]) for each in spans)


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_each_text_is_there_in_both_languages(industry: str) -> None:
    pack = starter.pack_of(industry)

    arabic = [each["ar"] for each in (*pack.replies, *pack.questions)]
    arabic += [each[name] for each in pack.services for name in ("name_ar", "short_ar")]
    arabic += [pack.persona["greeting_ar"], pack.persona["instruction_ar"]]
    english = [each["en"] for each in (*pack.replies, *pack.questions)]
    english += [each[name] for each in pack.services for name in ("name_en", "short_en")]
    english += [pack.persona["greeting_en"], pack.persona["instruction_en"]]
    assert all(ARABIC.search(text) for text in arabic)
    assert all(text and not ARABIC.search(text) for text in english)
    assert pack.greeting("ar", "نور").count("نور") == pack.greeting("en", "Nour").count("Nour") == 1


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_each_pack_applies_and_twice_adds_nothing(acme: Business, industry: str) -> None:
    pack = starter.pack_of(industry)
    keys = [each["key"] for each in pack.services]

    for _turn in range(2):
        starter.apply_services(pack, keys=keys, prices={}, currency="USD", by=SYSTEM)

    assert sorted(Service.objects.values_list("key", flat=True)) == sorted(keys)
    assert AuditEvent.objects.filter(object_kind="service", verb="created").count() == len(keys)
    for row in Service.objects.all():
        row.full_clean()


def test_what_was_given_up_does_not_come_back(acme: Business) -> None:
    pack = starter.pack_of("salon")
    starter.apply_services(pack, keys=["haircut"], prices={}, currency="USD", by=SYSTEM)
    Service.objects.update(name_en="Cut", price=Decimal(99), is_active=False)

    starter.apply_services(pack, keys=["haircut", "manicure"], prices={}, currency="USD", by=SYSTEM)

    assert list(Service.objects.values_list("name_en", "price")) == [("Cut", Decimal(99)), ("Manicure", Decimal(15))]


@pytest.mark.parametrize("currency", ["USD", "LBP", "KWD", "JPY", "AED", "CHF"])
def test_prices_are_round_and_payable_in_each_currency(currency: str) -> None:
    prices = [starter.price_in(each["price"], currency) for key in INDUSTRIES for each in starter.pack_of(key).services]

    assert all(money.fits(price, currency) for price in prices)
    assert all(len(str(price.normalize()).replace(".", "").split("E")[0].rstrip("0")) <= 2 for price in prices)


def test_the_api_applies_the_businesss_own_pack_once(acme: Business, api: Callable[..., Any]) -> None:
    with schema_context("public"):
        Business.objects.filter(pk=acme.pk).update(industry="salon")
    samia = api("samia")

    first, second = samia("POST", "onboarding/apply-pack/"), samia("POST", "onboarding/apply-pack/")

    assert (first.status_code, first.json()["industry"], len(first.json()["services"])) == (200, "salon", 5)
    assert second.json()["services"] == []
    assert Service.objects.count() == 5
    assert (first.json()["hours"], second.json()["hours"]) == (True, False)
    assert Calendar.objects.get(purpose="business").weekly == starter.pack_of("salon").week
    persona = Persona.objects.get(is_current=True)
    assert (persona.version, persona.tone) == (2, "friendly")
    assert "Acme" in persona.greeting_en


def test_the_api_applies_what_is_chosen(acme: Business, api: Callable[..., Any]) -> None:
    answer = api("samia")("POST", "onboarding/apply-pack/", industry="clinic", services=["consultation", "nothing"])

    assert answer.json()["industry"] == "clinic"
    assert list(Service.objects.values_list("key", flat=True)) == ["consultation"]


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_each_packs_hours_are_a_week_that_a_calendar_takes(acme: Business, industry: str) -> None:
    assert starter.apply_hours(starter.pack_of(industry), by=SYSTEM)

    assert Calendar.objects.get(purpose="business").weekly == starter.pack_of(industry).week
    assert not starter.apply_hours(starter.pack_of("other"), by=SYSTEM)


def test_hours_that_somebody_has_set_stay(acme: Business) -> None:
    week: list[Any] = [[{"from": "10:00", "to": "18:00"}], [], [], [], [], [], []]
    edit_calendar(Calendar.objects.get(purpose="business"), by=SYSTEM, weekly=week)

    assert not starter.apply_hours(starter.pack_of("salon"), by=SYSTEM)
    assert Calendar.objects.get(purpose="business").weekly == week


@pytest.mark.parametrize(
    ("language", "said"), [("en", ("Monday – Saturday", "10:00–20:00")), ("ar", ("الاثنين – السبت", "10:00–20:00"))]
)
def test_a_week_is_said_in_few_words(language: str, said: tuple[str, str]) -> None:
    assert starter.spoken_week(starter.pack_of("salon").week, language) == [said]
