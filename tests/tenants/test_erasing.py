"""After the erasing nothing of a business is anywhere but in its certificate and its sealed dump (TEN-21)."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from psycopg import sql

from apps.accounts.actions import add_employee
from apps.accounts.models import Role
from apps.core import crypto
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.customers.models import Customer
from apps.tenants import actions, hosts, provisioning, tasks
from apps.tenants.actions import erasing
from apps.tenants.actions.erasing import dump_of, place_of_dump
from apps.tenants.embedded import Cluster
from apps.tenants.models import Business, Domain, ErasureCertificate, GatewayApp
from apps.tenants.postgres.router import SHARED
from tests.tenants.test_logo import a_picture

MARKER = "zanzibarmarker"
REASON = "They asked for it in writing."


@pytest.fixture
def doomed(three: list[Business], superuser: psycopg.Connection) -> Iterator[Business]:
    """A business full of markers, whose thirty days are over, beside two that go on."""
    business = three[0]
    with tenant_context(business):
        add_employee(
            email=f"{MARKER}@example.test", full_name=MARKER, role=Role.objects.get(name="admin"), by=SYSTEM,
            password="a long enough phrase",
        )  # fmt: skip
        Customer.objects.create(name=f"{MARKER} Rana", phone="+96170999888")
        actions.edit_business(
            business.pk, by=SYSTEM, name=f"{MARKER} Ltd", legal_name=MARKER, description_en=MARKER, address=MARKER,
            support_email=f"{MARKER}@example.test", website=f"https://{MARKER}.test",
        )  # fmt: skip
        actions.set_logo(business, picture=a_picture(), by=SYSTEM)
        actions.open_door(business.pk, hours=72, reason=MARKER, by=SYSTEM)
    default_storage.save(f"{business.schema_name}/attachments/2026/note.txt", ContentFile(MARKER.encode()))
    with schema_context("public"):
        Domain.objects.create(business=business, host=f"{MARKER}.example", kind="custom", is_primary=False)
        app = GatewayApp.objects.create(gateway="simulator", owner=business, token=MARKER, account_ref=MARKER)
        app.routes.create(gateway="simulator", external_id=MARKER, business=business, inbox_id=business.pk)
    actions.close_business(business, reason=REASON, by=SYSTEM)
    let_time_pass(business)
    assert len(places_of(MARKER, superuser)) > 8
    yield business
    for prefix in ("erased", business.schema_name):
        erasing.remove_folder(prefix)
    superuser.execute("DELETE FROM public.tenants_erasurecertificate")
    superuser.execute("DELETE FROM public.audit_operatorevent WHERE business_id = %s", [business.pk])
    superuser.commit()


def let_time_pass(business: Business) -> None:
    with schema_context("public"):
        Business.objects.filter(pk=business.pk).update(closing_until=timezone.now() - timedelta(seconds=1))
    hosts.forget()


def places_of(marker: str, superuser: psycopg.Connection) -> set[str]:
    """Every table of every schema and every file of ours in which the marker stands."""
    superuser.rollback()
    tables = superuser.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' OR schemaname LIKE 'b\\_%'"
    ).fetchall()
    found = set()
    for place in tables:
        asked = sql.SQL("SELECT 1 FROM {} AS t WHERE t::text ILIKE %s LIMIT 1").format(sql.Identifier(*map(str, place)))
        if superuser.execute(asked, [f"%{marker}%"]).fetchone():
            found.add(".".join(map(str, place)))
    superuser.rollback()
    for path in Path(settings.STORAGES["default"]["OPTIONS"]["location"]).rglob("*"):
        if marker in path.name or (path.is_file() and marker.encode() in path.read_bytes()):
            found.add(str(path))
    return found


def counts(superuser: psycopg.Connection, name: str) -> Any:
    superuser.rollback()
    return superuser.execute(
        "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = %(n)s),"
        " (SELECT count(*) FROM pg_roles WHERE rolname = %(n)s)", {"n": name},
    ).fetchone()  # fmt: skip


def test_nothing_remains_outside_the_certificate(doomed, three, superuser, folder) -> None:
    slug = doomed.slug

    certificate = actions.erase_business(doomed, by=SYSTEM)

    assert places_of(MARKER, superuser) == set()
    assert places_of(slug, superuser) == set()
    assert counts(superuser, doomed.schema_name) == (0, 0)
    assert not default_storage.exists(doomed.schema_name)
    assert hosts.site_of(f"{slug}.localhost") is None
    assert hosts.site_of(f"{MARKER}.example") is None
    with schema_context("public"):
        row = doomed.fresh()
        assert (row.status, row.name, row.closing_until) == ("erased", "", None)
        for label in SHARED - {"tenants.business", "audit.operatorevent"}:
            model = apps.get_model(label)
            names = [field.name for field in model._meta.fields if field.related_model is Business]
            assert not any(model._base_manager.filter(**{name: row}).exists() for name in names), label
        assert Business.objects.filter(pk__in=[other.pk for other in three[1:]], status="ready").count() == 2
        assert not Domain.objects.filter(host=f"{slug}.localhost").exists()  # the address is free
    assert certificate.business_ref == crypto.keyed_hash(f"erased:{doomed.pk}")
    assert certificate.rows > 20
    assert certificate.objects_removed == 4
    dump = folder / "dump"
    dump.write_bytes(dump_of(certificate))
    tool = Cluster(Path(settings.VAR_DIR)).tool("pg_restore")
    told = subprocess.run([str(tool), "-f", "-", str(dump)], capture_output=True, text=True, check=True).stdout
    assert f"{MARKER} Rana" in told
    assert MARKER.encode() not in (Path(default_storage.path(place_of_dump(certificate.business_ref)))).read_bytes()


def test_the_clock_erases_what_is_over_and_later_its_dump(doomed, superuser) -> None:
    with schema_context("public"):
        tasks.mind_closing.run()
        [certificate] = ErasureCertificate.objects.all()
    assert default_storage.exists(place_of_dump(certificate.business_ref))

    assert certificate.dump_until is not None
    assert actions.forget_dumps(certificate.dump_until - timedelta(seconds=1)) == 0
    assert actions.forget_dumps(certificate.dump_until) == 1

    assert not default_storage.exists(place_of_dump(certificate.business_ref))


def test_an_interrupted_erasing_is_finished_by_the_next(doomed, superuser, monkeypatch) -> None:
    real = provisioning.drop
    monkeypatch.setattr(provisioning, "drop", lambda name: (real(name), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        actions.erase_business(doomed, by=SYSTEM)
    assert hosts.site_of(f"{doomed.slug}.localhost") is None
    monkeypatch.undo()

    certificate = actions.erase_business(doomed, by=SYSTEM)

    assert places_of(MARKER, superuser) == set()
    assert certificate.rows > 20
    assert dump_of(certificate)[:5] == b"PGDMP"


@pytest.mark.parametrize("status", ["ready", "suspended", "closing"])
def test_nothing_is_erased_before_its_time(three, superuser, status: str) -> None:
    business = three[0]
    later = timezone.now() + timedelta(days=1)
    with schema_context("public"):
        Business.objects.filter(pk=business.pk).update(status=status, closing_until=later)

    with pytest.raises(Refusal) as refused:
        actions.erase_business(business, by=SYSTEM)
    with pytest.raises(CommandError):
        call_command("erase_business", business.slug, "--no-input")

    assert refused.value.code == "illegal_transition"
    assert counts(superuser, business.schema_name) == (1, 1)
    with schema_context("public"):
        assert Domain.objects.filter(business=business).exists()


def test_the_commands(three, superuser, capsys) -> None:
    business = three[0]

    call_command("close_business", business.slug, "--reason", REASON, "--json", "--no-input")
    let_time_pass(business)
    call_command("erase_business", business.slug, "--json", "--no-input")

    said = capsys.readouterr().out.splitlines()
    assert '"status": "closing"' in said[0]
    assert '"erased": true' in said[1]
    assert counts(superuser, business.schema_name) == (0, 0)
    superuser.execute("DELETE FROM public.tenants_erasurecertificate")
    superuser.commit()


def test_a_certificate_and_a_door_are_not_rewritten(acme: Business) -> None:
    door = actions.open_door(acme.pk, hours=1, by=SYSTEM)

    for table, change in (("tenants_erasurecertificate", "rows = 1"), ("tenants_supportdoor", "until = now()")):
        assert refused_in_public(f"UPDATE {table} SET {change}")
        assert refused_in_public(f"DELETE FROM {table}")
    assert actions.close_doors(acme.pk, by=SYSTEM) == 1
    assert door.fresh().closed_at is not None


def refused_in_public(statement: str) -> bool:
    with schema_context("public"):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except ProgrammingError as error:
            return "permission denied" in str(error)
    return False
