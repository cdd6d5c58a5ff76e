"""A business goes into one sealed file and comes out of it the same (TEN-22)."""

import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import schema_context, tenant_context
from psycopg import sql

from apps.accounts.models import Secret, User
from apps.accounts.secrets import secret
from apps.audit import chain
from apps.audit.models import AuditEvent, OperatorEvent
from apps.billing.models import Subscription
from apps.conversations.models import Message
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.gateways.actions import release_inbox
from apps.gateways.models import Inbox, InboxGroupPermission
from apps.media.models import Attachment
from apps.tenants import hosts, vault
from apps.tenants.actions import erasing
from apps.tenants.benches import stage
from apps.tenants.models import InboundRoute
from apps.tenants.moving import asking, leaving, reading, tables
from apps.tenants.moving.tables import Way
from apps.tenants.postgres.router import belongs
from tests import factories, people
from tests.tenants.archives import MARKER, TOKEN, a_slug, brought, described, full, little, one, said, traces, unpacked

__all__ = ["brought", "full", "little", "said"]


def test_every_table_of_a_business_goes_along_or_is_said_to_stay() -> None:
    models = [
        each for each in apps.get_models(include_auto_created=True)
        if belongs(each._meta.label_lower, "b_x") and each._meta.app_label not in ("channels_postgres", "django_cache")
    ]  # fmt: skip
    taken, left = {each.name for each in tables.taken()}, set(tables.left())

    assert taken & left == set()
    assert taken | left == {each._meta.db_table for each in models}, "say in config/moving.py whether these go along"
    assert all(tables.left().values())
    for each in tables.taken():
        assert set(each.travels.says) <= {column.name for column in tables.columns(each)}, each.name


def test_no_sealed_and_no_hashed_column_goes_along() -> None:
    suspicious = ("password", "token", "totp", "secret", "cipher", "backup", "_hash", "sealed")
    harmless = {"audit_auditseal.previous_hash"}  # the chain, which everybody with the rows can compute

    for each in tables.taken():
        for column in tables.columns(each):
            if column.get_internal_type() == "BinaryField" or any(word in column.name for word in suspicious):
                known = column.name in each.travels.says or f"{each.name}.{column.name}" in harmless
                assert known, f"{each.name}.{column.name}: say in config/moving.py what it says in an archive"


def test_it_arrives_as_it_left(full, three, said, folder, brought) -> None:
    path, slug = folder / "full.majlis", a_slug()
    brought.append(slug)

    left = said("export_business", full.slug, "--output", path)
    came = said("import_business", path, "--slug", slug, key=left["key"])

    assert (came["slug"], came["rows"], came["files"]) == (slug, left["rows"], left["files"])
    assert came["tables"]["conversations_message"] > 3
    assert came["files"] == 5  # a photo, a smaller one, and the logo in its three sizes
    one_, other = described(full, folder), described(one(slug), folder)
    for name, count in one_["tables"].items():
        if not name.startswith("audit_"):  # which since then says that it was taken out, and that it arrived
            assert other["tables"][name] == count, name
    assert sum(count["rows"] > 0 for count in one_["tables"].values()) > 40
    assert other["files"]["count"] == one_["files"]["count"]
    assert other["business"]["name"] == full.name
    with tenant_context(one(slug)):
        assert chain.verify().is_whole
        assert [row.verb for row in AuditEvent.objects.filter(object_kind="business")][-1:] == ["imported"]


