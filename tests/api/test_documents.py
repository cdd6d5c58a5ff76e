"""The OpenAPI document and the pages that show it."""

from collections.abc import Callable
from typing import Any

from django.test import Client

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

    assert set(found["components"]["schemas"][takes]["properties"]) == {"id", "body", "reply_to"}
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
