"""The page of services: who may what, and that a form and a program make the same row."""

from decimal import Decimal

import pytest

from apps.bookings.models import Service
from apps.core import money
from tests.factories import a_service

FACTS = {
    "name_en": "Video Reading", "name_ar": "قراءة مصورة", "kind": "appointment", "duration_minutes": "30",
    "price": "120.50", "original_price": "150", "currency": "usd", "tags": "new, popular", "emoji": "🎥",
    "is_featured": "on", "max_per_day": "3",
}  # fmt: skip


@pytest.mark.parametrize(("person", "status"), [("samia", 302), ("mona", 403), ("karim", 403), ("omar", 403)])
def test_who_may_offer_something_new(client_of, person, status):
    answer = client_of(person).post("/services/new/", FACTS)

    assert answer.status_code == status
    assert Service.objects.exists() == (status == 302)


@pytest.mark.parametrize(("person", "status"), [("samia", 302), ("mona", 302), ("karim", 403), ("omar", 403)])
def test_who_may_change_one(client_of, person, status):
    service = a_service()
    client, address = client_of(person), f"/services/{service.pk}/"

    answer = client.post(address, {**FACTS, "reason": "summer"})

    assert answer.status_code == status
    assert [(row.old, row.reason) for row in service.prices.all()] == ([(150, "summer")] if status == 302 else [])
    assert client.get(address).status_code == (200 if status == 302 else 403)
    assert client.post(f"{address}deactivate/").status_code == status
    assert service.fresh().is_active == (status != 302)
    assert client.post(f"{address}archive/").status_code == (302 if person == "samia" else 403)
    assert (service.fresh().archived_at is None) == (person != "samia")


def test_the_page_and_the_api_make_equal_rows(client_of, api):
    client_of("samia").post("/services/new/", {**FACTS, "key": "by_page"})
    body = {
        **FACTS, "currency": "USD", "duration_minutes": 30, "is_featured": True, "max_per_day": 3,
        "tags": ["new", "popular"],
    }  # fmt: skip
    made = api("samia")("POST", "services/", **body, key="by_api")

    assert made.status_code == 201, made.text
    assert (made.json()["price"], made.json()["original_price"]) == ("120.50", "150.00")
    rows = Service.objects.order_by("sort").values()
    ignored = {"id", "created_at", "updated_at", "sort", "key"}
    page, program = ({name: value for name, value in row.items() if name not in ignored} for row in rows)
    assert page == program


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(client_of):
    answer = client_of("samia").post("/services/new/", {**FACTS, "currency": "JPY", "duration_minutes": ""})

    assert answer.status_code == 422
    assert answer.context["form"].errors["price"] == ["This currency is not divided so finely."]
    assert not Service.objects.exists()


def test_the_cards_carry_both_names_and_the_price_as_its_currency_is_divided(client_of):
    a_service(name_ar="قراءة التاروت", price=Decimal(1000), original_price=Decimal(1500), currency="JPY")

    page = client_of("omar").get("/services/").content.decode()

    assert "Tarot Reading" in page
    assert "قراءة التاروت" in page
    assert "¥1,000" in page
    assert "¥1,000." not in page
    assert "saves 33%" in page
    assert "/deactivate/" not in page


def test_an_empty_shelf_shows_the_next_step_to_whoever_may_take_it(client_of):
    assert "/services/new/" in client_of("samia").get("/services/").content.decode()
    assert "/services/new/" not in client_of("omar").get("/services/").content.decode()


def test_up_and_down_move_one_place(client_of):
    rows = [a_service(name_en=name) for name in "ABC"]
    client = client_of("mona")

    client.post(f"/services/{rows[2].pk}/move/", {"to": "up"})
    client.post(f"/services/{rows[0].pk}/move/", {"to": "down"})
    client.post(f"/services/{rows[1].pk}/move/", {"to": "down"})

    assert [row.name_en for row in Service.objects.order_by("sort")] == ["C", "A", "B"]


@pytest.mark.parametrize(
    ("amount", "currency", "plain", "english", "arabic"),
    [
        ("50", "USD", "50.00", "$50", "\u206650\u00a0US$\u2069"),
        ("49.9", "USD", "49.90", "$49.90", "\u206649.90\u00a0US$\u2069"),
        ("1000", "JPY", "1000", "¥1,000", "\u20661,000\u00a0JP¥\u2069"),
        ("5.25", "KWD", "5.250", "KWD\u00a05.250", "\u20665.250\u00a0د.ك.\u2069"),
    ],
)
def test_money_is_said_as_its_currency_is_divided(amount, currency, plain, english, arabic):
    given = Decimal(amount)

    assert money.plain(given, currency) == plain
    assert (money.spoken(given, currency, "en"), money.spoken(given, currency, "ar")) == (english, arabic)


@pytest.mark.parametrize(("amount", "currency", "fits"), [
    ("10.5", "JPY", False), ("10", "JPY", True), ("10.005", "USD", False), ("10.005", "KWD", True),
])  # fmt: skip
def test_an_amount_that_cannot_be_paid_does_not_fit(amount, currency, fits):
    assert money.fits(Decimal(amount), currency) is fits