def test_its_numbers_work_where_nobody_else_has_them(full, three, said, folder, brought) -> None:
    path = folder / "full.majlis"
    left = said("export_business", full.slug, "--output", path)
    with tenant_context(full):
        granted = InboxGroupPermission.objects.count()
    erasing.remove_folder(full.schema_name)
    stage.remove(full)
    brought.append(full.slug)

    came = said("import_business", path, key=left["key"])

    assert (came["slug"], came["held_numbers"], came["held_domains"]) == (full.slug, [], [])
    row = one(full.slug)
    assert row.status == "ready"
    site = hosts.site_of(f"{full.slug}.localhost")
    assert site is not None
    assert site.id == row.pk
    assert hosts.site_of(f"{full.slug}.example") is None  # to be proven anew
    with schema_context("public"):
        assert Subscription.objects.get(business=row).status == "trialing"
        assert OperatorEvent.objects.filter(business_id=row.pk, verb="imported").exists()
        routes = set(InboundRoute.objects.filter(business=row, kind="number").values_list("inbox_id", flat=True))
    with tenant_context(row):
        inboxes = list(Inbox.objects.select_related(None))
        assert routes == {each.pk for each in inboxes}
        assert {each.gateway: each.health for each in inboxes} == {
            "simulator": "connected", "whatsapp_cloud": "reconnect_needed",
        }  # fmt: skip
        simulator = next(each for each in inboxes if each.gateway == "simulator")
        assert secret("simulator_secret", scope=f"app:{simulator.app_id}")
        assert InboxGroupPermission.objects.count() == granted
        mona = people.employee("mona").user
        assert Inbox.objects.for_user(mona, "reply").count() == 2
        assert (mona.has_usable_password(), mona.has_second_factor) == (False, False)
        photo = Attachment.objects.get()
        assert photo.storage_key.startswith(f"{row.schema_name}/media/")
        assert default_storage.open(photo.storage_key).read() == factories.PNG
        assert default_storage.open(photo.variants["small"]).read() == b"smaller"
        assert list(Message.objects.filter(direction="out").values_list("status", flat=True)) == ["unknown"]
        User.objects.create(email="next@example.test").groups.add(mona.employee.role.group)  # numbers go on


def test_what_another_holds_stays_there(full, three, said, folder, brought) -> None:
    path, slug = folder / "full.majlis", a_slug()
    brought.append(slug)
    left = said("export_business", full.slug, "--output", path)
    with schema_context("public"):
        before = list(InboundRoute.objects.filter(business=full).order_by("pk").values())
    with tenant_context(full):
        addresses = set(Inbox.objects.values_list("external_id", flat=True))

    came = said("import_business", path, "--slug", slug, key=left["key"])

    assert set(came["held_numbers"]) == addresses
    assert came["held_domains"] == [f"{full.slug}.example"]
    with schema_context("public"):
        assert list(InboundRoute.objects.filter(business=full).order_by("pk").values()) == before
        assert not InboundRoute.objects.filter(business__slug=slug, kind="number").exists()
    with tenant_context(one(slug)):
        release_inbox(Inbox.objects.all()[0], by=SYSTEM)  # the same key as the other's
    with schema_context("public"):
        assert InboundRoute.objects.filter(business=full).count() == len(before)


def test_nothing_of_another_and_no_secret_is_in_it(full, three, said, folder) -> None:
    path = folder / "full.majlis"

    left = said("export_business", full.slug, "--output", path)

    inside = unpacked(path, left["key"])
    clear = {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in inside.items()}
    text = b"\n".join(clear.values())
    assert text.count(b"ours reading") == 1
    assert MARKER.encode() not in text
    assert three[1].schema_name.encode() not in text
    own = {name for name, data in clear.items() if full.schema_name.encode() in data}
    assert own <= {"tables/audit_auditevent.jsonl.gz"}  # the record of the logo, which the chain keeps as it was
    with tenant_context(full):
        hashed = list(User.objects.values_list("password", flat=True))
        sealed = [bytes(each) for each in Secret.objects.values_list("ciphertext", flat=True)]
    assert sealed
    for kept in (TOKEN, "appsecret", factories.SECRET, *hashed):
        assert kept.encode() not in text, kept
    assert not any(each.hex().encode() in text or each in text for each in sealed)
    whole = path.read_bytes()
    assert b"ours" not in whole
    assert MARKER.encode() not in whole
    assert path.stat().st_mode & 0o777 == 0o600


def test_should_an_app_fail_the_business_is_taken_away(full, said, folder, monkeypatch) -> None:
    path = folder / "full.majlis"
    left = said("export_business", full.slug, "--output", path)
    before = traces()
    monkeypatch.setattr("config.moving.ARRIVALS", (lambda business, by: 1 / 0,))

    with pytest.raises(ZeroDivisionError):
        said("import_business", path, "--slug", a_slug(), key=left["key"])

    assert traces() == before


