"""The page of the record: filters that come from the rows, one entry with its diff, proof, and who may look."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.audit import actions as audit
from apps.audit.models import AuditEvent
from apps.core.actors import SYSTEM
from apps.core.logs import Caller, caller
from apps.tenants.models import Business
from tests import people
from tests.api.conftest import speak
from tests.api.routes import some_rows


@pytest.fixture
def samia(client_of: Callable[..., Client]) -> Client:
    return client_of("samia")


@pytest.fixture
def rows(acme: Business) -> None:
    karim, mona = people.employee("karim"), people.employee("mona")
    audit.record(mona.user.actor, "edited", karim, before={"theme": "light"}, after={"theme": "dark"})
    token = caller.set(Caller("192.0.2.7", "curl"))
    audit.record(karim.user.actor, "noted", mona)
    caller.reset(token)


def shown(client: Client, address: str) -> list[str]:
    return [row.verb for row in client.get(address).context["rows"]]


def test_each_filter_finds_its_rows(rows: None, samia: Client) -> None:
    mona = people.employee("mona")

    assert {"edited", "noted"} <= set(shown(samia, "/audit/"))
    assert shown(samia, f"/audit/?person={mona.pk}") == ["edited"]
    assert shown(samia, "/audit/?verb=noted") == ["noted"]
    assert shown(samia, "/audit/?address=192.0.2.7") == ["noted"]
    assert shown(samia, f"/audit/?object={mona.pk}&verb=noted") == ["noted"]
    assert shown(samia, "/audit/?noun=nothing") == []
    assert shown(samia, "/audit/?until=2020-01-01") == []
    assert shown(samia, "/audit/?address=<script>&since=x") == []


def test_no_offered_value_matches_nothing(rows: None, samia: Client) -> None:
    offered = samia.get("/audit/").context["offered"]

    assert set(offered) == {"person", "verb", "noun", "address"}
    for name, values in offered.items():
        assert values, name
        for value, _label in values:
            assert shown(samia, f"/audit/?{name}={value}") != [], (name, value)


def test_an_entry_shows_what_changed(rows: None, samia: Client) -> None:
    row = AuditEvent.objects.get(verb="edited")

    answer = samia.get(f"/audit/{row.pk}/")

    assert answer.context["changes"] == [("theme", "light", "dark")]
    assert "Mona" in answer.content.decode()


def test_the_button_proves_the_chain(rows: None, samia: Client) -> None:
    answer = samia.post("/audit/verify/", follow=True)

    assert "The record is whole" in answer.content.decode()


def test_older_rows_are_on_the_next_page(acme: Business, samia: Client) -> None:
    for number in range(60):
        audit.record(SYSTEM, "noted", people.employee("karim"), after={"number": number})

    first = samia.get("/audit/?verb=noted")
    second = samia.get(f"/audit/?verb=noted&before={first.context['older']}")

    seen = [row.after["number"] for answer in (first, second) for row in answer.context["rows"]]
    assert seen == list(range(59, -1, -1))
    assert second.context["older"] is None


@pytest.mark.parametrize("person", ["mona", "karim", "omar"])
def test_only_holders_of_the_word_look(rows: None, client_of: Callable[..., Client], person: str) -> None:
    client, row = client_of(person), AuditEvent.objects.get(verb="edited")

    answers = [client.get("/audit/"), client.post("/audit/verify/"), speak(client)("GET", "audit-events/")]

    assert {answer.status_code for answer in answers} == {403}
    assert client.get(f"/audit/{row.pk}/").status_code == 404


def test_the_api_gives_the_same_rows(rows: None, client_of: Callable[..., Client], samia: Client) -> None:
    samia.post("/audit/verify/")
    call: Any = speak(client_of("samia"))

    found = call("GET", "audit-events/?verb=edited").json()["results"]

    assert [(row["after"], row["actor_label"]) for row in found] == [({"theme": "dark"}, "Mona")]
    assert found[0]["seq"] >= 1
    assert len(found[0]["hash"]) == 64
    assert call("GET", f"audit-events/{found[0]['id']}/").json() == found[0]
    assert call("GET", "audit-events/?address=192.0.2.7").json()["results"][0]["agent"] == "curl"
    assert call("GET", "audit-events/?address=x").status_code == 400


def test_opening_a_raw_delivery_is_a_row(acme: Business, client_of: Callable[..., Client]) -> None:
    delivery = some_rows()["deliveries"]

    assert speak(client_of("mona"))("GET", f"deliveries/{delivery.pk}/").status_code == 403
    assert not AuditEvent.objects.filter(verb="opened").exists()
    assert speak(client_of("samia"))("GET", f"deliveries/{delivery.pk}/").status_code == 200

    row = AuditEvent.objects.get(verb="opened")
    assert (row.object_kind, row.object_id, row.actor_label) == ("delivery", delivery.pk, "Samia")
