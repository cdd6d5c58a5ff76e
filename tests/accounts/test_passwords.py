"""Forgotten, chosen anew, changed (requirements ACC-14)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django_tenants.utils import tenant_context

from apps.accounts.models import DeviceSession, SignedLink, User
from apps.audit.models import AuditEvent
from apps.tenants.models import Business
from tests import people
from tests.accounts.letters import letter_to, path_in, token_in
from tests.api.conftest import speak

MONA = "mona@example.test"
NEW = "four calm words here"
Commit = Callable[..., Any]


@pytest.fixture
def asked(acme: Business, visitor: Client, django_capture_on_commit_callbacks: Commit) -> str:
    """The path of the link that Mona was mailed after she asked for it."""
    with django_capture_on_commit_callbacks(execute=True):
        assert visitor.post("/reset/", {"email": " MONA@example.test"}).status_code == 200
    return path_in(letter_to(MONA))


def opens(password: str, business: str = "acme") -> bool:
    client = Client(headers={"host": f"{business}.localhost"})
    return client.post("/sign-in/", {"email": MONA, "password": password}).status_code == 302


def test_a_forgotten_password_is_chosen_anew_and_every_session_ends(
    asked: str, visitor: Client, client_of: Callable[..., Client], django_capture_on_commit_callbacks: Commit
) -> None:
    signed_in = [client_of("mona"), client_of("mona")]
    assert visitor.get(asked).status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        done = visitor.post(asked, {"password": NEW})

    assert (done.status_code, done["Location"]) == (302, "/sign-in/")
    assert opens(NEW)
    assert not opens(people.PASSWORD)
    assert [client.get("/").status_code for client in signed_in] == [302, 302]
    assert "was changed" in letter_to(MONA).subject
    assert visitor.post(asked, {"password": "another phrase still"}).status_code == 410
    assert opens(NEW)


def test_programs_do_the_same(acme: Business, visitor: Client, django_capture_on_commit_callbacks: Commit) -> None:
    call = speak(visitor)
    with django_capture_on_commit_callbacks(execute=True):
        assert call("POST", "auth/password-reset/", email=MONA).status_code == 204
    token = token_in(letter_to(MONA))

    easy = call("POST", "auth/password-reset-confirm/", token=token, password="password12")
    done = call("POST", "auth/password-reset-confirm/", token=token, password=NEW)
    again = call("POST", "auth/password-reset-confirm/", token=token, password=NEW)

    assert (easy.status_code, list(easy.json()["errors"])) == (400, ["password"])
    assert (done.status_code, again.status_code, again.json()["code"]) == (204, 410, "expired_link")
    assert opens(NEW)


@pytest.mark.parametrize("case", ["unknown", "inactive", "deactivated"])
def test_the_answer_says_nothing_of_who_is_here(
    acme: Business, visitor: Client, case: str, django_capture_on_commit_callbacks: Commit
) -> None:
    known = visitor.post("/reset/", {"email": "karim@example.test"}).content.decode()
    mona = people.employee("mona")
    if case == "inactive":
        User.objects.filter(pk=mona.user_id).update(is_active=False)
    if case == "deactivated":
        mona.deactivated_at = mona.created_at
        mona.save()
    email = "nobody@example.test" if case == "unknown" else MONA
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        answer = visitor.post("/reset/", {"email": email})

    said = answer.content.decode()
    assert answer.status_code == 200
    assert _plain(said, email) == _plain(known, "karim@example.test")
    assert mail.outbox == []
    assert AuditEvent.objects.filter(verb="reset_asked").count() == 2


def test_a_link_is_good_for_an_hour_and_only_the_newest(
    asked: str, visitor: Client, later: Callable[[timedelta], None], django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        visitor.post("/reset/", {"email": MONA})
    newest = path_in(letter_to(MONA))
    assert visitor.post(asked, {"password": NEW}).status_code == 410
    assert visitor.get(newest).status_code == 200

    later(timedelta(minutes=61))

    gone = visitor.post(newest, {"password": NEW})
    assert gone.status_code == 410
    assert "/reset/" in gone.content.decode()
    assert not opens(NEW)


def test_a_reset_link_of_acme_opens_nothing_at_globex(asked: str, globex: Business) -> None:
    stranger = Client(headers={"host": "globex.localhost"})

    assert stranger.get(asked).status_code == stranger.post(asked, {"password": NEW}).status_code == 410

    assert not opens(NEW, "globex")
    assert opens(people.PASSWORD, "globex")
    assert SignedLink.objects.get().used_at is None


def test_three_times_an_hour_for_an_e_mail_and_ten_for_an_address(acme: Business, globex: Business) -> None:
    def ask(email: str, address: str = "198.51.100.7", host: str = "acme", **headers: str) -> int:
        client = Client(headers={"host": f"{host}.localhost", **headers}, REMOTE_ADDR=address)
        return client.post("/reset/", {"email": email}).status_code

    assert [ask(MONA) for _number in range(4)] == [200, 200, 200, 429]
    assert ask(MONA, "198.51.100.8") == 429
    assert ask("nobody@example.test", **{"x-forwarded-for": "203.0.113.5"}) == 200
    assert [ask(f"{n}@example.test", **{"x-forwarded-for": f"203.0.113.{n}"}) for n in range(5)] == [200] * 5
    assert ask("one-more@example.test", **{"x-forwarded-for": "203.0.113.99"}) == 429
    assert ask(MONA, host="globex") == 200


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "mona@example", "Mona Mona"])
def test_an_easy_password_is_refused_and_the_link_stays_good(asked: str, visitor: Client, password: str) -> None:
    assert visitor.post(asked, {"password": password}).status_code == 400

    assert not opens(password)
    assert visitor.post(asked, {"password": NEW}).status_code == 302


def test_changing_needs_the_old_one_and_ends_the_other_sessions(
    acme: Business, client_of: Callable[..., Client], django_capture_on_commit_callbacks: Commit
) -> None:
    here, elsewhere = client_of("mona"), client_of("mona")
    wrong = here.post("/me/password/", {"old": "not it", "password": NEW})
    assert (wrong.status_code, opens(NEW)) == (400, False)
    assert elsewhere.get("/").status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        assert here.post("/me/password/", {"old": people.PASSWORD, "password": NEW}).status_code == 302

    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert opens(NEW)
    assert "was changed" in letter_to(MONA).subject
    verbs = AuditEvent.objects.filter(object_kind="user").values_list("verb", flat=True)
    assert {"password_changed", "sessions_revoked"} <= set(verbs)


def test_the_old_one_is_not_to_be_guessed(acme: Business, client_of: Callable[..., Client]) -> None:
    client = client_of("mona")
    said = [client.post("/me/password/", {"old": f"guess {n}", "password": NEW}).status_code for n in range(11)]

    assert said == [400] * 10 + [429]
    assert client.post("/me/password/", {"old": people.PASSWORD, "password": NEW}).status_code == 429


def test_programs_change_it_from_a_session_alone(acme: Business, client_of: Callable[..., Client]) -> None:
    here, elsewhere = client_of("mona"), client_of("mona")
    call = speak(here)

    wrong = call("POST", "auth/change-password/", old="not it", password=NEW)
    done = call("POST", "auth/change-password/", old=people.PASSWORD, password=NEW)

    assert (wrong.status_code, wrong.json()["code"], done.status_code) == (400, "invalid", 204)
    assert call("GET", "me/").status_code == 200
    assert speak(elsewhere)("GET", "me/").status_code == 401
    assert opens(NEW)


def test_the_same_person_at_globex_keeps_password_and_sessions(
    asked: str, visitor: Client, globex: Business, client_of: Callable[..., Client]
) -> None:
    other = client_of("mona", globex)

    visitor.post(asked, {"password": NEW})

    assert other.get("/").status_code == 200
    assert opens(people.PASSWORD, "globex")
    with tenant_context(globex):
        assert DeviceSession.objects.living().count() >= 1


def _plain(page: str, email: str) -> str:
    """A page without what is random in it."""
    return re.sub(r'(nonce|content|value)="[^"]*"|X-CSRFToken": "[^"]*"|01[0-9a-f]{6}-[0-9a-f-]+', "", page).replace(
        email, ""
    )
