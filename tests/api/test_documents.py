"""The OpenAPI document and the pages that show it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from tests import people
from tests.api.routes import document

Call = Callable[..., Any]


def test_the_document_is_served_to_the_signed_in(api: Call, by_token: Call, acme: Any) -> None:
    served = by_token("karim")("GET", "schema/")

    assert served.status_code == 200
    assert served.json()["paths"].keys() == document()["paths"].keys()
    assert api("omar")("GET", "schema/").status_code == 200
    assert Client(headers={"host": "acme.localhost"}).get("/api/v1/schema/").status_code == 401


def test_a_body_lists_its_fields() -> None:
    found = document()
    send = found["paths"]["/api/v1/conversations/{id}/send/"]["post"]
    takes = send["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]

    assert set(found["components"]["schemas"][takes]["properties"]) == {
        "id", "body", "reply_to", "attachments", "template", "send_at", "unless_answered", "fallback",
    }  # fmt: skip
    assert "201" in send["responses"]
    assert send["responses"]["409"]["content"].keys() == {"application/problem+json"}


def test_the_document_is_drawn_without_complaint(capsys: Any) -> None:
    document()

    assert capsys.readouterr().err == ""


def test_an_address_that_may_be_empty_says_so() -> None:
    schemas = document()["components"]["schemas"]
    shown, asked = schemas["Business"]["properties"], schemas["NewInvitation"]["properties"]

    for name, form in (("website", "uri"), ("support_email", "email")):
        assert shown[name]["oneOf"] == [{"type": "string", "format": form}, {"type": "string", "maxLength": 0}]
    assert asked["email"]["format"] == "email"


def test_usage_is_one_thing_and_no_list() -> None:
    usage = document()["paths"]["/api/v1/usage/"]["get"]

    assert usage["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Usage")
    assert "month" in [each["name"] for each in usage["parameters"]]


def test_a_file_names_its_forms_and_its_end() -> None:
    answers = document()["paths"]["/api/v1/exports/{id}/download/"]["get"]["responses"]

    assert {kind.partition(";")[0] for kind in answers["200"]["content"]} >= {"text/csv", "application/json"}
    assert answers["410"]["content"].keys() == answers["409"]["content"].keys() == {"application/problem+json"}


def test_the_page_lists_every_route(client_of: Callable[..., Client]) -> None:
    page = client_of("karim").get("/api/v1/docs/")

    assert page.status_code == 200
    for path in document()["paths"]:
        assert path in page.text
    assert "conversations.takeover" in page.text
    assert 'id="held_by_other"' in page.text


def test_the_page_is_not_for_everybody(acme: Any) -> None:
    assert Client(headers={"host": "acme.localhost"}).get("/api/v1/docs/").status_code == 302


def test_the_root_names_the_nouns(api: Call) -> None:
    nouns = api("karim")("GET", "").json()

    assert nouns["conversations"] == "http://acme.localhost/api/v1/conversations/"
    assert {"business", "me", "messages", "notes", "inboxes", "deliveries", "api-tokens", "permissions"} <= set(nouns)


@pytest.fixture
def console(db: None) -> Client:
    client = Client(headers={"host": "localhost"})
    with schema_context("public"):
        client.force_login(people.an_operator())
    return client


def test_the_platform_has_papers_of_its_own(console: Client, capsys: Any) -> None:
    found = document("config.urls_public")

    assert capsys.readouterr().err == ""
    assert all(act["x-guard"] for acts in found["paths"].values() for act in acts.values())
    assert {"/api/v1/signup/", "/api/v1/plans/", "/api/v1/businesses/{id}/suspend/"} <= set(found["paths"])
    assert "/api/v1/conversations/" not in found["paths"]
    assert console.get("/api/v1/schema/", headers={"accept": "application/json"}).json()["paths"] == found["paths"]
    page = console.get("/api/v1/docs/")
    assert page.status_code == 200
    assert all(path in page.text for path in found["paths"])
    assert console.get("/api/v1/", headers={"accept": "application/json"}).json().keys() >= {"signup", "plans"}


def test_the_platforms_papers_are_for_operators(db: None) -> None:
    nobody = Client(headers={"host": "localhost"})

    assert nobody.get("/api/v1/schema/").status_code == 401
    assert nobody.get("/api/v1/docs/").status_code == 302
