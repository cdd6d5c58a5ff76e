"""Requirements ACC-12: who comes in, who does not, and how often one may try."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.actions import add_operator
from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.tenants.models import Business
from tests import people

MONA = "mona@example.test"
MINUTE = timedelta(minutes=1)
WRONG = "not the phrase"


def knock(client: Client, password: str = WRONG, *, email: str = MONA, **extra: Any) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password, **extra})


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def verbs(business: Business) -> list[str]:
    with tenant_context(business):
        return list(AuditEvent.objects.filter(object_kind="user").order_by("at").values_list("verb", flat=True))


def test_the_right_password_opens_the_door(acme: Business, visitor: Client) -> None:
    response = knock(visitor, people.PASSWORD, email="  MONA@example.test ")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_in(visitor)
    assert verbs(acme) == ["signed_in"]
    with tenant_context(acme):
        entry = AuditEvent.objects.get(object_kind="user")
        assert (entry.actor_kind, entry.actor_label) == ("employee", "Mona")


def test_the_key_of_the_session_changes(acme: Business, visitor: Client) -> None:
    session = visitor.session  # a session somebody else may have planted
    session["planted"] = 1
    session.save()
    before = visitor.cookies["sessionid"].value

    knock(visitor, people.PASSWORD)

    assert visitor.cookies["sessionid"].value != before
    with tenant_context(acme):
        assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize("case", ["wrong password", "unknown e-mail", "inactive", "deactivated", "locked"])
def test_every_way_of_being_wrong_looks_and_costs_the_same(
    acme: Business, visitor: Client, case: str, monkeypatch: pytest.MonkeyPatch, later: Callable[..., None]
) -> None:
    known = knock(visitor).context["form"].non_field_errors()
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(salt)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    with tenant_context(acme):
        mona = people.employee("mona")
        later(MINUTE)
        if case == "inactive":
            User.objects.filter(pk=mona.user_id).update(is_active=False)
        if case == "deactivated":
            mona.deactivated_at = mona.created_at
            mona.save()
        if case == "locked":
            User.objects.filter(pk=mona.user_id).update(locked_until="2999-01-01T00:00Z")
    before = len(verbs(acme))

    response = knock(
        visitor,
        WRONG if case == "wrong password" else people.PASSWORD,
        email="nobody@example.test" if case == "unknown e-mail" else MONA,
    )

    assert (response.status_code, response.context["form"].non_field_errors()) == (400, known)
    assert len(hashed) == 1
    assert not is_in(visitor)
    assert len(verbs(acme)) == before + 1
    with tenant_context(acme):
        last = AuditEvent.objects.order_by("-at").first()
        assert last is not None
        assert last.verb == ("sign_in_refused" if case == "locked" else "sign_in_failed")
        assert "example.test" not in f"{last.object_label}{last.actor_label}{last.before}{last.after}"


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(
    acme: Business, globex: Business, visitor: Client, later: Callable[..., None]
) -> None:
    for _ in range(4):
        knock(visitor)
    assert not AuditEvent.objects.filter(verb="locked").exists()
    knock(visitor)
    [entry] = AuditEvent.objects.filter(verb="locked")
    assert (entry.object_id, entry.after["failures"]) == (people.employee("mona").user_id, "5")
    assert knock(visitor, people.PASSWORD).status_code == 400
    assert not is_in(visitor)
    assert knock(Client(headers={"host": "globex.localhost"}), people.PASSWORD).status_code == 302

    later(14 * MINUTE)
    assert knock(visitor, people.PASSWORD).status_code == 400
    later(2 * MINUTE)
    assert knock(visitor, people.PASSWORD).status_code == 302

    assert is_in(visitor)
    with tenant_context(acme):
        mona = people.employee("mona").user
        assert (mona.failed_count, mona.locked_until) == (0, None)


def test_failures_of_another_quarter_do_not_count(acme: Business, visitor: Client, later: Callable[..., None]) -> None:
    for _ in range(4):
        knock(visitor)
    later(16 * MINUTE)
    knock(visitor)

    assert knock(visitor, people.PASSWORD).status_code == 302


def test_a_success_forgives_the_account(acme: Business, visitor: Client, later: Callable[..., None]) -> None:
    for _ in range(4):
        knock(visitor)
    knock(visitor, people.PASSWORD)
    visitor.post("/sign-out/")
    later(MINUTE)
    for _ in range(4):
        knock(visitor)

    assert knock(visitor, people.PASSWORD).status_code == 302


def test_twenty_failures_stop_an_address_and_a_success_does_not_clear_them(acme: Business, visitor: Client) -> None:
    for number in range(10):
        knock(visitor, email=f"guess{number}@example.test")
    assert knock(visitor, people.PASSWORD).status_code == 302
    visitor.post("/sign-out/")
    for number in range(10, 20):
        assert knock(visitor, email=f"guess{number}@example.test").status_code == 400

    refused = knock(visitor, people.PASSWORD)
    elsewhere = Client(headers={"host": "acme.localhost"}, REMOTE_ADDR="203.0.113.9")
    forged = Client(headers={"host": "acme.localhost", "x-forwarded-for": "203.0.113.10"})

    assert (refused.status_code, int(refused["Retry-After"]) > 800) == (429, True)
    assert knock(forged, people.PASSWORD).status_code == 429
    assert not is_in(visitor)
    assert knock(elsewhere, people.PASSWORD).status_code == 302


def test_one_ipv6_subscriber_is_one_address(acme: Business) -> None:
    clients = [Client(headers={"host": "acme.localhost"}, REMOTE_ADDR=f"2001:db8:1:2::{n:x}") for n in range(1, 22)]
    statuses = [knock(client, email=f"guess{n}@example.test").status_code for n, client in enumerate(clients)]

    assert statuses == [400] * 20 + [429]


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/inbox/?tab=mine", "/inbox/?tab=mine"),
        ("https://evil.test/", "/"),
        ("//evil.test", "/"),
        ("javascript:x", "/"),
    ],
)
def test_one_goes_where_one_wanted_if_it_is_here(acme: Business, visitor: Client, wanted: str, location: str) -> None:
    assert knock(visitor, people.PASSWORD, next=wanted)["Location"] == location


def test_a_form_of_another_site_is_refused(acme: Business) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost"})

    response = knock(client, people.PASSWORD)

    assert response.status_code == 403
    assert "dashboard/stale_page.html" in [template.name for template in response.templates]
    assert verbs(acme) == []


def test_signing_out_takes_a_post_and_leaves_nothing(acme: Business, client_of: Callable[..., Client]) -> None:
    client = client_of("mona")
    key = client.cookies["sessionid"].value

    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)
    response = client.post("/sign-out/")

    assert (response.status_code, response["Location"]) == (302, "/sign-in/")
    assert response["Clear-Site-Data"] == '"storage"'
    assert not is_in(client)
    with tenant_context(acme):
        assert not Session.objects.filter(session_key=key).exists()
    assert verbs(acme) == ["signed_out"]


def test_an_operator_is_a_stranger_in_a_business(acme: Business, visitor: Client) -> None:
    with schema_context("public"):
        add_operator(email="op@majlis.test", password=people.PASSWORD)

    assert knock(visitor, people.PASSWORD, email="op@majlis.test").status_code == 400
