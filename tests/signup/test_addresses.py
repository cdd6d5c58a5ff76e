"""TEN-03: the address a name is given."""

import re

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from apps.tenants import signup
from apps.tenants.models import Business

FORM = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])")
# name, industry, the address as a pattern; four random characters are ….
NAMES = [
    ("Nour Salon", "salon", "nour-salon"), ("  Nour   Salon  ", "salon", "nour-salon"),
    ("NOUR SALON", "salon", "nour-salon"), ("Nour & Co.", "salon", "nour-co"), ("Café Été", "restaurant", "cafe-ete"),
    ("Łódź Gym", "fitness", "odz-gym"), ("Zoë's", "salon", "zoe-s"), ("a1b", "other", "a1b"),
    ("Dr. Haddad", "clinic", "dr-haddad"), ("--Nour--", "salon", "nour"), ("Nour_Salon", "salon", "nour-salon"),
    ("Nour/Salon\\2", "salon", "nour-salon-2"), ("Nour Salon 24/7", "salon", "nour-salon-24-7"),
    ("صالون نور", "salon", "salon-…"), ("مطعم الأرز", "restaurant", "restaurant-…"), ("عيادة", "clinic", "clinic-…"),
    ("عقارات", "real_estate", "real-estate-…"), ("沙龙", "salon", "salon-…"), ("Салон", "salon", "salon-…"),
    ("💇‍♀️✨", "salon", "salon-…"), ("💇 Nour", "salon", "nour"), ("نور Nour", "salon", "nour"),
    ("123", "other", "other-…"),
    ("٢٠٢٦", "education", "education-…"), ("!!!", "other", "other-…"), ("   ", "other", "other-…"),
    ("Q", "salon", "q-…"), ("AB", "salon", "ab-…"), ("É!", "salon", "e-…"), ("www", "other", "www-…"),
    ("API", "other", "api-…"), ("Admin", "other", "admin-…"), ("Majlis", "other", "majlis-…"),
    ("Support", "other", "support-…"), ("Docs", "other", "docs-…"), ("Help!", "other", "help-…"),
    ("x" * 80, "other", "x" * 50), ("ab " * 30, "other", ("ab-" * 30)[:50].strip("-")),
    ("<script>alert(1)</script>", "other", "script-alert-1-script"), ("Nour\x00Salon", "salon", "nour-salon"),
    ("ﬁtness ①", "fitness", "fitness-1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "industry", "wanted"), NAMES)
def test_forty_names(name: str, industry: str, wanted: str) -> None:
    slug = signup.slug_for(name, industry)

    assert re.fullmatch(re.escape(wanted).replace("…", "[a-z0-9]{4}"), slug), slug
    assert FORM.fullmatch(slug)
    assert 3 <= len(slug) <= 50


def test_they_are_forty() -> None:
    assert len(NAMES) >= 40


def test_a_second_of_one_name_gets_an_ending(acme: Business) -> None:
    owner = signup.Owner("Nour", "nour@example.test", "hash", "en")
    with schema_context("public"):
        made = [signup.sign_up(name="Nour", industry="salon", owner=owner).slug for _turn in range(3)]

    assert made[0] == "nour"
    assert all(re.fullmatch("nour-[a-z0-9]{4}", slug) for slug in made[1:])
    assert len(set(made)) == 3


def test_an_ending_never_makes_it_too_long() -> None:
    assert len(signup.with_ending("x" * 50)) == 50


@pytest.mark.parametrize(
    ("name", "slug", "free"), [("Nour Salon", "nour-salon", True), ("Acme", "acme-[a-z0-9]{4}", False)]
)
def test_the_live_check(acme: Business, name: str, slug: str, free: bool) -> None:
    told = Client(headers={"host": "localhost"}).get("/api/v1/signup/slug/", {"name": name}).json()

    assert re.fullmatch(slug, told["slug"])
    assert (told["is_free"], told["url"].startswith(f"http://{told['slug']}.localhost")) == (free, True)


@pytest.mark.parametrize(
    ("query", "code"),
    [({}, "invalid"), ({"name": " "}, "invalid"), ({"name": "A", "plan": "pro"}, "unknown_parameter")],
)
def test_a_check_without_a_name_or_with_too_much_is_refused(acme: Business, query: dict[str, str], code: str) -> None:
    answer = Client(headers={"host": "localhost"}).get("/api/v1/signup/slug/", query)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_page_says_it_while_one_types(acme: Business) -> None:
    page = Client(headers={"host": "localhost"})

    assert b"nour-salon.localhost" in page.get("/signup/address/", {"name": "Nour Salon"}).content
    assert b"salon-" in page.get("/signup/address/", {"name": "صالون", "industry": "salon"}).content
    assert b"<script>" not in page.get("/signup/address/", {"name": "<script>"}).content
