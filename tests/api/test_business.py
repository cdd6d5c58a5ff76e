"""A business's own row over the API: who sees what of it, each field saved or refused, two editors at once (TEN-10)."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.audit.models import AuditEvent
from apps.tenants.models import Business

Call = Callable[..., Any]


def test_what_everybody_sees_of_the_business_and_what_the_settings_show(api: Call) -> None:
    seen, shown = api("karim")("GET", "business/").json(), api("mona")("GET", "business/").json()

    assert set(shown) - set(seen) == {
        "status_reason", "created_at", "updated_at", "legal_name", "description_en", "description_ar", "support_email",
        "support_phone", "address", "website", "closing_until", "version",
    }  # fmt: skip
    assert "schema_name" not in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Acme & Sons"), ("industry", "clinic"), ("country", "FR"), ("timezone", "Asia/Beirut"),
        ("currency", "JPY"), ("primary_language", "ar"), ("colour_primary", "#123ABC"),
        ("legal_name", "Acme SAL"), ("description_en", "We read cards."), ("description_ar", "نقرأ الورق."),
        ("languages", ["fr", "ar"]), ("digits", "arabic"), ("support_email", "help@acme.test"),
        ("support_phone", "+96170123456"), ("address", "Hamra, Beirut"), ("website", "https://acme.test/"),
        ("colour_secondary", "#ABCDEF"), ("colour_accent", "#FEDCBA"),
    ],
)  # fmt: skip
def test_each_field_of_the_profile_is_read_back(api: Call, field: str, value: str) -> None:
    samia = api("samia")

    changed = samia("PATCH", "business/", **{field: value})

    assert (changed.status_code, changed.json()[field]) == (200, value)
    assert samia("GET", "business/").json()[field] == value
    assert AuditEvent.objects.get(object_kind="business").after == {field: value}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x"), ("name", "x" * 101), ("legal_name", "x" * 151), ("industry", "circus"), ("country", "Lebanon"),
        ("timezone", "Moon/Crater"), ("currency", "usd"), ("primary_language", "xx"), ("languages", ["tlh"]),
        ("description_en", "x" * 1001), ("support_email", "nobody"), ("support_phone", "70 123"),
        ("address", "x" * 301), ("website", "javascript:alert(1)"), ("colour_primary", "teal"),
        ("colour_accent", "#12345"), ("digits", "roman"),
    ],
)  # fmt: skip
def test_a_field_that_is_not_right_is_named_and_nothing_is_saved(
    api: Call, acme: Business, field: str, value: object
) -> None:
    before = Business.objects.filter(pk=acme.pk).values().get()

    answer = api("samia")(
        "PATCH", "business/", **{field: value, "address" if field != "address" else "name": "Elsewhere"}
    )

    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (400, "invalid", [field])
    assert Business.objects.filter(pk=acme.pk).values().get() == before


def test_two_editors_of_the_profile(api: Call) -> None:
    samia, version = api("samia"), api("samia")("GET", "business/").json()["version"]

    assert samia("PATCH", "business/", name="Acme One", version=version).status_code == 200
    late = samia("PATCH", "business/", name="Acme Two", version=version)

    assert (late.status_code, late.json()["code"]) == (409, "stale_version")
    assert (late.json()["current"]["name"], late.json()["current"]["version"]) == ("Acme One", version + 1)
    assert samia("GET", "business/").json()["name"] == "Acme One"


@pytest.mark.parametrize("field", ["plan", "status", "slug", "schema_name", "trial_end", "limits"])
def test_a_business_does_not_change_its_own_terms(api: Call, acme: Business, field: str) -> None:
    answer = api("samia")("PATCH", "business/", **{field: "free"})

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert Business.objects.get(pk=acme.pk).slug == "acme"
