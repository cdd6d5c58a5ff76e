"""BIL-01: a price shown anywhere comes from the plan's row."""

from decimal import Decimal

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from apps.billing.models import Plan
from apps.tenants.models import Business


@pytest.fixture
def platform(acme: Business) -> Client:
    """A stranger's browser."""
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize("page", ["/", "/pricing/"])
def test_a_page_shows_the_prices_of_the_rows(platform: Client, page: str) -> None:
    before = platform.get(page).content.decode()
    with schema_context("public"):
        Plan.objects.filter(key="pro", is_current=True).update(price_month=Decimal("217"), conversations=5_432)

    after = platform.get(page).content.decode()

    assert all(f">${price}<" in before for price in (0, 100, 200, 300))
    assert ">$217<" in after
    assert ">$200<" not in after
    assert "5,432" in after


@pytest.mark.parametrize("page", ["/", "/pricing/", "/signup/", "/find/", "/terms/"])
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_each_page_of_the_front_speaks_both_languages(
    platform: Client, page: str, language: str, direction: str
) -> None:
    answer = platform.get(page, headers={"accept-language": language})

    assert answer.status_code == 200
    assert f'lang="{language}" dir="{direction}"' in answer.content.decode()


def test_the_form_begins_with_what_the_browser_tells(platform: Client) -> None:
    page = platform.get("/signup/", headers={"accept-language": "ar-LB,en;q=0.8"}).content.decode()

    for chosen in ("LB", "Asia/Beirut", "USD", "ar"):
        assert f'<option value="{chosen}" selected>' in page


def test_a_country_brings_its_time_zone_and_currency(platform: Client) -> None:
    page = platform.get("/signup/place/?country=EG").content.decode()

    assert '<option value="Africa/Cairo" selected>' in page
    assert '<option value="EGP" selected>' in page
