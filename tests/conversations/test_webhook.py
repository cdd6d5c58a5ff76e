"""The providers' door: everything authentic is stored with an outcome, everything else stores nothing."""

import json
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.conversations import ledger
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.gateways.actions import add_app
from apps.gateways.models import Delivery, DeliveryElement
from apps.gateways.protocol import gateway
from apps.gateways.whatsapp_cloud.gateway import sign
from apps.tenants.actions import suspend_business
from apps.tenants.models import GatewayApp, QuarantinedDelivery
from tests.factories import SECRET, an_inbox
from tests.gateways.samples import OUTSIDE_WEBHOOKS, OWN, needs_outside

PLATFORM = "platform's own secret, long enough"


@pytest.fixture
def inbox(acme):
    return an_inbox()


@pytest.fixture
def post(settings):
    """Posts a body to an app's webhook address, signed unless told otherwise."""

    def deliver(app_id: Any, body: Any, *, secret: str = SECRET, **headers: str) -> Any:
        with schema_context("public"):
            app = GatewayApp.objects.get(pk=app_id)
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        proof = headers or {"X-Hub-Signature-256": sign(raw, secret)}
        url = f"/hooks/{app.gateway}/{app.token}/"
        return Client(headers={"host": "localhost"}).post(url, raw, content_type="application/json", headers=proof)

    return deliver


def value(inbox: Any, *messages: dict[str, Any], statuses: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "x", "phone_number_id": inbox.external_id},
            "contacts": [{"profile": {"name": "Rana"}, "wa_id": "96170123456"}],
            "messages": list(messages),
            "statuses": list(statuses),
        },
    }


def text(external_id: str, body: str = "مرحبا", **but: Any) -> dict[str, Any]:
    at = str(int(timezone.now().timestamp()))
    return {"from": "96170123456", "id": external_id, "timestamp": at, "type": "text", "text": {"body": body}, **but}


def body_of(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"object": "whatsapp_business_account", "entry": [{"id": "waba", "changes": list(changes)}]}


def outcomes() -> Counter[str]:
    return Counter(DeliveryElement.objects.values_list("outcome", flat=True))


def test_a_signed_message_is_stored_with_its_delivery(inbox, post, globex):
    response = post(inbox.app_id, body_of(value(inbox, text("wamid.1"))))

    assert response.status_code == 200
    message, element = Message.objects.get(), DeliveryElement.objects.get()
    assert (message.body, message.external_id) == ("مرحبا", "wamid.1")
    assert (element.outcome, element.object_kind, element.object_id) == ("stored", "message", message.pk)
    with tenant_context(globex):
        assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Nothing": "1"}, 401),
        ({"X-Hub-Signature-256": "sha256="}, 403),
        ({"X-Hub-Signature-256": "sha1=" + "0" * 40}, 403),
        ({"X-Hub-Signature-256": "sha256=" + "0" * 64}, 403),
    ],
)
def test_an_unproven_body_stores_nothing(inbox, post, headers, status):
    response = post(inbox.app_id, body_of(value(inbox, text("wamid.1"))), **headers)

    assert response.status_code == status
    assert (Delivery.objects.count(), Message.objects.count()) == (0, 0)
    with schema_context("public"):
        assert QuarantinedDelivery.objects.count() == 0


def test_a_body_changed_by_one_byte_stores_nothing(inbox, post):
    raw = json.dumps(body_of(value(inbox, text("wamid.1", "سلام"))), ensure_ascii=False).encode()
    proof = sign(raw, SECRET)

    response = post(inbox.app_id, raw.replace("سلام".encode(), "سلاح".encode()), **{"X-Hub-Signature-256": proof})

    assert response.status_code == 403
    assert Message.objects.count() == 0


def test_an_unknown_token_is_nowhere(acme):
    response = Client(headers={"host": "localhost"}).post("/hooks/whatsapp_cloud/none/", b"{}", "application/json")

    assert response.status_code == 404


def test_the_handshake_answers_the_challenge_as_plain_text(inbox):
    with schema_context("public"):
        token = GatewayApp.objects.get(pk=inbox.app_id).token
    client, url = Client(headers={"host": "localhost"}), f"/hooks/whatsapp_cloud/{token}/"
    query = {"hub.mode": "subscribe", "hub.verify_token": "verify me", "hub.challenge": "<script>1</script>"}

    opened = client.get(url, query)
    refused = client.get(url, {**query, "hub.verify_token": "wrong"})

    assert (opened.status_code, opened.content) == (200, b"<script>1</script>")
    assert opened["Content-Type"].startswith("text/plain")
    assert refused.status_code == 403


def test_a_number_of_another_app_goes_to_quarantine(inbox, post, globex):
    """The signature of one business, the number of the other: stored by neither."""
    with tenant_context(globex):
        theirs = an_inbox()

    response = post(inbox.app_id, body_of(value(theirs, text("wamid.1", "for globex"))))

    assert response.status_code == 200
    assert Message.objects.count() == 0
    with tenant_context(globex):
        assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)
    with schema_context("public"):
        stray = QuarantinedDelivery.objects.get()
    assert (stray.reason, stray.address_last4) == ("foreign_number", theirs.external_id[-4:])
    assert b"globex" not in bytes(stray.body)


