"""GW-04: a number is connected when its provider says yes, and every no says what to do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.accounts.models import Secret, User
from apps.accounts.secrets import secret
from apps.gateways import connecting
from apps.gateways.actions import add_app, handshake_tokens
from apps.gateways.models import Inbox
from apps.tenants.models import Business, InboundRoute
from tests.gateways.conftest import loopback_server
from tests.gateways.provider import Answer, Heard, Loopback

META = {
    "gateway": "whatsapp_cloud", "external_id": "109876543210987", "account_ref": "209876543210987",
    "meta_access_token": "EAAB-token", "meta_app_secret": "an app's secret",
}  # fmt: skip
TWILIO = {
    "gateway": "twilio", "external_id": "+14155550123", "account_ref": "AC" + "0" * 32,
    "twilio_auth_token": "0123456789abcdef",
}  # fmt: skip


def yes(heard: Heard) -> Answer:
    """Both providers on a good day."""
    if "/Accounts/" in heard.path:
        return Answer(200, {"sid": TWILIO["account_ref"], "friendly_name": "Nour", "status": "active"})
    if "subscribed_apps" in heard.path:
        return Answer(200, {"success": True})
    return Answer(
        200, {"display_phone_number": "+1 415-555-0100", "verified_name": "Nour 24", "id": META["external_id"]}
    )


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[Loopback]:
    """Meta and Twilio, as far as this machine is concerned."""
    with loopback_server() as server:
        server.standing = yes
        settings.META_GRAPH_URL = settings.TWILIO_API_URL = server.url
        yield server


@pytest.fixture
def samia(acme: Business, client_of: Callable[..., Client]) -> Client:
    """The owner, whose e-mail is confirmed."""
    User.objects.filter(email="samia@example.test").update(email_confirmed_at=timezone.now())
    return client_of("samia")


def connect(client: Client, facts: dict[str, str], act: str = "next", **but: str) -> Any:
    return client.post("/welcome/", {"step": 2, "act": act, **facts, **but})


@pytest.mark.parametrize("facts", [META, TWILIO])
def test_a_number_is_connected_when_the_provider_says_yes(
    samia: Client, provider: Loopback, facts: dict[str, str]
) -> None:
    answer = connect(samia, facts)

    assert (answer.status_code, answer["Location"]) == (302, "/welcome/?step=3")
    inbox = Inbox.objects.get(gateway=facts["gateway"])
    assert (inbox.external_id, inbox.health) == (facts["external_id"], "connected")
    assert inbox.display_number in ("+14155550100", "+14155550123")
    with schema_context("public"):
        assert InboundRoute.objects.filter(inbox_id=inbox.pk, external_id=facts["external_id"]).count() == 1


def test_meta_is_asked_for_the_profile_and_told_to_subscribe(samia: Client, provider: Loopback) -> None:
    connect(samia, META)

    said = [(heard.method, heard.path.split("?")[0].split("/", 2)[2]) for heard in provider.heard]
    assert said == [("GET", META["external_id"]), ("POST", f"{META['account_ref']}/subscribed_apps")]
    assert {heard.headers["Authorization"] for heard in provider.heard} == {"Bearer EAAB-token"}
    inbox = Inbox.objects.get(gateway="whatsapp_cloud")
    assert secret("meta_access_token", scope=f"inbox:{inbox.pk}") == "EAAB-token"


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        (Answer(401, {"error": {"code": 190, "message": "Invalid OAuth access token"}}), 400, "Copy the token again"),
        (Answer(403, {"error": {"code": 10, "message": "Permission denied"}}), 400, "may send and manage"),
        (Answer(400, {"error": {"code": 100, "message": "Unsupported get request"}}), 400, "knows no such number"),
        (Answer(503, {"error": {"code": 2, "message": "Service temporarily unavailable"}}), 503, "does not answer"),
        (Answer(cut=True), 503, "does not answer"),
    ],
)
def test_each_no_says_what_to_do_and_connects_nothing(
    samia: Client, provider: Loopback, said: Answer, status: int, words: str
) -> None:
    provider.will(said)

    answer = connect(samia, META)

    assert answer.status_code == status
    page = answer.content.decode()
    assert words in page
    assert META["external_id"] in page
    assert "EAAB-token" not in page
    assert "an app&#x27;s secret" not in page
    assert not Inbox.objects.filter(gateway="whatsapp_cloud").exists()
    assert not Secret.objects.filter(name="meta_access_token").exists()


def test_the_webhook_address_and_its_token_are_there_to_paste_before_the_number_is(
    samia: Client, acme: Business, provider: Loopback
) -> None:
    page = samia.get(connect(samia, {"gateway": "whatsapp_cloud"}, "prepare")["Location"]).content.decode()

    found = connecting.webhook("whatsapp_cloud", acme.pk)
    assert found is not None
    assert found.address in page
    assert found.verify_token in page
    with schema_context("public"):
        assert handshake_tokens(found.app) == [found.verify_token]
    assert provider.heard == []


def test_a_number_of_somebody_else_is_refused_without_a_name(
    samia: Client, globex: Business, provider: Loopback
) -> None:
    with schema_context("public"):
        app = add_app("whatsapp_cloud", owner=globex)
        InboundRoute.objects.create(
            app=app, gateway="whatsapp_cloud", external_id=META["external_id"], business=globex, inbox_id=globex.pk
        )

    answer = connect(samia, META)

    assert answer.status_code == 409
    assert "globex" not in answer.content.decode().lower()


def test_nobody_connects_before_the_e_mail_is_confirmed(
    acme: Business, client_of: Callable[..., Client], provider: Loopback
) -> None:
    User.objects.filter(email="samia@example.test").update(email_confirmed_at=None)

    answer = connect(client_of("samia"), META)

    assert answer.status_code == 403
    assert not Inbox.objects.filter(gateway="whatsapp_cloud").exists()
    assert provider.heard == []


@pytest.mark.parametrize("name", ["external_id", "account_ref", "meta_access_token", "meta_app_secret"])
def test_a_field_that_is_missing_is_named(samia: Client, provider: Loopback, name: str) -> None:
    answer = connect(samia, META, **{name: ""})

    assert answer.status_code == 400
    assert f'id="id_{name}_error"' in answer.content.decode()
    assert provider.heard == []


def test_the_api_asks_the_provider_too(samia: Client, provider: Loopback) -> None:
    secrets = {name: META[name] for name in ("meta_access_token", "meta_app_secret")}
    body = {"name": "Ours", "gateway": "whatsapp_cloud", "external_id": META["external_id"], "secrets": secrets,
            "account_ref": META["account_ref"]}  # fmt: skip
    provider.will(Answer(401, {"error": {"code": 190, "message": "Invalid OAuth access token"}}))

    refused = samia.post("/api/v1/inboxes/", body, "application/json")
    taken = samia.post("/api/v1/inboxes/", body, "application/json")

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert "Copy the token again" in refused.json()["detail"]
    assert (taken.status_code, taken.json()["display_number"]) == (201, "+14155550100")
