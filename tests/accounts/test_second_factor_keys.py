"""A second factor goes on working when the server's key is changed (ACC-25)."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context

from apps.accounts import second_factor
from apps.accounts.models import User
from apps.tenants.models import Business
from tests import people


@pytest.fixture
def mona(acme: Business) -> User:
    """Mona, who has a phone with an authenticator app."""
    user = people.employee("mona").user
    people.give_second_factor(user)
    return user.fresh()


def test_a_second_factor_outlives_the_key_it_was_sealed_with(mona: User, settings: Any) -> None:
    secret = second_factor._secret(mona)
    with schema_context("public"):
        operator = people.an_operator()
        of_operator = second_factor._secret(operator)
    settings.ENCRYPTION_KEYS = {"next": "n" * 40, **settings.ENCRYPTION_KEYS}

    call_command("rotate_secrets", "--json", stdout=(said := io.StringIO()))

    settings.ENCRYPTION_KEYS = {"next": "n" * 40}
    assert json.loads(said.getvalue())["second_factors"] == 2
    assert second_factor._secret(mona.fresh()) == secret
    with schema_context("public"):
        assert second_factor._secret(operator.fresh()) == of_operator
    call_command("rotate_secrets", "--json", stdout=(again := io.StringIO()))
    assert json.loads(again.getvalue())["second_factors"] == 0


def test_a_second_factor_whose_key_is_missing_is_named(mona: User, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = {**settings.ENCRYPTION_KEYS, "lost": "l" * 40}
    User.objects.filter(pk=mona.pk).update(totp_key_id="lost")
    settings.ENCRYPTION_KEYS = {name: key for name, key in settings.ENCRYPTION_KEYS.items() if name != "lost"}

    with pytest.raises(CommandError, match="acme"):
        call_command("rotate_secrets", stdout=io.StringIO())
