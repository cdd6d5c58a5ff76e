"""Exports: asked for with the noun's word, written with the asker's rights, fetched by the asker within a day."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.audit import exports, sheets
from apps.audit.events import ExportRequested
from apps.audit.models import AuditEvent, ExportJob
from apps.customers.models import Customer
from apps.tenants.models import Business
from tests import people
from tests.api.conftest import speak
from tests.factories import a_conversation

State = ExportJob.State


@pytest.fixture
def call(client_of: Callable[..., Client]) -> Callable[..., Any]:
    return speak(client_of("samia"))


@pytest.fixture
def rana(acme: Business) -> Customer:
    return Customer.objects.create(name='=HYPERLINK("https://evil.example")', phone="+96170123456", language="ar")


def made(call: Callable[..., Any], kind: str = "customers", format: str = "csv", **params: str) -> ExportJob:
    """An export that was asked for over the API and has been written."""
    answer = call("POST", "exports/", kind=kind, format=format, params=params)
    assert answer.status_code == 201, answer.content
    exports.run(answer.json()["id"])
    job: ExportJob = ExportJob.objects.get(pk=answer.json()["id"])
    return job


def body(call: Callable[..., Any], job: ExportJob) -> bytes:
    answer = call("GET", f"exports/{job.pk}/download/")
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def test_it_is_announced_after_the_commit(
    rana: Customer, call: Any, django_capture_on_commit_callbacks: Any, announced: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        answer = call("POST", "exports/", kind="customers", format="csv")

    assert answer.json()["state"] == "queued"
    assert announced(callbacks) == [ExportRequested(job_id=ExportJob.objects.get().pk)]


def test_csv_arrives_with_a_mark_and_without_formulas(rana: Customer, call: Any) -> None:
    job = made(call)

    said = body(call, job)
    (row,) = csv.DictReader(io.StringIO(said.decode("utf-8-sig")))

    assert said.startswith(b"\xef\xbb\xbf")
    assert row["name"] == "'" + rana.name
    assert row["phone"] == "'+96170123456"
    assert (job.state, job.rows) == (State.READY, 1)


def test_xlsx_holds_text_and_no_formula(rana: Customer, call: Any) -> None:
    job = made(call, format="xlsx")

    with default_storage.open(job.storage_key) as file, zipfile.ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "HYPERLINK" in sheet
    assert "'=HYPERLINK" in sheet.replace("&apos;", "'")


def test_json_keeps_values_as_they_are(rana: Customer, call: Any) -> None:
    (row,) = json.loads(body(call, made(call, format="json")))

    assert (row["name"], row["language"], row["is_vip"]) == (rana.name, "ar", False)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_dangerous_beginnings_are_neutralised(cell: str) -> None:
    assert sheets.neutral(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "kept"), [(-5, -5), ("a=b", "a=b"), (None, ""), (True, "yes"), ({"a": "=1"}, '{"a": "=1"}')]
)
def test_harmless_cells_stay(cell: Any, kept: Any) -> None:
    assert sheets.neutral(cell) == kept


def test_filters_apply(rana: Customer, call: Any) -> None:
    Customer.objects.create(name="Other", language="en")

    assert made(call, language="ar").rows == 1
    assert made(call, language="xx").rows == 0
    assert call("POST", "exports/", kind="customers", params={"colour": "red"}).status_code == 400
    assert call("POST", "exports/", kind="employees").status_code == 400


def test_the_file_lies_under_the_businesss_prefix(rana: Customer, call: Any) -> None:
    job = made(call)

    assert job.storage_key.startswith(f"{connection.schema_name}/exports/")  # type: ignore[attr-defined]
    assert default_storage.exists(job.storage_key)


def test_every_step_is_recorded(rana: Customer, call: Any) -> None:
    job = made(call)
    body(call, job)

    steps = AuditEvent.objects.filter(object_kind="exportjob", object_id=job.pk).order_by("at", "pk")
    assert [(row.verb, row.after.get("rows")) for row in steps] == [
        ("requested", None),
        ("exported", 1),
        ("downloaded", 1),
    ]
    assert "HYPERLINK" not in str(list(AuditEvent.objects.values()))


def test_an_expired_link_answers_410(rana: Customer, call: Any) -> None:
    job = made(call)
    ExportJob.objects.update(expires_at=timezone.now())

    late = call("GET", f"exports/{job.pk}/download/")
    key = job.storage_key
    exports.sweep()
    gone = call("GET", f"exports/{job.pk}/download/")

    assert [(each.status_code, each.json()["code"]) for each in (late, gone)] == [(410, "expired_link")] * 2
    assert not default_storage.exists(key)
    assert job.fresh().state == State.EXPIRED


def test_nobody_else_fetches_it(rana: Customer, call: Any, client_of: Callable[..., Client]) -> None:
    job = made(call)
    other = speak(client_of("mona"))

    assert other("GET", f"exports/{job.pk}/").status_code == 404
    assert other("GET", f"exports/{job.pk}/download/").status_code == 404
    assert other("GET", "exports/").json()["results"] == []


@pytest.mark.parametrize(
    ("person", "kind", "status"),
    [("mona", "customers", 201), ("mona", "audit", 403), ("karim", "customers", 403), ("omar", "conversations", 403)],
)
def test_the_nouns_word_is_asked(
    rana: Customer, client_of: Callable[..., Client], person: str, kind: str, status: int
) -> None:
    answer = speak(client_of(person))("POST", "exports/", kind=kind, format="csv")

    assert answer.status_code == status, answer.content
    assert ExportJob.objects.count() == (1 if status == 201 else 0)


def test_a_word_lost_meanwhile_stops_it(rana: Customer, call: Any) -> None:
    answer = call("POST", "exports/", kind="customers", format="csv")
    samia = people.employee("samia")
    samia.denials = ["customers.export"]
    samia.save()

    exports.run(answer.json()["id"])

    job = ExportJob.objects.get()
    assert (job.state, job.storage_key) == (State.FAILED, "")


def test_the_sixth_within_an_hour_waits(rana: Customer, call: Any) -> None:
    answers = [call("POST", "exports/", kind="customers", format="csv") for _turn in range(6)]

    assert [each.status_code for each in answers] == [201] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 3500
    ExportJob.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert call("POST", "exports/", kind="customers", format="csv").status_code == 201


def test_one_claim_one_file(rana: Customer, call: Any) -> None:
    job = made(call)

    exports.run(job.pk)

    assert job.fresh().attempts == 1
    assert AuditEvent.objects.filter(object_id=job.pk, verb="exported").count() == 1


def test_the_sweeper_wakes_what_was_forgotten(
    rana: Customer, call: Any, django_capture_on_commit_callbacks: Any, announced: Any
) -> None:
    call("POST", "exports/", kind="customers", format="csv")
    old = timezone.now() - timedelta(hours=1)
    ExportJob.objects.update(updated_at=old, state=State.RUNNING, claimed_at=old, attempts=1)

    with django_capture_on_commit_callbacks() as callbacks:
        exports.sweep()

    job = ExportJob.objects.get()
    assert job.state == State.QUEUED
    assert announced(callbacks) == [ExportRequested(job_id=job.pk)]
    ExportJob.objects.update(state=State.RUNNING, claimed_at=old, attempts=3)
    exports.sweep()
    assert job.fresh().state == State.FAILED


def test_conversations_and_the_record_are_offered_too(acme: Business, call: Any) -> None:
    conversation = a_conversation()

    (row,) = json.loads(body(call, made(call, "conversations", "json")))
    entries = json.loads(body(call, made(call, "audit", "json", verb="connected")))

    assert (row["number"], row["customer__phone"]) == (conversation.number, conversation.customer.phone)
    assert {entry["verb"] for entry in entries} == {"connected"}


def test_the_page_offers_what_one_may_take(rana: Customer, client_of: Callable[..., Client], call: Any) -> None:
    made(call)
    page = client_of("samia").get("/exports/")

    assert set(page.context["offered"]) == {"conversations", "customers", "audit"}
    assert "/download/" in page.content.decode()
    assert set(client_of("mona").get("/exports/").context["offered"]) == {"conversations", "customers"}
    assert client_of("omar").get("/exports/").status_code == 403


def test_the_page_takes_the_filters_of_the_record(acme: Business, client_of: Callable[..., Client]) -> None:
    client_of("samia").post("/exports/", {"kind": "audit", "format": "csv", "verb": "connected", "colour": "red"})

    assert ExportJob.objects.get().params == {"verb": "connected"}


def test_a_large_table_is_written_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"

    count = sheets.write("xlsx", path, ["a", "b"], ((number, f"={number}") for number in range(2000)))

    assert count == 2000
    assert path.stat().st_size < 200_000
