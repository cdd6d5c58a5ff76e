"""`create_operator` and `create_business` from the shell: idempotent, one clear line on error."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import Employee, User
from apps.audit.models import OperatorEvent
from apps.tenants.models import Business
from tests import people


def run(*arguments: str) -> Any:
    out = io.StringIO()
    call_command(*arguments, "--json", "--no-input", stdout=out)
    return json.loads(out.getvalue())


def test_an_operator_is_made_once(db: None) -> None:
    first, second = run("create_operator", "Op@majlis.test"), run("create_operator", "op@majlis.test")

    assert (first["created"], second) == (True, {"email": "op@majlis.test", "created": False, "password": None})
    operator = User.objects.get(email="op@majlis.test")
    assert operator.is_operator
    assert operator.check_password(first["password"])
    assert OperatorEvent.objects.filter(verb="added", object_id=operator.pk).count() == 1


@pytest.mark.parametrize(("email", "password"), [("op@majlis.test", "short"), ("no address", "a long enough phrase")])
def test_a_weak_password_or_a_bad_address_makes_nobody(
    db: None, email: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))

    with pytest.raises(CommandError):
        call_command("create_operator", email, "--password-stdin")

    assert not User.objects.exists()


def test_a_business_that_is_there_stays_as_it_is(acme: Business) -> None:
    answer = run("create_business", "acme", "--name", "Another", "--owner-email", "mona@example.test")

    assert (answer["created"], answer["owner"]["created"], answer["owner"]["password"]) == (False, False, None)
    assert acme.fresh().name == "Acme"
    with tenant_context(acme):
        assert people.employee("mona").role.name == "manager"


def test_an_owner_may_be_added_later(acme: Business, globex: Business) -> None:
    answer = run("create_business", "acme", "--owner-email", "Nour@example.test", "--owner-name", "Nour")

    with tenant_context(acme):
        nour = Employee.objects.get(user__email="nour@example.test")
        assert (nour.full_name, nour.role.name) == ("Nour", "admin")
        assert nour.user.check_password(answer["owner"]["password"])
    with tenant_context(globex):
        assert not Employee.objects.filter(full_name="Nour").exists()


@pytest.mark.parametrize(
    "arguments", [("www",), ("-x",), ("fine", "--industry", "piracy"), ("fine", "--owner-email", "x")]
)
def test_a_business_that_cannot_be_is_refused(db: None, arguments: tuple[str, ...]) -> None:
    with schema_context("public"):
        before = Business.objects.count()

    with pytest.raises(CommandError):
        call_command("create_business", *arguments)

    with schema_context("public"):
        assert Business.objects.count() == before