def test_one_whose_bringer_was_killed_makes_room_for_the_next(full, said, folder, brought, monkeypatch) -> None:
    path, slug = folder / "full.majlis", a_slug()
    brought.append(slug)
    left = said("export_business", full.slug, "--output", path)
    with monkeypatch.context() as killed:
        killed.setattr("apps.tenants.moving.arriving._settle", lambda row, by: None)
        said("import_business", path, "--slug", slug, key=left["key"])
    half = one(slug)
    assert half.status == "provisioning"  # its host shows the waiting page, nothing else

    with pytest.raises(CommandError, match="is taken"):
        said("import_business", path, "--slug", slug, key=left["key"])
    monkeypatch.setattr("apps.tenants.moving.arriving.GIVEN_UP", timedelta(hours=-1))
    said("import_business", path, "--slug", slug, key=left["key"])

    assert (one(slug).status, one(slug).pk != half.pk) == ("ready", True)


def test_an_export_replaces_no_file_unasked(full, said, folder, monkeypatch) -> None:
    path = folder / "there"
    path.write_text("something else")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    with pytest.raises(CommandError, match="is there already"):
        call_command("export_business", full.slug, "--output", str(path))
    with pytest.raises(CommandError, match="There is no business"):
        call_command("export_business", "nobody-here", "--output", str(path))
    with pytest.raises(CommandError, match="cannot be written"):
        said("export_business", full.slug, "--output", folder / "no" / "where")

    assert path.read_text() == "something else"
    assert [each.name for each in folder.iterdir()] == ["there"]


def test_both_records_say_that_it_was_taken_out(full, said, folder, capsys) -> None:
    call_command("export_business", full.slug, "--output", str(folder / "a"))

    told = capsys.readouterr()
    key = told.err.rpartition(": ")[2].strip()
    assert key not in told.out
    assert reading.check(folder / "a", key=key)["business"]["slug"] == full.slug
    with tenant_context(full):
        assert AuditEvent.objects.filter(object_kind="business", verb="exported").count() == 1
        assert key not in str(list(AuditEvent.objects.values()))
    with schema_context("public"):
        assert OperatorEvent.objects.filter(business_id=full.pk, verb="exported").count() == 1


def test_it_opens_without_majlis_as_the_docs_say(little, said, folder) -> None:
    path, clear = folder / "little.majlis", folder / "little.tar"
    left = said("export_business", little.slug, "--output", path)
    page = Path(settings.BASE_DIR, "docs", "archive.md").read_text()
    [told] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (folder / "open.py").write_text(told)

    command = [sys.executable, str(folder / "open.py"), str(path), str(clear)]
    subprocess.run(command, input=f"{left['key']}\n", text=True, check=True)

    with tarfile.open(clear) as archive:
        assert archive.getnames()[-1] == "manifest.json"
        assert b"Rana" in gzip.decompress(archive.extractfile("tables/customers_customer.jsonl.gz").read())  # type: ignore[union-attr]


def test_a_worker_writes_it_as_it_is_at_one_moment(little, superuser, monkeypatch) -> None:
    def meanwhile(way: Way) -> int:
        superuser.execute(
            sql.SQL("UPDATE {} SET name = 'Later'").format(sql.Identifier(little.schema_name, "customers_customer"))
        )
        superuser.commit()
        return total(way)

    total = leaving._total
    monkeypatch.setattr(leaving, "_total", meanwhile)
    with tenant_context(little):
        user = people.employee("samia").user

        job, key = asking.ask(user, by=user.actor)  # tasks run at once here, outside any transaction

        done = job.fresh()
        assert (done.state, done.error, done.sealed_key) == ("ready", "", None)
        assert Customer.objects.get().name == "Later"
        assert connection.connection.isolation_level is None
        clear = vault.unlock(default_storage.open(done.storage_key), key=key).read()
    with tarfile.open(fileobj=io.BytesIO(clear)) as archive:
        rows = archive.extractfile("tables/customers_customer.jsonl.gz").read()  # type: ignore[union-attr]
    assert json.loads(gzip.decompress(rows))["name"] == "Rana"
