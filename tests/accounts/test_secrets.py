"""Credentials: sealed to their place, rotated in traffic, destroyed by their key, shown to nobody."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import rotation, secrets
from apps.accounts.models import Secret
from apps.audit.models import AuditEvent
from apps.core.actors import SYSTEM
from apps.core.crypto import Unreadable
from apps.core.refusals import Refusal
from apps.gateways.actions import line_of
from apps.gateways.models import Inbox
from apps.tenants import keys
from apps.tenants.models import Business
from tests import people
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


def test_a_secret_is_used_in_clear_and_kept_sealed(acme: Business) -> None:
    row = kept()

    assert opened() == MARKER
    assert MARKER.encode() not in bytes(row.ciphertext)
    assert row.last4 == "abcd"


@pytest.mark.parametrize(("value", "last4"), [("12345678901", ""), ("123456789012", "9012")])
def test_the_end_is_shown_of_long_secrets_only(acme: Business, value: str, last4: str) -> None:
    assert kept(value=value).last4 == last4
    with pytest.raises(IntegrityError, match="a_last_four_is_shown_only_of_long_secrets"), transaction.atomic():
        Secret.objects.filter(name=NAME).update(ciphertext=b"short", last4="hort")


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_secret_is_refused(acme: Business, empty: str) -> None:
    with pytest.raises(Refusal):
        kept(value=empty)

    assert not Secret.objects.exists()


def test_a_ciphertext_moved_to_another_row_is_refused(acme: Business) -> None:
    row, other = kept(), kept(Secret.Name.STRIPE_SECRET_KEY, value="sk_test_another_one")
    Secret.objects.filter(pk=other.pk).update(ciphertext=row.ciphertext, key_id=row.key_id)

    with pytest.raises(Unreadable):
        opened(Secret.Name.STRIPE_SECRET_KEY)


def test_a_ciphertext_moved_to_another_scope_is_refused(acme: Business) -> None:
    row, inbox = kept(Secret.Name.META_ACCESS_TOKEN, "inbox:1"), kept(Secret.Name.META_ACCESS_TOKEN, "inbox:2")
    Secret.objects.filter(pk=inbox.pk).update(ciphertext=row.ciphertext)

    with pytest.raises(Unreadable):
        opened(Secret.Name.META_ACCESS_TOKEN, "inbox:2")


def test_a_ciphertext_moved_to_another_business_is_refused(acme: Business, globex: Business) -> None:
    row = kept()
    with tenant_context(globex):
        theirs = kept(value="sk-theirs-0123456789")
        Secret.objects.filter(pk=theirs.pk).update(
            id=row.pk, ciphertext=row.ciphertext, key_id=row.key_id, last4=row.last4
        )
        with pytest.raises(Unreadable):
            opened()


def test_a_data_key_moved_to_another_business_is_refused(acme: Business, globex: Business) -> None:
    row = kept()
    with schema_context("public"):
        ours = Business.objects.get(pk=acme.pk)
        Business.objects.filter(pk=globex.pk).update(data_key=ours.data_key, data_key_id=ours.data_key_id)
    with tenant_context(globex):
        Secret.objects.create(
            id=row.pk, name=NAME, scope="business", ciphertext=row.ciphertext, key_id=row.key_id, actor_kind="system"
        )
        with pytest.raises(Unreadable):
            opened()


def test_a_changed_secret_is_in_force_on_the_next_use(acme: Business) -> None:
    inbox = an_inbox()
    before = line_of(inbox).secrets["meta_access_token"]

    kept(Secret.Name.META_ACCESS_TOKEN, f"inbox:{inbox.pk}", "EAAnew-token-0123456789")

    assert (before, line_of(inbox).secrets["meta_access_token"]) == ("EAAx", "EAAnew-token-0123456789")


def test_forgetting_the_data_key_makes_the_rest_unreadable(acme: Business, globex: Business) -> None:
    kept()
    with tenant_context(globex):
        kept(value="sk-theirs-0123456789")

    keys.destroy(acme)

    with pytest.raises(Unreadable):
        opened()
    with pytest.raises(Unreadable):
        kept(Secret.Name.STRIPE_SECRET_KEY)
    with tenant_context(globex):
        assert opened() == "sk-theirs-0123456789"


def test_a_new_master_key_takes_over_and_the_old_one_may_go(acme: Business, globex: Business, settings: Any) -> None:
    kept()
    old = dict(settings.ENCRYPTION_KEYS)
    settings.ENCRYPTION_KEYS = {"next": "n" * 40, **old}
    assert opened() == MARKER
    said = io.StringIO()

    call_command("rotate_secrets", "--json", stdout=said)
    call_command("rotate_secrets", "--json", stdout=(again := io.StringIO()))

    assert json.loads(said.getvalue())["rewrapped"] == 2
    assert json.loads(again.getvalue())["rewrapped"] == 0
    settings.ENCRYPTION_KEYS = {"next": "n" * 40}
    assert opened() == MARKER


def test_a_master_key_that_is_missing_is_named_and_keeps_nobody_else(
    acme: Business, globex: Business, settings: Any
) -> None:
    kept()
    with schema_context("public"):
        Business.objects.filter(pk=globex.pk).update(data_key_id="lost")
    settings.ENCRYPTION_KEYS = {"next": "n" * 40, **settings.ENCRYPTION_KEYS}

    with pytest.raises(CommandError, match="globex"):
        call_command("rotate_secrets", stdout=io.StringIO())

    settings.ENCRYPTION_KEYS = {"next": "n" * 40}
    assert opened() == MARKER


def test_secrets_are_sealed_anew_in_traffic(acme: Business) -> None:
    first = kept()
    rotation.reencrypt(acme)
    late = Secret.objects.get(pk=first.pk)
    assert (late.key_id != first.key_id, opened()) == (True, MARKER)

    # somebody who began before wrote with the former key
    Secret.objects.filter(pk=first.pk).update(ciphertext=first.ciphertext, key_id=first.key_id)
    assert opened() == MARKER
    rotation.finish(acme)

    with schema_context("public"):
        assert Business.objects.get(pk=acme.pk).data_key_before is None
    assert opened() == MARKER


def test_a_rotation_that_was_killed_goes_on(acme: Business) -> None:
    kept()
    keys.change(acme)
    keys.change(acme)
    assert opened() == MARKER

    call_command("rotate_secrets", "acme", "--reencrypt", "--grace", "0", stdout=(said := io.StringIO()))

    assert "1 secrets sealed anew" in said.getvalue()
    assert opened() == MARKER


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
    said += [samia("GET", path) for path in ("secrets/", "audit-events/", "inboxes/", f"inboxes/{inbox.pk}/", "business/")]
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


def test_a_dump_of_the_database_holds_no_secret_in_clear(acme: Business, client_of: Callable[..., Client]) -> None:
    client_of("samia").post("/settings/secrets/set/", {"name": NAME, "scope": "business", "value": MARKER})
    assert opened() == MARKER

    found = []
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS each WHERE each::text LIKE %s', [f"%{MARKER}%"])
            found += [table] * cursor.fetchone()[0]
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS each WHERE each::text LIKE %s', [f"%{MARKER.encode().hex()}%"]
            )
            found += [table] * cursor.fetchone()[0]

    assert found == []


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
        browser.get("/settings/secrets/"), *(browser.post(f"/settings/secrets/{verb}/", form) for verb in ("set", "clear", "test")),
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {403}
    assert opened() == MARKER


def good(inbox: Inbox) -> dict[str, Any]:
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
    provider.will(Answer(200, good(inbox)[name]), Answer(401, {"error": {"message": "no", "code": 190}}))

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


def test_nobody_elses_team_reads_a_business_key(acme: Business, globex: Business) -> None:
    assert people.employee("samia")
    assert list(Business.objects.values_list("slug", flat=True)) == ["acme"]
