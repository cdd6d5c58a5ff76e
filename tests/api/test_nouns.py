"""The quieter nouns: the business, the person, the team, roles and words, tokens, numbers, customers, the ledger."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.accounts.models import ApiToken, Role
from apps.accounts.roles import PERMISSIONS
from apps.audit.models import AuditEvent
from apps.billing.actions import change_plan
from apps.conversations.models import Conversation
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.gateways.models import Delivery, DeliveryElement, Inbox
from apps.tenants.models import Business, GatewayApp, InboundRoute
from tests import people
from tests.factories import a_message, an_inbox

Call = Callable[..., Any]


def test_me_is_the_person_and_nothing_secret(api: Call, conversation: Conversation) -> None:
    me = api("karim")("GET", "me/").json()

    assert set(me) == {
        "id", "email", "email_confirmed", "full_name", "phone", "bio", "avatar", "language", "timezone", "theme",
        "digits",
        "availability", "presence", "second_factor", "role", "role_name", "permissions", "inboxes", "business",
        "limits_reached",
    }  # fmt: skip
    assert me["permissions"] == sorted(Role.objects.get(name="agent").permissions)
    assert me["inboxes"] == [{"inbox": str(conversation.inbox_id), "words": ["view", "reply"]}]
    assert me["business"]["slug"] == "acme"


def test_me_says_which_limits_are_reached(api: Call, acme: Business) -> None:
    assert api("karim")("GET", "me/").json()["limits_reached"] == []

    change_plan(acme, plan="free", by=SYSTEM)
    caches["default"].clear()

    assert api("karim")("GET", "me/").json()["limits_reached"] == ["employees"]


def test_the_vocabulary_is_whole(api: Call) -> None:
    words = api("omar")("GET", "permissions/").json()["results"]

    assert [word["code"] for word in words] == list(PERMISSIONS)
    assert len(words) == 59
    assert set(words[0]["label"]) == set(words[0]["group_label"]) == {"en", "ar"}


def test_the_team_is_read_by_those_who_may(api: Call) -> None:
    rows = api("mona")("GET", "employees/").json()["results"]

    assert [row["full_name"] for row in rows] == ["Karim", "Layla", "Mona", "Omar", "Samia"]
    assert not [key for key in rows[0] if "password" in key or "failed" in key or "locked" in key]
    assert api("karim")("GET", "employees/").json()["required_permission"] == "employees.view"
    role = Role.objects.get(name="agent").pk
    assert len(api("mona")("GET", f"employees/?role={role}").json()["results"]) == 2


def test_roles_come_with_their_words(api: Call) -> None:
    rows = api("mona")("GET", "roles/").json()["results"]

    assert [len(row["permissions"]) for row in rows] == [59, 35, 14, 9]


def test_a_token_is_shown_once(api: Call) -> None:
    samia = api("samia")

    made = samia("POST", "api-tokens/", name="script")
    [listed] = samia("GET", "api-tokens/").json()["results"]

    assert made.json()["token"].startswith("mj_")
    assert "token" not in listed
    assert listed["prefix"] == made.json()["token"][:10]
    assert listed["employee"] == str(people.employee("samia").pk)


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "soon"])
def test_a_token_ends_within_a_year(api: Call, until: str) -> None:
    answer = api("samia")("POST", "api-tokens/", name="script", expires_at=until)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["expires_at"])
    assert ApiToken.objects.count() == 0


def test_a_revoked_token_ends_at_once(api: Call, by_token: Call) -> None:
    program = by_token("karim")
    token = ApiToken.objects.get()

    hidden = api("mona")("POST", f"api-tokens/{token.pk}/revoke/")
    revoked = api("samia")("POST", f"api-tokens/{token.pk}/revoke/")

    assert (hidden.status_code, revoked.status_code) == (404, 200)
    assert revoked.json()["revoked_at"] is not None
    assert program("GET", "me/").status_code == 401


def test_a_number_is_connected_changed_and_archived(api: Call, acme: Business) -> None:
    samia = api("samia")

    made = samia(
        "POST", "inboxes/", name="Shop", gateway="simulator", external_id="123450001",
        secrets={"simulator_secret": "EAAx-a-long-secret"},
    )  # fmt: skip
    path = f"inboxes/{made.json()['id']}/"
    changed = samia("PATCH", path, name="The shop", stale_minutes=30)
    wrong = samia("PATCH", path, stale_minutes=4)
    gone = samia("DELETE", path)

    assert (made.status_code, changed.status_code, wrong.status_code, gone.status_code) == (201, 200, 400, 204)
    assert "EAAx-a-long-secret" not in made.text + changed.text
    assert (changed.json()["name"], changed.json()["stale_minutes"]) == ("The shop", 30)
    assert samia("GET", path).status_code == 404
    assert Inbox.objects.get().archived_at is not None
    with schema_context("public"):
        assert InboundRoute.objects.filter(business=acme).count() == 0
        GatewayApp.objects.filter(owner=acme).delete()


def test_a_number_is_connected_once(api: Call, conversation: Conversation) -> None:
    taken = conversation.inbox.external_id

    answer = api("samia")("POST", "inboxes/", name="Mine", gateway="whatsapp_cloud", external_id=taken)

    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    assert Inbox.objects.count() == 1


def test_grants_are_replaced_as_a_whole(api: Call, conversation: Conversation) -> None:
    samia, path = api("samia"), f"inboxes/{conversation.inbox_id}/grants/"
    admin, layla = Role.objects.get(name="admin"), people.employee("layla")
    wanted = [
        {"role": str(admin.pk), "employee": None, "words": ["view", "assign"]},
        {"role": None, "employee": str(layla.pk), "words": ["view", "reply"]},
    ]

    refused = api("mona")("PUT", path, grants=[])
    answer = samia("PUT", path, grants=wanted)

    assert refused.json()["required_permission"] == "employees.edit"
    assert answer.json()["grants"] == wanted
    assert samia("GET", path).json()["grants"] == wanted
    assert api("karim")("GET", "conversations/").json()["results"] == []
    assert len(api("layla")("GET", "conversations/").json()["results"]) == 1
    both = samia("PUT", path, grants=[{"role": str(admin.pk), "employee": str(layla.pk), "words": ["view"]}])
    assert both.status_code == 400


def test_customers_are_found_in_any_script(api: Call, acme: Business) -> None:
    Customer.objects.create(name="رنا خليل", phone="+96170111222", language="ar")
    Customer.objects.create(name="Rana", profile_name="Ranoush", phone="+33612345678", country="FR")
    mona = api("mona")

    def found(query: str) -> list[str]:
        return [row["name"] for row in mona("GET", f"customers/?{query}").json()["results"]]

    assert found("q=خليل") == ["رنا خليل"]
    assert found("q=ranoush") == ["Rana"]
    assert found("q=1112") == ["رنا خليل"]
    assert found("country=FR") == ["Rana"]
    assert found("language=ar") == ["رنا خليل"]


def test_a_customer_is_corrected_by_hand(api: Call, conversation: Conversation) -> None:
    path = f"customers/{conversation.customer_id}/"

    changed = api("mona")("PATCH", path, name="رنا", language="ar")
    refused = api("karim")("PATCH", path, name="X")
    wrong = api("mona")("PATCH", path, language="tlh")

    assert (changed.json()["name"], changed.json()["language"]) == ("رنا", "ar")
    assert refused.json()["required_permission"] == "customers.edit"
    assert list(wrong.json()["errors"]) == ["language"]
    event = AuditEvent.objects.get(object_kind="customer", verb="edited")
    assert event.after == {"name": "changed", "language": "changed"}


@pytest.fixture
def delivery(conversation: Conversation) -> Delivery:
    """A POST whose one element could not be applied."""
    row = Delivery.objects.create(
        received_at=timezone.now(),
        gateway="whatsapp_cloud",
        app_id=conversation.inbox.app_id,
        bytes=10,
        element_count=1,
    )
    DeliveryElement.objects.create(
        delivery=row, inbox=conversation.inbox, position=0, kind="unknown", raw={"field": "nonsense"},
        outcome="dead_letter", external_id="wamid.lost",
    )  # fmt: skip
    return row


def test_the_ledger_shows_what_came_in(api: Call, delivery: Delivery) -> None:
    samia = api("samia")

    [listed] = samia("GET", "deliveries/?outcome=dead_letter&external_id=wamid.lost").json()["results"]
    shown = samia("GET", f"deliveries/{delivery.pk}/").json()

    assert listed["outcomes"] == {"dead_letter": 1}
    assert shown["elements"][0]["raw"] == {"field": "nonsense"}
    assert samia("GET", "deliveries/?outcome=stored").json()["results"] == []
    assert api("mona")("GET", "deliveries/").json()["required_permission"] == "webhooks.view"


def test_replaying_applies_what_was_not_stored(api: Call, delivery: Delivery) -> None:
    samia, now = api("samia"), timezone.now()
    since, until = (f"{now + each:%FT%TZ}" for each in (-timedelta(days=7), timedelta(minutes=1)))

    one = samia("POST", f"deliveries/{delivery.pk}/replay/")
    many = samia("POST", "deliveries/replay-range/", since=since, until=until)

    assert (one.status_code, one.json()["elements"][0]["attempts"]) == (200, 1)
    assert (many.status_code, many.json()["deliveries"]) == (200, 1)
    assert AuditEvent.objects.filter(verb="replayed").count() == 2


def test_a_cursor_reveals_no_more_than_its_row(api: Call, acme: Business) -> None:
    for number in range(3):
        Customer.objects.create(name=f"Customer {number}")

    link = api("mona")("GET", "customers/?limit=1").json()["next"]

    cursor = base64.urlsafe_b64decode(unquote(link.partition("cursor=")[2].partition("&")[0])).decode()
    assert "Customer" not in cursor


@pytest.mark.parametrize("path", ["conversations/", "messages/", "customers/", "inboxes/", "employees/", "api-tokens/"])
def test_a_longer_list_asks_no_more_queries(api: Call, acme: Business, path: str) -> None:
    samia, inbox = api("samia"), an_inbox()
    a_message(inbox)  # what hangs on a row is asked for once, however many rows there are
    samia("GET", path)

    with CaptureQueriesContext(connection) as few:
        samia("GET", path)
    for number in range(4):
        a_message(inbox, phone=f"+9617011100{number}")
        samia("POST", "api-tokens/", name=f"script {number}")
    with CaptureQueriesContext(connection) as many:
        samia("GET", path)

    assert len(many) == len(few)