def test_an_unknown_number_goes_to_quarantine(inbox, post):
    class Unknown:
        external_id = "999999999"

    post(inbox.app_id, body_of(value(Unknown, text("wamid.1"))))

    assert Delivery.objects.count() == 0
    with schema_context("public"):
        assert QuarantinedDelivery.objects.get().reason == "unknown_number"


def test_broken_json_that_is_signed_is_kept_and_answered_200(inbox, post):
    response = post(inbox.app_id, b"{not json")

    assert response.status_code == 200
    with schema_context("public"):
        assert QuarantinedDelivery.objects.get().reason == "unreadable"


def test_one_signed_body_reaches_two_businesses_each_only_its_own(acme, globex, post, settings):
    """GW-10: 2 businesses × 2 changes × 3 messages and one malformed: 12 stored, 1 dead letter."""
    settings.META_APP_SECRET = PLATFORM
    app = add_app("whatsapp_cloud", owner=None)
    ours = an_inbox(app=app, account_ref="", secrets={})
    with tenant_context(globex):
        theirs = an_inbox(app=app, account_ref="", secrets={})
    changes = [
        value(inbox, *[text(f"wamid.{change}.{n}", f"for {name}") for n in range(3)])
        for name, inbox in (("acme", ours), ("globex", theirs))
        for change in range(2)
    ]
    changes[0]["value"]["messages"].append("malformed")

    response = post(app.pk, body_of(*changes), secret=PLATFORM)

    assert response.status_code == 200
    assert outcomes() == {"stored": 6, "dead_letter": 1}
    assert set(Message.objects.values_list("body", flat=True)) == {"for acme"}
    with tenant_context(globex):
        assert outcomes() == {"stored": 6}
        assert set(Message.objects.values_list("body", flat=True)) == {"for globex"}


def test_a_repeated_body_stores_once_and_says_duplicate(inbox, post):
    body = body_of(value(inbox, text("wamid.1"), text("wamid.2")))
    for _again in range(5):
        assert post(inbox.app_id, body).status_code == 200

    assert Message.objects.count() == 2
    assert outcomes() == {"stored": 2, "duplicate": 8}


def test_a_status_before_its_message_is_held_and_applied_later(inbox, post):
    status = {"id": "wamid.out", "status": "delivered", "timestamp": "1763800000", "recipient_id": "96170123456"}
    post(inbox.app_id, body_of(value(inbox, text("wamid.1"), statuses=(status,))))
    element = DeliveryElement.objects.get(kind="status")
    assert (element.outcome, element.reason) == ("held", "message_not_here_yet")

    conversation = Conversation.objects.get()
    Message.objects.create(
        conversation=conversation, inbox=inbox, seq=2, arrived_seq=2, direction="out", status="sent",
        external_id="wamid.out", provider_at=timezone.now(), **SYSTEM.as_fields(),
    )  # fmt: skip
    DeliveryElement.objects.update(next_at=timezone.now())
    Conversation.objects.update(last_seq=2)
    ledger.retry_due()

    assert DeliveryElement.objects.get(kind="status").outcome == "stored"
    assert Message.objects.get(external_id="wamid.out").status == "delivered"


def test_a_suspended_business_keeps_what_comes_and_handles_it_later(acme, inbox, post):
    suspend_business(acme, reason="the bill is unpaid", by=SYSTEM)
    assert post(inbox.app_id, body_of(value(inbox, text("wamid.1")))).status_code == 200
    assert (outcomes(), Message.objects.count()) == ({"held": 1}, 0)

    ledger.retry_due()

    assert (outcomes(), Message.objects.count()) == ({"stored": 1}, 1)


def test_a_body_of_almost_three_megabytes_is_stored(inbox, post):
    response = post(inbox.app_id, body_of(value(inbox, text("wamid.1", "م" * 1_450_000))))

    assert response.status_code == 200
    assert len(Message.objects.get().body) == 10_000


def test_a_body_beyond_four_megabytes_is_too_large(inbox, post):
    assert post(inbox.app_id, b" " * (4 * 1024 * 1024 + 1)).status_code == 413
    assert Delivery.objects.count() == 0


def readdressed(body: Any, inbox: Any) -> bytes:
    """A recorded body, sent to one of our numbers and accounts."""
    raw = json.dumps(body)
    for element in gateway("whatsapp_cloud").parse(raw.encode()):
        for address in element.addresses:
            ours = inbox.external_id if address.kind == "number" else inbox.account_ref
            raw = raw.replace(f'"{address.external_id}"', f'"{ours}"')
    return raw.encode()


@needs_outside
def test_every_recorded_webhook_is_accepted_with_each_element_accounted_for(inbox, post):
    expected = 0
    for body in OUTSIDE_WEBHOOKS.values():
        raw = readdressed(body, inbox)
        expected += len(gateway("whatsapp_cloud").parse(raw))

        assert post(inbox.app_id, raw).status_code == 200

    found = outcomes()
    assert len(OUTSIDE_WEBHOOKS) == 90
    assert sum(found.values()) == expected
    assert found["failed"] == 0, list(DeliveryElement.objects.filter(outcome="failed").values_list("kind", "error"))
    assert found["dead_letter"] == 0
    assert found["stored"] + found["duplicate"] > 60  # the recorded bodies repeat some provider ids


@pytest.mark.parametrize("name", OWN)
def test_our_own_samples_are_accepted(inbox, post, name):
    assert post(inbox.app_id, readdressed(OWN[name], inbox)).status_code == 200
    assert outcomes()["failed"] == 0
