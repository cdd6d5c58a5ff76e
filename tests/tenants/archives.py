"""Businesses to take out and to bring: one full of life, the commands that move it, what stands in an archive."""

import gzip
import hashlib
import io
import json
import secrets
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.actions import add_employee
from apps.accounts.models import Role
from apps.audit import chain
from apps.billing.actions import change_plan, start_trial
from apps.conversations.actions import send_message
from apps.conversations.models import Message
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.media import store
from apps.media.models import Attachment
from apps.tenants import actions, hosts, vault
from apps.tenants.actions import erasing
from apps.tenants.benches import stage
from apps.tenants.models import Business, Domain, InboundRoute
from apps.tenants.moving import leaving
from tests import factories, people
from tests.isolation import twins
from tests.isolation.filling import fill
from tests.tenants.test_logo import a_picture

MARKER = "zanzibarmarker"
TOKEN = "EAAxverysecretaccesstoken"


@pytest.fixture
def full(three: list[Business], superuser: psycopg.Connection) -> Iterator[Business]:
    """A business in which everything has happened, beside one whose rows are marked."""
    for business, marker in ((three[0], "ours"), (three[1], MARKER)):
        start_trial(business, by=SYSTEM)
        change_plan(business, plan="enterprise", by=SYSTEM, note="for the test")
        people.populate(business)
        with tenant_context(business):
            with transaction.atomic():
                _live(marker)
            Message.objects.filter(direction="out").update(status="queued")
            chain.seal()
            fill(twins.tables())
            actions.set_logo(business, picture=a_picture(), by=SYSTEM)
    with schema_context("public"):
        Domain.objects.create(
            business=three[0], host=f"{three[0].slug}.example", kind="custom", is_primary=False, state="pending"
        )
        row = three[0].fresh()
    yield row
    for business in three:
        erasing.remove_folder(business.schema_name)
    superuser.rollback()
    superuser.execute("DELETE FROM public.audit_operatorevent")
    superuser.commit()


def _live(marker: str) -> None:
    known = {"meta_access_token": TOKEN, "meta_app_secret": "appsecret", "meta_verify_token": "verify"}
    inbox = factories.an_inbox(secrets=known, display_number="+15550001")
    factories.an_inbox("simulator", is_test=True)
    for number in range(3):
        message = factories.a_message(inbox, f"{marker} “مرحبا” \\ \n\t {number}", phone=f"+9617012345{number}")
    factories.a_file(message, variants={"small": store.put(b"smaller", ".png")})
    factories.a_service(name_en=f"{marker} reading")
    send_message(message.conversation.fresh(), body=f"{marker} on its way", by=people.employee("mona").user.actor)


@pytest.fixture
def little(fleet_of: Callable[[int], list[Business]], superuser: psycopg.Connection) -> Iterator[Business]:
    """A business with one person, one file and more than three blocks of an archive."""
    [business] = fleet_of(1)
    with tenant_context(business), transaction.atomic():
        add_employee(
            email="samia@example.test", full_name="Samia", role=Role.objects.get(name="admin"), by=SYSTEM,
            password=people.PASSWORD, confirmed=True,
        )  # fmt: skip
        Customer.objects.create(name="Rana", phone="+96170123456")
        key = store.put(secrets.token_bytes(3 * vault.BLOCK), ".bin")
        Attachment.objects.create(
            kind="document", state="ready", storage_key=key, sha256="0" * 64, actor_kind="customer"
        )
    yield business
    erasing.remove_folder(business.schema_name)
    superuser.rollback()
    superuser.execute("DELETE FROM public.audit_operatorevent")
    superuser.commit()


@pytest.fixture
def brought() -> Iterator[list[str]]:
    """Slugs of businesses that a test brings, which go again."""
    slugs: list[str] = []
    yield slugs
    for slug in slugs:
        with schema_context("public"):
            row = Business.objects.filter(slug=slug).first()
        if row:
            erasing.remove_folder(row.schema_name)
            stage.remove(row)
    hosts.forget()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Callable[..., dict[str, Any]]:
    """A command's answer, with the key given to its standard input."""

    def run(name: str, *words: Any, key: str = "") -> dict[str, Any]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{key}\n"))
        capsys.readouterr()
        call_command(name, *map(str, words), "--json", "--no-input")
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return run


def a_slug() -> str:
    return f"moved-{secrets.token_hex(4)}"


def one(slug: str) -> Business:
    with schema_context("public"):
        return Business.objects.get(slug=slug)


def described(business: Business, folder: Path) -> dict[str, Any]:
    """The manifest of what a business is now."""
    with tenant_context(business), (folder / "described").open("wb") as target:
        return leaving.pack(target, key=vault.new_key())


def unpacked(path: Path, key: str) -> dict[str, bytes]:
    """What stands in an archive, by name."""
    with path.open("rb") as source, tarfile.open(fileobj=io.BytesIO(vault.unlock(source, key=key).read())) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]


def traces() -> tuple[int, int, int, set[str]]:
    """How many businesses, schemas, addresses and folders there are."""
    with schema_context("public"):
        counted = (Business.objects.count(), Domain.objects.count(), InboundRoute.objects.count())
    folders, _files = default_storage.listdir("")
    return *counted, set(folders)


def rewritten(table: str, change: Callable[[dict[str, Any]], None]) -> Callable[..., None]:
    """Change every row of a table, with a manifest that agrees."""

    def act(manifest: dict[str, Any], inside: dict[str, bytes]) -> None:
        name, rows = f"tables/{table}.jsonl.gz", []
        for line in gzip.decompress(inside[name]).splitlines():
            row = json.loads(line)
            change(row)
            rows.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        data = b"".join(rows)
        inside[name] = gzip.compress(data)
        manifest["tables"][table] = {"rows": len(rows), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    return act
