"""Somebody of the platform looks into a business: only through a door, never writing, and everybody knows (TEN-19)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import visitors
from apps.audit.models import AuditEvent, OperatorEvent
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.tenants import actions, hosts, tasks
from apps.tenants.models import Business, SupportDoor
from tests import people
from tests.factories import a_conversation

Console = Callable[[str], Client]
ClientOf = Callable[..., Client]
REASON = "Their webhook fails; they asked by telephone."
OPEN = "/settings/support/"


def look(business: Business) -> str:
    return f"/operators/tenants/business/{business.pk}/look/"


def go_in(operator: Client, business: Business, **facts: str) -> Client | None:
    """The operator's browser on the business's host, if a ticket was given."""
    address = operator.post(look(business), facts).context["address"]
    visitor = Client(headers={"host": f"{business.slug}.localhost"})
    hosts.forget()
    if not address:
        return None
    place = urlsplit(address)
    assert visitor.get(f"{place.path}?{place.query}").status_code == 302
    return visitor


def test_without_a_door_nobody_comes_in(acme: Business, console: Console) -> None:
    support = console("support")

    assert "has opened no door" in support.get(look(acme)).content.decode()
    assert support.post(look(acme), {"reason": REASON}).status_code == 403
    assert Client(headers={"host": "acme.localhost"}).get("/support/enter/?ticket=forged").status_code == 403
    assert support.get("/inbox/", headers={"host": "acme.localhost"}).status_code == 302
    with schema_context("public"):
        assert not SupportDoor.objects.exists()
        assert not OperatorEvent.objects.filter(verb="entered").exists()


def test_the_business_opens_a_door_and_an_operator_looks(acme: Business, console: Console, client_of: ClientOf) -> None:
    samia = client_of("samia")
    conversation = a_conversation()
    wrong = samia.post(OPEN, {"hours": 4, "reason": "Please look.", "password": "wrong"})
    assert (wrong.status_code, SupportDoor.objects.count()) == (400, 0)
    assert samia.post(OPEN, {"hours": 4, "reason": "Please look.", "password": people.PASSWORD}).status_code == 302

    visitor = go_in(console("support"), acme)

    assert visitor is not None
    page = visitor.get(f"/inbox/{conversation.pk}/")
    assert page.status_code == 200
    assert "You look into" in page.content.decode()
    assert "<live-socket" not in page.content.decode()
    assert "is looking in" in samia.get("/").content.decode()
    for records in (OperatorEvent, AuditEvent):
        with schema_context("public") if records is OperatorEvent else tenant_context(acme):
            [entry] = records.objects.filter(verb="entered")
            assert (entry.actor_kind, entry.actor_label) == ("operator", "support@majlis.test")


def test_a_visitor_writes_nothing_and_sees_no_secrets(acme: Business, console: Console) -> None:
    conversation = a_conversation()
    actions.open_door(acme.pk, hours=1, by=SYSTEM)
    visitor = go_in(console("admin"), acme)
    assert visitor is not None
    shown = [
        visitor.get(path).status_code
        for path in ("/", "/inbox/", "/settings/", "/api/v1/conversations/", "/api/v1/business/")
    ]
    assert shown == [200] * 5
    before = Customer.objects.values().get(pk=conversation.customer_id)

    writes = [
        visitor.post("/settings/business/", {"name": "Ours"}), visitor.post(f"/inbox/{conversation.pk}/takeover/"),
        visitor.patch("/api/v1/business/", {"name": "Ours"}, "application/json"),
        visitor.post("/api/v1/messages/", {"conversation": str(conversation.pk), "body": "Hi"}, "application/json"),
        visitor.delete(f"/api/v1/customers/{conversation.customer_id}/"), visitor.post("/theme/", {"theme": "dark"}),
        visitor.post(OPEN, {"hours": 72, "password": people.PASSWORD}),
    ]  # fmt: skip
    closed = [visitor.get(path) for path in (*visitors.CLOSED, "/settings/domains/", "/api/v1/inboxes/?x=1")]

    assert [answer.status_code for answer in writes] == [403] * 7
    assert {answer.status_code for answer in closed} <= {400, 403}
    assert Customer.objects.values().get(pk=conversation.customer_id) == before
    assert Business.objects.get(pk=acme.pk).name == "Acme"


def test_a_get_that_would_write_is_stopped_at_the_database(acme: Business) -> None:
    with visitors.reading_only(), pytest.raises(PermissionDenied), transaction.atomic():
        Customer.objects.create(name="Rana")
    with visitors.reading_only(), pytest.raises(PermissionDenied), transaction.atomic():
        Customer.objects.update(name="Rana")

    assert not Customer.objects.filter(name="Rana").exists()


def test_shutting_the_door_ends_the_visit(acme: Business, console: Console, client_of: ClientOf) -> None:
    actions.open_door(acme.pk, hours=1, by=SYSTEM)
    visitor = go_in(console("support"), acme)
    assert visitor is not None
    assert visitor.get("/inbox/").status_code == 200

    assert client_of("samia").post("/settings/support/shut/").status_code == 302

    assert visitor.get("/inbox/").status_code == 302


def test_a_visit_lasts_an_hour_and_can_be_left(acme: Business, console: Console) -> None:
    actions.open_door(acme.pk, hours=72, by=SYSTEM)
    support = console("support")
    left, old = go_in(support, acme), go_in(support, acme)
    assert left is not None
    assert old is not None
    assert left.post("/support/leave/")["Location"].endswith("/operators/")
    session = old.session
    assert session.get_expiry_age() <= 3600
    with tenant_context(acme):
        session[visitors.KEY] = {**session[visitors.KEY], "until": 0}
        session.save()

    assert [client.get("/inbox/").status_code for client in (left, old)] == [302, 302]


def test_a_ticket_opens_once_and_only_here(acme: Business, globex: Business, console: Console) -> None:
    actions.open_door(acme.pk, hours=1, by=SYSTEM)
    place = urlsplit(console("support").post(look(acme)).context["address"])
    path = f"{place.path}?{place.query}"

    answers = [
        Client(headers={"host": host}).get(path).status_code
        for host in ("globex.localhost", "acme.localhost", "acme.localhost")
    ]

    assert answers == [403, 302, 403]


def test_breaking_glass_is_told_to_every_administrator_at_once(
    acme: Business, console: Console, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    admin = console("admin")
    assert admin.post(look(acme), {"reason": "short"}).context["address"] == ""
    assert mail.outbox == []

    with django_capture_on_commit_callbacks(execute=True):
        visitor = go_in(admin, acme, reason=REASON)

    assert visitor is not None
    assert visitor.get("/inbox/").status_code == 200
    [letter] = mail.outbox
    assert letter.to == ["samia@example.test"]
    assert REASON in letter.body
    with schema_context("public"):
        door = SupportDoor.objects.get()
        verbs = set(
            OperatorEvent.objects.filter(business_id=acme.pk, actor_kind="operator").values_list("verb", flat=True)
        )
    assert (door.kind, door.until - door.opened_at) == ("break_glass", timedelta(minutes=60))
    assert verbs == {"broke_glass", "entered"}
    assert set(AuditEvent.objects.filter(actor_kind="operator").values_list("verb", flat=True)) == verbs
    assert console("billing").post(look(acme)).status_code == 403  # glass is broken for one


@pytest.mark.parametrize("hours", [-1, 73, "x"])
def test_a_door_stands_open_for_three_days_at_most(acme: Business, client_of: ClientOf, hours: Any) -> None:
    body = {"hours": hours, "password": people.PASSWORD}

    answer = client_of("samia").post("/api/v1/business/support-access/", body, "application/json")

    assert (answer.status_code, SupportDoor.objects.count()) == (400, 0)


def test_doors_over_the_api(acme: Business, client_of: ClientOf) -> None:
    samia, path = client_of("samia"), "/api/v1/business/support-access/"

    opened = samia.post(path, {"hours": 2, "reason": "Look", "password": people.PASSWORD}, "application/json").json()
    shut = samia.post(path, {"hours": 0, "password": people.PASSWORD}, "application/json").json()
    refused = client_of("mona").post(path, {"hours": 2, "password": people.PASSWORD}, "application/json")

    assert (opened["kind"], opened["closed_at"], opened["id"]) == ("invited", None, shut["id"])
    assert shut["closed_at"] is not None
    assert refused.status_code == 403


def test_the_reminder_of_a_closing_is_mailed(
    acme: Business, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    actions.close_business(acme, reason=REASON, by=SYSTEM)
    with schema_context("public"), django_capture_on_commit_callbacks(execute=True):
        tasks.mind_closing.run()

    [letter] = mail.outbox
    assert letter.to == ["samia@example.test"]
    assert f"{timezone.now() + timedelta(days=30):%Y}" in letter.subject
