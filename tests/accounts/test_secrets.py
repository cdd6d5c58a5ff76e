"""Credentials: sealed to their place, rotated in traffic, destroyed by their key, shown to nobody."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import rotation, secrets
from apps.accounts.models import Secret
from apps.core.actors import SYSTEM
from apps.core.crypto import Unreadable
from apps.core.refusals import Refusal
from apps.gateways.actions import line_of
from apps.tenants import keys
from apps.tenants.models import Business
from tests import people
from tests.factories import an_inbox

MARKER = "sk-markersecret-0123456789-abcd"
NAME = Secret.Name.OPENAI_API_KEY


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


def test_nobody_elses_team_reads_a_business_key(acme: Business, globex: Business) -> None:
    assert people.employee("samia")
    assert list(Business.objects.values_list("slug", flat=True)) == ["acme"]
