"""The middleware behind every page: whose session it is, what they may, which language they hear."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee, User
from apps.tenants import hosts
from apps.tenants.models import Business
from tests import people

ClientOf = Callable[..., Client]


def test_a_session_means_nothing_at_another_business(acme: Business, globex: Business, client_of: ClientOf) -> None:
    client = client_of("mona")
    replayed = client.get("/", headers={"host": "globex.localhost"})

    assert (replayed.status_code, replayed["Location"]) == (302, "/sign-in/?next=/")
    assert replayed.cookies["sessionid"].value == ""


def test_a_session_means_nothing_on_the_platform(acme: Business, client_of: ClientOf) -> None:
    client = client_of("samia")

    assert client.get("/operators/", headers={"host": "localhost"}).status_code == 302


@pytest.mark.parametrize("end", ["deactivated", "inactive", "no employee"])
def test_who_no_longer_belongs_is_signed_out(acme: Business, client_of: ClientOf, end: str) -> None:
    client = client_of("mona")
    key = client.cookies["sessionid"].value
    assert client.get("/").status_code == 200

    with tenant_context(acme):
        mona = people.employee("mona")
        if end == "deactivated":
            Employee.objects.filter(pk=mona.pk).update(deactivated_at=timezone.now())
        elif end == "inactive":
            User.objects.filter(pk=mona.user_id).update(is_active=False)
        else:
            Employee.objects.filter(pk=mona.pk).delete()

    assert client.get("/").status_code == 302
    with tenant_context(acme):
        assert not Session.objects.filter(session_key=key).exists()


def test_a_stranger_costs_no_query(acme: Business, django_assert_num_queries: Any) -> None:
    hosts.site_of("acme.localhost")

    with django_assert_num_queries(0):
        assert Client(headers={"host": "acme.localhost"}).get("/sign-in/").status_code == 200


def test_a_person_costs_three_queries(acme: Business, client_of: ClientOf, django_assert_num_queries: Any) -> None:
    client = client_of("mona")
    hosts.site_of("acme.localhost")

    with django_assert_num_queries(3):  # session, user, employee with role
        assert client.get("/sign-in/").status_code == 302


def test_permissions_are_the_roles_plus_grants_minus_denials_at_the_next_request(
    acme: Business, client_of: ClientOf
) -> None:
    client = client_of("karim")
    before = client.get("/").context["me"].permissions

    with tenant_context(acme):
        Employee.objects.filter(user__email="karim@example.test").update(
            grants=["audit.view"], denials=["conversations.view"]
        )
    after = client.get("/").context["me"].permissions

    assert "conversations.view" in before
    assert after == (before | {"audit.view"}) - {"conversations.view"}


@pytest.mark.parametrize(
    ("person", "cookie", "business", "browser", "spoken"),
    [
        ("ar", "en", "en", "en", "ar"),
        (None, "ar", "en", "en", "ar"),
        (None, None, "ar", "en", "ar"),
        (None, "xx", "ar", "en", "ar"),
        (None, None, "en", "ar", "en"),
    ],
)
def test_the_language_is_the_persons_then_the_visitors_choice_then_the_businesss(
    acme: Business,
    client_of: ClientOf,
    person: str | None,
    cookie: str | None,
    business: str,
    browser: str,
    spoken: str,
) -> None:
    client = client_of("mona") if person else Client(headers={"host": "acme.localhost"})
    with tenant_context(acme):
        User.objects.filter(email="mona@example.test").update(language=person or "en")
    client_site = hosts.site_of("acme.localhost")
    assert client_site is not None
    hosts._remembered["acme.localhost"] = (float("inf"), client_site._replace(primary_language=business))
    if cookie:
        client.cookies["django_language"] = cookie

    response = client.get("/" if person else "/sign-in/", headers={"accept-language": browser})

    assert response["Content-Language"] == spoken
    assert f'<html lang="{spoken}"'.encode() in response.content
