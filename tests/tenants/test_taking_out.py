"""A business takes out everything that is its own, from the page and over the API, also while it is suspended (TEN-22,
TEN-09)."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import Employee
from apps.audit import exports
from apps.audit.models import AuditEvent, ExportJob
from apps.core.actors import SYSTEM
from apps.customers import actions as customers
from apps.customers.models import Customer
from apps.dashboard.tasks import sweep_exports
from apps.tenants import actions, tasks, vault
from apps.tenants.events import ArchiveRequested
from apps.tenants.models import Business
from apps.tenants.moving import asking, reading
from tests import people

ClientOf = Callable[..., Client]
PAGE = "/settings/data/export/"
PASSWORD = {"password": people.PASSWORD}
REASON = "Unpaid since spring."


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    caches["default"].clear()


@pytest.fixture
def rana(acme: Business) -> Customer:
    return Customer.objects.create(name="Rana", phone="+96170123456")


def ask(client: Client, **said: str) -> Any:
    return client.post("/api/v1/business/export/", {**PASSWORD, **said}, content_type="application/json")


def written(answer: Any, business: Business) -> ExportJob:
    """The job of an answer, once the worker has been at it."""
    pk = answer.json()["id"]
    with schema_context("public"):
        tasks.write_archive.run(business.pk, pk)
    job: ExportJob = ExportJob.objects.get(pk=pk)
    return job


def fetched(client: Client, job: ExportJob) -> bytes:
    answer: Any = client.get(f"/api/v1/exports/{job.pk}/download/")
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def grant(name: str, *words: str) -> None:
    Employee.objects.filter(pk=people.employee(name).pk).update(grants=words)


def deny(name: str, *words: str) -> None:
    Employee.objects.filter(pk=people.employee(name).pk).update(denials=words)


def test_it_is_asked_for_fetched_and_opened(rana: Customer, acme: Business, client_of: ClientOf, folder: Path) -> None:
    samia = client_of("samia")

    asked = ask(samia)
    job = written(asked, acme)
    (folder / "it").write_bytes(fetched(samia, job))

    said = asked.json()
    assert (asked.status_code, said["state"], said["kind"], said["progress"]) == (201, "queued", "business", 0)
    shown = samia.get(f"/api/v1/exports/{job.pk}/").json()
    assert (shown["state"], shown["rows"], shown["progress"]) == ("ready", job.rows, 100)
    assert "key" not in shown
    manifest = reading.check(folder / "it", key=said["key"])
    assert manifest["business"]["slug"] == "acme"
    assert manifest["tables"]["customers_customer"]["rows"] == 1
    assert job.storage_key == f"{acme.schema_name}/exports/{job.pk}.majlis"
    assert b"Rana" not in default_storage.open(job.storage_key).read()


def test_the_key_is_shown_once_and_kept_nowhere(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")

    page = samia.post(PAGE, PASSWORD)
    [key] = re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){12}", page.content.decode())
    waiting = ExportJob.objects.get()
    exports.run(waiting.pk)
    done = waiting.fresh()

    assert "no-store" in page["Cache-Control"]
    assert key not in samia.get(PAGE).content.decode()
    assert key.encode() not in bytes(waiting.sealed_key or b"")
    assert (done.state, done.sealed_key, done.key_id) == ("ready", None, "")
    assert key not in str(list(AuditEvent.objects.values()))
    assert vault.unlock(BytesIO(default_storage.open(done.storage_key).read()), key=key).read(7) == b"tables/"
    assert f"/api/v1/exports/{done.pk}/download/" in samia.get(PAGE).content.decode()


@pytest.mark.parametrize("lost", ["failed", "given up"])
def test_the_key_of_what_is_never_written_goes_too(
    acme: Business, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    job = ExportJob.objects.get(pk=ask(client_of("samia")).json()["id"])
    if lost == "failed":
        monkeypatch.setattr("apps.tenants.moving.leaving.pack", lambda *args, **options: 1 / 0)
        exports.run(job.pk)
    else:
        over = timezone.now() - timedelta(hours=1)
        ExportJob.objects.filter(pk=job.pk).update(state="running", attempts=3, claimed_at=over)
        exports.sweep()

    assert (job.fresh().state, job.fresh().sealed_key) == ("failed", None)


@pytest.mark.parametrize(
    ("held", "lacking"),
    [
        ((), "settings.edit"),
        (("settings.edit", "settings.view"), "settings.billing"),
        (("settings.billing",), "settings.edit"),
    ],
)
def test_both_permissions_are_asked(acme: Business, client_of: ClientOf, held: tuple[str, ...], lacking: str) -> None:
    grant("mona", *held)
    mona = client_of("mona")

    asked = ask(mona)

    assert (asked.status_code, asked.json()["required_permission"]) == (403, lacking)
    assert [mona.get(PAGE).status_code, mona.post(PAGE, PASSWORD).status_code] == [403, 403]
    assert PAGE not in mona.get("/settings/data/").content.decode()
    assert not ExportJob.objects.exists()


def test_the_password_is_asked_again(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")

    assert ask(samia, password="wrong").status_code == 400
    assert [samia.post(PAGE, said).status_code for said in ({"password": "wrong"}, {})] == [400, 400]
    assert Client(headers={"host": "acme.localhost"}).get(PAGE).status_code == 302
    assert PAGE in samia.get("/settings/data/").content.decode()
    assert not ExportJob.objects.exists()


def test_the_door_for_tables_does_not_give_everything(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")

    for said in ({"kind": "business"}, {"kind": "customers", "format": "majlis"}):
        assert samia.post("/api/v1/exports/", said, content_type="application/json").status_code == 400
        samia.post("/exports/", said)

    assert not ExportJob.objects.exists()
    assert 'value="majlis"' not in samia.get("/exports/").content.decode()


def test_who_asked_fetches_it_and_only_while_they_may(acme: Business, globex: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")
    job = written(ask(samia), acme)
    path = f"/api/v1/exports/{job.pk}/"
    grant("mona", *asking.WORDS)

    for other in (client_of("mona"), client_of("samia", globex)):
        assert [other.get(path).status_code, other.get(f"{path}download/").status_code] == [404, 404]
    deny("samia", "settings.billing")
    lost = samia.get(f"{path}download/")

    assert (lost.status_code, lost.json()["required_permission"]) == (403, "settings.billing")


def test_who_loses_the_right_before_it_is_written_gets_nothing(acme: Business, client_of: ClientOf) -> None:
    asked = ask(client_of("samia"))
    deny("samia", "settings.edit")

    job = written(asked, acme)

    assert (job.state, job.storage_key) == ("failed", "")


def test_the_file_is_gone_after_its_day(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")
    job = written(ask(samia), acme)
    assert job.expires_at is not None
    assert timedelta(hours=23, minutes=59) < job.expires_at - timezone.now() <= timedelta(hours=24)
    ExportJob.objects.update(expires_at=timezone.now())
    actions.suspend_business(acme, reason=REASON, by=SYSTEM)

    late = samia.get(f"/api/v1/exports/{job.pk}/download/")
    with schema_context("public"):
        sweep_exports.run()

    assert (late.status_code, late.json()["code"]) == (410, "expired_link")
    assert job.fresh().state == "expired"
    assert not default_storage.exists(job.storage_key)


def test_an_erased_person_is_in_no_file_that_waits(rana: Customer, acme: Business, client_of: ClientOf) -> None:
    job = written(ask(client_of("samia")), acme)

    customers.erase(rana, name="Rana", by=SYSTEM)

    assert job.fresh().state == "expired"


@pytest.mark.parametrize("standing", ["suspended", "closing"])
def test_it_is_theirs_while_the_doors_are_closed(
    acme: Business, client_of: ClientOf, standing: str, announced: Any, django_capture_on_commit_callbacks: Any
) -> None:
    do = {"suspended": actions.suspend_business, "closing": actions.close_business}[standing]
    do(acme, reason=REASON, by=SYSTEM)
    samia = client_of("samia")

    with django_capture_on_commit_callbacks() as callbacks:
        asked = ask(samia)
    job = written(asked, acme)

    assert announced(callbacks) == [ArchiveRequested(business_id=acme.pk, job_id=job.pk)]
    assert (job.state, len(fetched(samia, job)) > 1000) == ("ready", True)
    assert [samia.get(PAGE).status_code, samia.post(PAGE, PASSWORD).status_code] == [200, 200]


def test_a_suspended_business_shows_the_way_to_whoever_may(acme: Business, client_of: ClientOf) -> None:
    actions.suspend_business(acme, reason=REASON, by=SYSTEM)
    samia, mona = client_of("samia"), client_of("mona")

    assert PAGE in samia.get("/inbox/").content.decode()
    assert PAGE not in mona.get("/inbox/").content.decode()
    assert ask(mona).json()["code"] == samia.get("/api/v1/me/").json()["code"] == "business_suspended"
    assert [mona.get(PAGE).status_code, mona.post(PAGE, PASSWORD).status_code] == [403, 403]


def test_a_lost_announcement_is_made_again_even_while_suspended(
    acme: Business, client_of: ClientOf, announced: Any, django_capture_on_commit_callbacks: Any
) -> None:
    job = ExportJob.objects.get(pk=ask(client_of("samia")).json()["id"])
    ExportJob.objects.filter(pk=job.pk).update(updated_at=timezone.now() - timedelta(minutes=5))
    actions.suspend_business(acme, reason=REASON, by=SYSTEM)

    with schema_context("public"), django_capture_on_commit_callbacks() as callbacks:
        sweep_exports.run()

    assert announced(callbacks) == [ArchiveRequested(business_id=acme.pk, job_id=job.pk)]


def test_a_job_of_another_business_is_not_found_here(acme: Business, globex: Business, client_of: ClientOf) -> None:
    job = ExportJob.objects.get(pk=ask(client_of("samia")).json()["id"])

    with schema_context("public"):
        tasks.write_archive.run(globex.pk, job.pk)

    assert job.fresh().state == "queued"
    with tenant_context(globex):
        assert not ExportJob.objects.exists()


def test_every_step_is_recorded(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")
    job = written(ask(samia), acme)
    fetched(samia, job)

    steps = AuditEvent.objects.filter(object_kind="exportjob", object_id=job.pk).order_by("at", "pk")
    assert [row.verb for row in steps] == ["requested", "exported", "downloaded"]
    assert [steps[0].actor_label, steps[2].actor_label] == ["Samia", "Samia"]


def test_it_says_how_far_it_is(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")
    job = ExportJob.objects.get(pk=ask(samia).json()["id"])
    ExportJob.objects.filter(pk=job.pk).update(state="running", claimed_at=timezone.now())
    cache.set(exports.PROGRESS.format(job.pk), 40)

    page = samia.get(PAGE).content.decode()

    assert samia.get(f"/api/v1/exports/{job.pk}/").json()["progress"] == 40
    assert 'max="100" value="40"' in page
    assert 'hx-trigger="every 3s"' in page


def test_the_sixth_within_an_hour_waits(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")

    asked = [ask(samia).status_code for _turn in range(6)]
    page = samia.post(PAGE, PASSWORD)

    assert asked == [201] * 5 + [429]
    assert (page.status_code, "settings-key" in page.content.decode()) == (429, False)
