"""The second proof at the door (requirements ACC-16, TEN-23)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import second_factor
from apps.accounts.actions import add_operator
from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.core.crypto import Unreadable
from apps.tenants.models import Business
from tests import people
from tests.accounts.letters import letter_to
from tests.api.conftest import speak

MONA = "mona@example.test"
STEP = timedelta(seconds=30)
ClientOf = Callable[..., Client]


@pytest.fixture
def mona(acme: Business) -> User:
    """Mona, who has a phone with an authenticator app."""
    user = people.employee("mona").user
    people.give_second_factor(user)
    return user.fresh()


def door(email: str = MONA, **more: Any) -> tuple[Client, Any]:
    client = Client(headers={"host": "acme.localhost"})
    return client, client.post("/sign-in/", {"email": email, "password": people.PASSWORD, **more})


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_it_is_set_up_on_the_page(acme: Business, client_of: ClientOf, django_capture_on_commit_callbacks: Any) -> None:
    client, elsewhere, where = client_of("mona"), client_of("mona"), "/me/second-factor/"
    assert client.post(where, {"verb": "begin", "password": "not it"}).status_code == 400
    client.post(where, {"verb": "begin", "password": people.PASSWORD})
    page = client.get(where)
    secret = page.context["setup"].secret
    assert "<svg" in page.content.decode()
    assert not people.employee("mona").user.has_second_factor
    assert client.post(where, {"verb": "confirm", "code": "000000"}).status_code == 400

    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(where, {"verb": "confirm", "code": pyotp.TOTP(secret).now()})

    codes = done.context["codes"]
    assert (len(codes), len(set(codes))) == (10, 10)
    assert codes[0] in done.content.decode()
    assert codes[0] not in client.get(where).content.decode()
    assert secret not in client.get(where).content.decode()
    assert people.employee("mona").user.has_second_factor
    assert [is_in(client), is_in(elsewhere)] == [True, False]
    assert "code from your phone" in letter_to(MONA).subject


def test_the_door_asks_for_a_code_after_the_password(mona: User) -> None:
    client, answer = door()
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code/")
    assert not is_in(client)
    assert client.get("/sign-in/code/").status_code == 200
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 400
    assert not is_in(client)

    answer = client.post("/sign-in/code/", {"code": people.next_code(mona)})

    assert (answer.status_code, is_in(client)) == (302, True)


def test_programs_send_it_along(mona: User, visitor: Client) -> None:
    call = speak(visitor)
    said = {"email": MONA, "password": people.PASSWORD}

    without = call("POST", "auth/login/", **said)
    wrong = call("POST", "auth/login/", **said, code="000000")
    assert [(answer.status_code, answer.json()["code"]) for answer in (without, wrong)] == [(403, "mfa_required")] * 2
    assert call("GET", "me/").status_code == 401

    assert call("POST", "auth/login/", **said, code=people.next_code(mona)).status_code == 200
    assert call("GET", "me/").json()["second_factor"] is True


def test_a_code_is_taken_once(mona: User) -> None:
    code = people.next_code(mona)
    first, _answer = door()
    second, _answer = door()

    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    assert second.post("/sign-in/code/", {"code": code}).status_code == 400

    assert [is_in(first), is_in(second)] == [True, False]


@pytest.mark.parametrize(("steps", "good"), [(-3, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_half_a_minute_off(
    mona: User, later: Callable[[timedelta], None], steps: int, good: bool
) -> None:
    later(10 * STEP)
    code = pyotp.TOTP(second_factor._secret(mona)).at(second_factor.timezone.now() + steps * STEP)
    client, _answer = door()

    assert (client.post("/sign-in/code/", {"code": code}).status_code == 302) == good


def test_a_backup_code_opens_once(mona: User) -> None:
    codes = second_factor.renew_codes(mona, password=people.PASSWORD, code=people.next_code(mona), by=mona.actor)
    first, _answer = door()
    second, _answer = door()

    assert first.post("/sign-in/code/", {"code": codes[3].upper()}).status_code == 302
    assert second.post("/sign-in/code/", {"code": codes[3]}).status_code == 400

    assert len(mona.fresh().backup_codes) == 9
    assert not any(code.replace("-", "") in str(User.objects.values().get(pk=mona.pk)) for code in codes)


def test_wrong_codes_lock_the_account_like_wrong_passwords(mona: User) -> None:
    client, _answer = door()
    for _number in range(5):
        assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 400

    assert client.post("/sign-in/code/", {"code": people.next_code(mona)}).status_code == 400
    assert door()[1].status_code == 400
    assert not is_in(client)
    assert AuditEvent.objects.filter(verb="sign_in_failed", object_id=mona.pk).count() == 5


def test_the_password_is_remembered_for_five_minutes(mona: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _answer = door()
    session = client.session
    session["half"] = {**session["half"], "until": 1}
    session.save()

    answer = client.post("/sign-in/code/", {"code": people.next_code(mona)})

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert not is_in(client)


def test_the_second_half_means_nothing_without_the_first(mona: User, visitor: Client) -> None:
    answer = visitor.post("/sign-in/code/", {"code": people.next_code(mona)})

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert not is_in(visitor)


def test_it_is_switched_off_with_password_and_code(mona: User, client_of: ClientOf) -> None:
    client, where = client_of("mona"), "/me/second-factor/"

    assert client.post(where, {"verb": "disable", "password": people.PASSWORD, "code": "000000"}).status_code == 400
    assert mona.fresh().has_second_factor
    code = people.next_code(mona)
    assert client.post(where, {"verb": "disable", "password": people.PASSWORD, "code": code}).status_code == 302

    row = mona.fresh()
    assert (row.has_second_factor, row.totp, row.backup_codes) == (False, None, [])
    assert door()[1]["Location"] == "/"


def test_programs_set_it_up_and_off_from_a_session_alone(acme: Business, client_of: ClientOf) -> None:
    call = speak(client_of("mona"))
    wrong = call("POST", "auth/mfa-enable/", password="not it")
    setup = call("POST", "auth/mfa-enable/", password=people.PASSWORD).json()

    done = call("POST", "auth/mfa-confirm/", code=pyotp.TOTP(setup["secret"]).now())

    assert (wrong.status_code, done.status_code, len(done.json()["codes"])) == (400, 200, 10)
    assert setup["uri"].startswith("otpauth://totp/")
    mona = people.employee("mona").user
    off = call("POST", "auth/mfa-disable/", password=people.PASSWORD, code=people.next_code(mona))
    assert (off.status_code, mona.fresh().has_second_factor) == (204, False)


def test_who_must_have_one_reaches_nothing_else(acme: Business, client_of: ClientOf) -> None:
    client = client_of("mona")
    User.objects.filter(email=MONA).update(mfa_required=True)

    page, program = client.get("/inbox/"), speak(client)("GET", "me/")

    assert (page.status_code, page["Location"]) == (302, "/me/second-factor/")
    assert (program.status_code, program.json()["code"]) == (403, "mfa_required")
    assert client.get("/me/second-factor/").status_code == 200
    people.give_second_factor(people.employee("mona").user)
    assert client.get("/").status_code == 302  # the session from before it is over
    assert client.post("/sign-out/").status_code == 302


def test_a_secret_of_acme_is_unreadable_at_globex(mona: User, globex: Business) -> None:
    with tenant_context(globex):
        User.objects.filter(email=MONA).update(totp=mona.totp, totp_key_id=mona.totp_key_id)
        twin = User.objects.get(email=MONA)

        with pytest.raises(Unreadable):
            second_factor._secret(twin)


def test_the_database_has_no_secret_in_clear(mona: User) -> None:
    assert second_factor._secret(mona).encode() not in bytes(mona.totp or b"")


@pytest.fixture
def newcomer(db: None) -> Client:
    """An operator who signed in for the first time."""
    with schema_context("public"):
        add_operator(email="new@majlis.test", password=people.PASSWORD)
    client = Client(headers={"host": "localhost"})
    said = {"username": "new@majlis.test", "password": people.PASSWORD}
    assert client.post("/operators/login/", said).status_code == 302
    return client


def test_an_operator_without_one_reaches_only_its_page(newcomer: Client) -> None:
    where = "/operators/second-factor/"
    for address in ("/operators/", "/operators/tenants/business/", "/operators/accounts/user/", "/"):
        answer = newcomer.get(address)
        assert (answer.status_code, answer["Location"]) == (302, where)
    assert newcomer.get(where).status_code == 200

    newcomer.post(where, {"verb": "begin", "password": people.PASSWORD})
    secret = newcomer.get(where).context["setup"].secret
    done = newcomer.post(where, {"verb": "confirm", "code": pyotp.TOTP(secret).now()})

    assert len(done.context["codes"]) == 10
    assert newcomer.get("/operators/").status_code == 200


def test_operators_show_a_code_at_their_door(db: None) -> None:
    with schema_context("public"):
        operator = people.an_operator()
        code = people.next_code(operator)
    client = Client(headers={"host": "localhost"})

    def knock(**code: str) -> bool:
        client.post("/operators/login/", {"username": operator.email, "password": people.PASSWORD, **code})
        return bool(client.get("/operators/").status_code == 200)

    assert [knock(), knock(code="000000"), knock(code=code)] == [False, False, True]


@pytest.mark.parametrize(
    ("role", "words", "people_page"),
    [
        ("operator_support", {"view"}, 403),
        ("operator_billing", {"view", "billing"}, 403),
        ("operator_admin", {"view", "billing", "manage"}, 200),
    ],
)
def test_operators_may_what_their_role_says(acme: Business, role: str, words: set[str], people_page: int) -> None:
    with schema_context("public"):
        operator = people.an_operator(role)
        client = Client(headers={"host": "localhost"})
        client.force_login(operator)
    where = "/operators/tenants/business/"

    assert {word for word in ("view", "billing", "manage") if operator.operator_may(word)} == words
    assert client.get(where).status_code == 200
    assert client.get("/operators/accounts/user/").status_code == people_page
    client.post(where, {"action": "suspend", "_selected_action": str(acme.pk), "reason": "The invoice is unpaid."})
    with schema_context("public"):
        assert acme.fresh().status == ("suspended" if "manage" in words else "ready")


def test_employees_are_no_operators_whatever_their_row_says(acme: Business) -> None:
    user = people.employee("samia").user
    user.operator_role = "operator_admin"

    assert not user.operator_may("view")


def test_an_operators_session_ends_after_eight_busy_hours(
    db: None, later: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with schema_context("public"):
        operator = people.an_operator()
        code = people.next_code(operator)
    client = Client(headers={"host": "localhost"})
    client.post("/operators/login/", {"username": operator.email, "password": people.PASSWORD, "code": code})

    later(timedelta(hours=7, minutes=59))
    assert client.get("/operators/").status_code == 200
    later(timedelta(minutes=2))
    assert client.get("/operators/").status_code == 302
