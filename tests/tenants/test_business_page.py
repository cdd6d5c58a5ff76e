"""The page of the profile: saved or refused field by field, looked at by those who may not change it (TEN-10)."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from apps.audit.models import AuditEvent
from apps.tenants.actions import EDITABLE
from apps.tenants.models import Business

ClientOf = Callable[..., Client]
PAGE = "/settings/business/"


def filled(acme: Business, **but: Any) -> dict[str, Any]:
    row = Business.objects.get(pk=acme.pk)
    return {**{name: getattr(row, name) for name in EDITABLE}, "version": row.version, **but}


def test_every_field_of_the_profile_is_on_the_page_and_saved(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")
    page = samia.get(PAGE).content.decode()
    assert [name for name in EDITABLE if f'name="{name}"' not in page] == []
    wanted = {
        "name": "Acme & Sons", "legal_name": "Acme SAL", "industry": "clinic", "description_en": "Cards.",
        "description_ar": "ورق.", "timezone": "Asia/Beirut", "country": "FR", "currency": "EUR",
        "primary_language": "ar", "languages": ["fr", "en"], "digits": "arabic", "support_email": "a@acme.test",
        "support_phone": "+96170123456", "address": "Hamra", "website": "https://acme.test",
        "colour_primary": "#112233", "colour_secondary": "#445566", "colour_accent": "#778899",
    }  # fmt: skip

    answer = samia.post(PAGE, filled(acme, **wanted))

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    row = Business.objects.get(pk=acme.pk)
    assert {name: getattr(row, name) for name in EDITABLE} == wanted
    [entry] = AuditEvent.objects.filter(object_kind="business", verb="edited")
    assert set(entry.after) == set(wanted)


def test_a_wrong_field_is_named_and_nothing_is_saved(acme: Business, client_of: ClientOf) -> None:
    answer = client_of("samia").post(PAGE, filled(acme, name="Another", support_email="nobody", colour_accent="red"))

    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"support_email", "colour_accent"}
    assert Business.objects.get(pk=acme.pk).name == "Acme"


def test_the_page_says_when_a_colour_cannot_be_read(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")

    said = samia.post(PAGE, filled(acme, colour_primary="#FFE600"), follow=True).content.decode()

    assert "nearest shade" in said
    assert "nearest readable shade" in said
    assert Business.objects.get(pk=acme.pk).colour_primary == "#FFE600"


def test_an_older_page_does_not_overwrite_a_newer_one(acme: Business, client_of: ClientOf) -> None:
    samia, old = client_of("samia"), filled(acme, name="Late")
    assert samia.post(PAGE, filled(acme, name="Early")).status_code == 302

    assert samia.post(PAGE, old).status_code == 409
    assert Business.objects.get(pk=acme.pk).name == "Early"


def test_who_may_look_but_not_change(acme: Business, client_of: ClientOf) -> None:
    mona, karim = client_of("mona"), client_of("karim")

    assert mona.get(PAGE).status_code == 200
    assert mona.post(PAGE, filled(acme, name="Mine")).status_code == 403
    assert (karim.get(PAGE).status_code, karim.get("/settings/").status_code) == (403, 403)
    assert Business.objects.get(pk=acme.pk).name == "Acme"


def test_the_overview_shows_what_this_person_may_open(acme: Business, client_of: ClientOf) -> None:
    samia, mona = (client_of(name).get("/settings/").content.decode() for name in ("samia", "mona"))

    assert [word in samia for word in ("/settings/business/", "/settings/domains/", "/settings/data/")] == [True] * 3
    assert ["/settings/business/" in mona, "/settings/data/" in mona] == [True, False]
