"""Who is calling: a browser with its cookie and CSRF token, or a program with a key; and everybody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.actions import issue_token
from apps.accounts.models import ApiToken
from apps.audit.models import AuditEvent
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.tenants.models import Business
from tests import people
from tests.api.conftest import speak

Call = Callable[..., Any]
HOST = {"host": "acme.localhost"}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def stranger(acme: Business) -> Call:
    """Somebody without a cookie and without a token."""
    return speak(Client(headers=HOST))


@pytest.fixture
def strict(acme: Business) -> Client:
    """A browser in which CSRF is enforced as in reality, signed in as Samia."""
    client = Client(enforce_csrf_checks=True, headers=HOST)
    people.sign_in(client, "samia")
    return client


def test_nobody_is_told_to_sign_in(stranger: Call) -> None:
    answer = stranger("GET", "me/")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer["Content-Type"] == "application/problem+json"


def test_a_cookie_without_a_csrf_token_changes_nothing(strict: Client) -> None:
    answer = speak(strict)("PATCH", "me/", full_name="Somebody else")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert people.employee("samia").full_name == "Samia"


def test_a_cookie_with_its_csrf_token_may_write(strict: Client) -> None:
    strict.get("/sign-in/")
    token = "x" * 32
    strict.cookies["csrftoken"] = token

    answer = speak(strict)("PATCH", "me/", {"x-csrftoken": token}, full_name="Samia T.")

    assert (answer.status_code, answer.json()["full_name"]) == (200, "Samia T.")


def test_a_token_needs_no_csrf_token(acme: Business) -> None:
    token = issue_token(people.employee("samia"), name="script", by=SYSTEM)
    program = speak(Client(enforce_csrf_checks=True, headers={**HOST, **bearer(token)}))

    answer = program("PATCH", "me/", full_name="Samia T.")

    assert answer.status_code == 200
    event = AuditEvent.objects.get(verb="edited", object_kind="employee")
    assert (event.actor_kind, event.actor_id) == ("api_token", ApiToken.objects.get().pk)
    assert event.actor_label == "script · Samia"


def test_using_a_token_is_remembered(by_token: Call) -> None:
    by_token("mona")("GET", "me/")

    assert ApiToken.objects.get().last_used_at is not None


def test_a_token_opens_no_page(acme: Business) -> None:
    token = issue_token(people.employee("samia"), name="script", by=SYSTEM)

    answer = Client(headers={**HOST, **bearer(token)}).get("/inbox/")

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/inbox/")


@pytest.mark.parametrize("spoilt", ["expired", "revoked", "deactivated", "wrong", "accented"])
def test_a_spoilt_token_opens_nothing(acme: Business, spoilt: str) -> None:
    samia = people.employee("samia")
    token = issue_token(samia, name="script", by=SYSTEM)
    now = timezone.now()
    if spoilt == "expired":
        ApiToken.objects.update(expires_at=now - timedelta(seconds=1))
    if spoilt == "revoked":
        ApiToken.objects.update(revoked_at=now)
    if spoilt == "deactivated":
        samia.deactivated_at = now
        samia.save()
    said = {"wrong": "mj_nobody", "accented": "clé"}.get(spoilt, token)

    answer = speak(Client(headers={**HOST, **bearer(said)}))("GET", "me/")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_a_token_of_another_business_opens_nothing(acme: Business, globex: Business) -> None:
    with tenant_context(globex):
        token = issue_token(people.employee("samia"), name="script", by=SYSTEM)

    answer = speak(Client(headers={**HOST, **bearer(token)}))("GET", "me/")

    assert answer.status_code == 401


def test_a_session_of_another_business_opens_nothing(
    client_of: Callable[..., Client], acme: Business, globex: Business
) -> None:
    client = client_of("samia", globex)
    replay = Client(headers=HOST)
    replay.cookies = client.cookies

    assert speak(replay)("GET", "me/").status_code == 401


def test_a_token_has_its_owners_present_rights(by_token: Call, acme: Business) -> None:
    program = by_token("mona")
    assert program("GET", "employees/").status_code == 200
    mona = people.employee("mona")
    mona.denials = ["employees.view"]
    mona.save()

    assert program("GET", "employees/").json()["required_permission"] == "employees.view"


def test_signing_in_and_out(stranger: Call) -> None:
    entered = stranger("POST", "auth/login/", email="Mona@example.test", password=people.PASSWORD)

    assert (entered.status_code, entered.json()["email"]) == (200, "mona@example.test")
    assert stranger("GET", "me/").json()["full_name"] == "Mona"
    assert stranger("POST", "auth/logout/").status_code == 204
    assert stranger("GET", "me/").status_code == 401


def test_wrong_and_unknown_are_answered_alike(stranger: Call) -> None:
    wrong = stranger("POST", "auth/login/", email="mona@example.test", password="not this one")
    unknown = stranger("POST", "auth/login/", email="nobody@example.test", password="not this one")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_the_sixth_right_password_is_still_refused(stranger: Call) -> None:
    for _attempt in range(5):
        stranger("POST", "auth/login/", email="mona@example.test", password="not this one")

    assert stranger("POST", "auth/login/", email="mona@example.test", password=people.PASSWORD).status_code == 401


def test_a_suspended_business_says_so(api: Call, acme: Business) -> None:
    mona = api("mona")
    with tenant_context(acme):
        Customer.objects.create(name="Rana")
    from_public(acme, status="suspended", status_reason="Unpaid since June.")

    answer = mona("GET", "customers/")

    assert (answer.status_code, answer.json()["code"]) == (403, "business_suspended")
    assert answer.json()["detail"] == "Unpaid since June."
    assert "Rana" not in answer.text


def from_public(business: Business, **changes: Any) -> None:
    """Change a business's row as the platform would."""
    with schema_context("public"):
        Business.objects.filter(pk=business.pk).update(**changes)
