"""Acme and globex with the same rows, a network that leads nowhere, and files in a folder of their own."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.storage import storages
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import User
from apps.tenants.models import Business
from tests import people
from tests.isolation import twins
from tests.isolation.walking import Visitor
from tests.isolation.witness import Witness
from tests.tenants.conftest import committed, fleet_of, three

__all__ = ["committed", "fleet_of", "three"]

# Rows that no plain row can be made for; each needs a reason.
EMPTY = {
    "guardian.userobjectpermission": "guardian's generic grants are not used: inboxes have direct ones",
    "guardian.groupobjectpermission": "the same",
    "accounts.user_user_permissions": "Django's own permissions of a person are not used: words of roles are",
    "auth.group_permissions": "the same, of a group",
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """Nobody outside answers, nothing is cached, files lie in an empty folder."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            raise ConnectionRefusedError(f"The tests of isolation call nobody: {address}")
        return connect(self, address)

    def nowhere(*_args: Any) -> None:
        raise ConnectionRefusedError("The tests of isolation ask nobody.")

    monkeypatch.setattr(socket.socket, "connect", only_here)
    monkeypatch.setattr(socket.socket, "sendto", nowhere)  # as names are looked up
    default = {**settings.STORAGES["default"]}
    default["OPTIONS"] = {**default.get("OPTIONS", {}), "location": tmp_path / "media"}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    storages._storages.clear()  # type: ignore[attr-defined]
    for alias in ("default", "platform"):
        caches[alias].clear()


@pytest.fixture
def nouns(acme: Business, globex: Business) -> dict[str, Any]:
    """Acme's row of each noun, of which globex has a marked twin."""
    empty, rows = twins.make_twins(acme, globex)
    assert empty - set(EMPTY) == set(), "give planting.everything() a row of these"
    return rows


@pytest.fixture
def twin(nouns: dict[str, Any], acme: Business, globex: Business) -> tuple[Business, Business]:
    """Acme, and globex with the same keys and marked texts."""
    return acme, globex


@pytest.fixture
def visitor_of(nouns: dict[str, Any], twin: tuple[Business, Business]) -> Callable[..., Visitor]:
    """`visitor_of("samia")`: somebody of acme (or of another business) who is going to walk through it."""

    def make(name: str, business: Business = twin[0], witness: Witness | None = None) -> Visitor:
        client = Client(headers={"host": f"{business.slug}.localhost"})
        with tenant_context(twin[0]):
            user_id = people.employee(name).user_id  # the same in both, where the e-mail is another
        with tenant_context(business):
            known = twins.keys()
            people.enter(client, User.objects.get(pk=user_id))
        rows = nouns if business is twin[0] else {}
        return Visitor(client, witness or Witness(business.schema_name), known, rows)

    return make


@pytest.fixture
def console(db: None) -> Client:
    """An operator's browser."""
    client = Client(headers={"host": "localhost"})
    with schema_context("public"):
        client.force_login(people.an_operator())
    return client
