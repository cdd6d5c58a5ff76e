"""The doors to credentials: a value goes in and is seen nowhere; each is tried through the client that will use it."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from apps.accounts import secrets
from apps.accounts.models import Secret
from apps.audit.models import AuditEvent
from apps.core.actors import SYSTEM
from apps.tenants.models import Business
from tests.api.conftest import speak
from tests.factories import an_inbox
from tests.gateways.conftest import loopback_server
from tests.gateways.provider import Answer, Loopback

MARKER = "sk-markersecret-0123456789-abcd"
NAME = Secret.Name.OPENAI_API_KEY


@pytest.fixture
def provider(settings: Any) -> Iterator[Loopback]:
    """Every provider at once, on this machine."""
    with loopback_server() as server:
        settings.META_GRAPH_URL = settings.TWILIO_API_URL = settings.OPENAI_BASE_URL = server.url
        settings.STRIPE_API_URL = server.url
        yield server


@pytest.fixture
def samia(client_of: Callable[..., Client]) -> Callable[..., Any]:
    return speak(client_of("samia"))


def kept(name: str = NAME, scope: str = "business", value: str = MARKER) -> Secret:
    return secrets.set_secret(name, value, scope=scope, by=SYSTEM)


def opened(name: str = NAME, scope: str = "business") -> str:
    return secrets.secret(name, scope=scope)


def test_no_endpoint_page_log_line_or_audit_row_shows_a_value(
    acme: Business, samia: Any, client_of: Callable[..., Client], caplog: pytest.LogCaptureFixture, provider: Loopback
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.standing = lambda heard: Answer(401, {"error": {"message": f"Bad key {MARKER}", "code": 190}})
    inbox = an_inbox()
    said = []
    for name, scope in (
        ("openai_api_key", "business"), ("stripe_secret_key", "business"), ("meta_access_token", f"inbox:{inbox.pk}"),
    ):  # fmt: skip
        said.append(samia("PATCH", f"secrets/{name}/", value=MARKER, scope=scope))
        said.append(samia("POST", f"secrets/{name}/test/", scope=scope))
        assert [each.status_code for each in said[-2:]] == [200, 200], said[-1].content
        assert said[-1].json()["test_result"] == "failed"
    said += [
        samia("GET", path) for path in ("secrets/", "audit-events/", "inboxes/", f"inboxes/{inbox.pk}/", "business/")
    ]
    said.append(samia("PATCH", "secrets/openai_api_key/", value=MARKER, scop="x"))
    browser = client_of("samia")
    said += [browser.get("/settings/secrets/"), browser.get("/audit/")]
    form = {"name": "openai_api_key", "scope": "business", "value": MARKER}
    said.append(browser.post("/settings/secrets/set/", form, follow=True))
    said.append(browser.post("/settings/secrets/test/", form, follow=True))

    assert len(provider.heard) >= 4
    for answer in said:
        assert MARKER not in answer.content.decode() + str(answer.headers), answer.request
    assert MARKER not in caplog.text
    for row in AuditEvent.objects.values():
        assert MARKER not in str(row)
    assert AuditEvent.objects.filter(object_kind="secret", verb="set").exists()


def test_every_place_is_listed_and_says_who_and_when(acme: Business, samia: Any) -> None:
    inbox = an_inbox()
    samia("PATCH", "secrets/openai_api_key/", value=MARKER)

    listed = {(each["name"], each["scope"]): each for each in samia("GET", "secrets/").json()["results"]}

    mine = listed["openai_api_key", "business"]
    assert (mine["is_set"], mine["last4"], mine["set_by"], mine["testable"]) == (True, "abcd", "Samia", True)
    assert listed["stripe_secret_key", "business"]["is_set"] is False
    assert listed["meta_access_token", f"inbox:{inbox.pk}"]["of"] == inbox.name
    assert ("meta_verify_token", f"app:{inbox.app_id}") in listed


def test_a_place_of_nobodys_is_not_found(acme: Business, samia: Any, globex: Business) -> None:
    with tenant_context(globex):
        theirs = an_inbox()

    for scope in (f"inbox:{theirs.pk}", "inbox:nothing", "platform"):
        answer = samia("PATCH", "secrets/meta_access_token/", value=MARKER, scope=scope)
        assert answer.status_code == 404, scope

    assert not Secret.objects.exists()


def test_clearing_is_its_own_verb(acme: Business, samia: Any) -> None:
    kept()
    assert samia("PATCH", "secrets/openai_api_key/", value="").status_code == 400
    assert opened() == MARKER

    answer = samia("POST", "secrets/openai_api_key/clear/")

    assert (answer.status_code, answer.json()["is_set"], opened()) == (200, False, "")
    assert AuditEvent.objects.filter(object_kind="secret", verb="cleared").count() == 1


@pytest.mark.parametrize("person", ["mona", "karim", "omar"])
def test_who_may_not_touch_secrets(acme: Business, client_of: Callable[..., Client], person: str) -> None:
    kept()
    call, browser = speak(client_of(person)), client_of(person)
    form = {"name": "openai_api_key", "scope": "business", "value": "sk-new-0123456789"}

    answers = [
        call("GET", "secrets/"), call("PATCH", "secrets/openai_api_key/", value="sk-new-0123456789"),
        call("POST", "secrets/openai_api_key/clear/"), call("POST", "secrets/openai_api_key/test/"),
        browser.get("/settings/secrets/"),
        *(browser.post(f"/settings/secrets/{verb}/", form) for verb in ("set", "clear", "test")),
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {403}
    assert opened() == MARKER


def good() -> dict[str, Any]:
    return {
        "openai_api_key": {"choices": []}, "stripe_secret_key": {"id": "acct_1", "object": "account"},
        "meta_access_token": {"display_phone_number": "+1 555 0001", "verified_name": "Acme"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "asked"),
    [
        ("openai_api_key", "sk-0123456789abc", "POST /chat/completions"),
        ("stripe_secret_key", "sk_test_0123456789", "GET /v1/account"),
        ("meta_access_token", "EAA0123456789abc", "GET /v26.0/"),
    ],
)
def test_a_secret_is_tried_with_its_provider(
    acme: Business, samia: Any, provider: Loopback, name: str, value: str, asked: str
) -> None:
    inbox = an_inbox()
    scope = f"inbox:{inbox.pk}" if name.startswith("meta") else "business"
    kept(name, scope, value)
    provider.will(Answer(200, good()[name]), Answer(401, {"error": {"message": "no", "code": 190}}))

    worked, refused = (samia("POST", f"secrets/{name}/test/", scope=scope).json() for _turn in range(2))

    assert (worked["test_result"], refused["test_result"]) == ("ok", "failed"), (worked, refused)
    assert f"{provider.heard[0].method} {provider.heard[0].path}".startswith(asked)
    assert provider.heard[0].headers["Authorization"].endswith(value)
    assert list(AuditEvent.objects.filter(verb="tested").order_by("at").values_list("after", flat=True)) == [
        {"result": "ok"}, {"result": "failed"},
    ]  # fmt: skip


def test_twilio_is_asked_for_its_account(acme: Business, samia: Any, provider: Loopback) -> None:
    inbox = an_inbox("twilio")
    provider.will(Answer(200, {"sid": inbox.account_ref, "friendly_name": "Acme at Twilio"}))

    answer = samia("POST", "secrets/twilio_auth_token/test/", scope=f"inbox:{inbox.pk}").json()

    assert (answer["test_result"], answer["detail"]) == ("ok", "Acme at Twilio")
    assert f"/Accounts/{inbox.account_ref}.json" in provider.heard[0].path


def test_what_is_not_set_cannot_be_tried(acme: Business, samia: Any, provider: Loopback) -> None:
    assert samia("POST", "secrets/openai_api_key/test/").status_code == 409
    assert provider.heard == []
