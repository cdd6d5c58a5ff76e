"""Merging with a way back, erasing for good, taking out, importing."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.audit.models import AuditEvent
from apps.conversations import actions as conversations
from apps.conversations.models import ComposerDraft, Conversation, Message, Note
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.customers import actions, columns
from apps.customers.models import ConsentEntry, Customer, Identity, ImportJob, Label
from apps.gateways.models import Delivery, DeliveryElement
from apps.media.models import Attachment
from apps.tenants.models import Business
from apps.tenants.postgres.router import LIVE_APPS, belongs
from tests import people
from tests.factories import a_message, an_inbox

MARKER = "zarqaa"
PHONE = "+96170987654"
NEVER_BACK = {"last_seq", "updated_at"}


@pytest.mark.parametrize("same_inbox", [True, False])
@pytest.mark.parametrize("resolved", ["", "kept", "absorbed"])
def test_a_merge_undone_leaves_everything_as_it_was(same_inbox: bool, resolved: str, acme: Business) -> None:
    here, there = an_inbox(), an_inbox()
    kept = a_message(here, "one", phone="+96170111111").conversation.customer
    absorbed = a_message(here if same_inbox else there, "two", phone="+96170222222").conversation.customer
    a_message(here if same_inbox else there, "three", phone="+96170222222")
    karim = people.employee("karim")
    for each, name in ((kept, "Rana"), (absorbed, "رنا")):
        actions.edit_customer(each, by=SYSTEM, name=name)
        conversations.add_note(each.conversations.get(), body="note", author=karim, by=SYSTEM)
        actions.set_labels(each, labels=[Label.objects.create(name=f"label {name}").pk], by=SYSTEM)
    actions.edit_customer(absorbed, by=SYSTEM, email="rana@example.test")
    actions.grant_all(absorbed, source="message", by=SYSTEM)
    conversations.take_over(absorbed.conversations.get(), employee=karim, by=SYSTEM)
    conversations.mark_read(absorbed.conversations.get(), employee=karim, seq=None)
    if resolved:
        whose = kept if resolved == "kept" else absorbed
        conversations.close_conversation(whose.conversations.get(), by=SYSTEM)
    before, messages = everything(), Message.objects.count()

    row = actions.merge(kept.fresh(), absorbed=absorbed.fresh(), by=SYSTEM)

    assert Message.objects.count() == messages
    assert Message.objects.filter(conversation__customer=kept).exclude(direction="internal").count() == 3
    assert kept.fresh().email == "rana@example.test"
    unresolved = Conversation.objects.filter(customer=kept).exclude(status="resolved")
    assert unresolved.filter(inbox=here).count() <= 1
    again = a_message(here if same_inbox else there, "four", phone="+96170222222")
    assert again.conversation.customer == kept
    Message.objects.filter(pk=again.pk).delete()

    fresh = Conversation.objects.get(pk=again.conversation_id)
    actions.undo_merge(row, by=SYSTEM)
    if resolved:  # the message since then opened something that stays
        assert Identity.objects.filter(customer=absorbed, retired_at=None).exists()
        return
    after = everything()
    for table, rows in before.items():
        for key, values in rows.items():
            changed = {name for name in values if values[name] != after[table].get(key, {}).get(name)}
            touched = key in (fresh.pk, kept.pk)
            assert not changed - (SINCE if touched else set()), (table, key, changed)
    with pytest.raises(Refusal):
        actions.undo_merge(row, by=SYSTEM)


# what the message that came after the merge has changed in its own thread, and rightly keeps
SINCE = {"last_contact_at", "last_message_id", "last_message_at", "last_customer_at", "window_until", "waiting_since"}


def everything() -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row that a merge could touch, without what only ever rises."""
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for label in (
        "customers.customer", "customers.identity", "customers.consententry", "customers.customer_labels",
        "conversations.conversation", "conversations.message", "conversations.note", "conversations.readmark",
        "conversations.assignment", "conversations.conversation_labels",
    ):  # fmt: skip
        rows = apps.get_model(label)._base_manager.values()
        found[label] = {row["id"]: {k: v for k, v in row.items() if k not in NEVER_BACK} for row in rows}
    links = found["customers.customer_labels"]
    found["customers.customer_labels"] = {
        (row["customer_id"], row["label_id"]): {"there": True} for row in links.values()
    }  # fmt: skip
    return found


def planted() -> Customer:
    """Somebody whose name stands in every place that is known to hold one."""
    inbox = an_inbox()
    message = a_message(inbox, f"I am {MARKER}", phone=PHONE)
    customer = message.conversation.customer
    actions.edit_settings(by=SYSTEM, fields=[{"key": "size", "name_en": "Size", "kind": "text"}])
    actions.edit_customer(
        customer, by=SYSTEM, name=f"{MARKER} one", arabic_name=f"{MARKER} two", email=f"{MARKER}@example.test",
        address=f"{MARKER} street", remark=f"{MARKER} likes tea", custom={"size": MARKER},
    )  # fmt: skip
    karim = people.employee("karim")
    conversations.send_message(message.conversation.fresh(), body=f"Dear {MARKER}", by=karim.user.actor, employee=karim)
    Message.objects.filter(pk=message.pk).update(payload={"who": MARKER}, history=[{"body": MARKER}])
    conversations.add_note(message.conversation.fresh(), body=f"{MARKER} is kind", author=karim, by=SYSTEM)
    Note.objects.create(customer=customer, body=f"{MARKER} again", author=karim)
    ComposerDraft.objects.create(conversation=message.conversation, employee=karim, body=f"To {MARKER}")
    delivery = Delivery.objects.create(
        received_at=timezone.now(), gateway="whatsapp_cloud", app_id=inbox.pk, body_sha256="x", bytes=1, element_count=2
    )
    DeliveryElement.objects.create(
        delivery=delivery, position=0, kind="message", raw={"text": MARKER}, outcome="stored", object_kind="message",
        object_id=message.pk,
    )  # fmt: skip
    DeliveryElement.objects.create(
        delivery=delivery, position=1, kind="status", raw={"recipient_id": PHONE[1:], "x": MARKER}
    )
    key = default_storage.save(f"{connection.schema_name}/media/{message.pk}", ContentFile(MARKER.encode()))  # type: ignore[attr-defined]
    Attachment.objects.create(
        kind="document", owner_kind="message", owner_id=message.pk, name=f"{MARKER}.pdf", storage_key=key,
        sha256="0" * 64, state="ready", **SYSTEM.as_fields(),
    )  # fmt: skip
    actions.set_consent(
        customer, purpose="marketing", granted=True, source="staff", by=SYSTEM, wording=f"{MARKER} signed"
    )
    return customer.fresh()


def traces(*words: str) -> list[str]:
    """Every column of every table of the current business in which one of these words stands, as PostgreSQL sees it."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label in LIVE_APPS or not belongs(model._meta.label_lower, "b_x"):
                continue
            table = model._meta.db_table
            for word in words:
                cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s', [f"%{word}%"])
                if cursor.fetchone()[0]:
                    found.append(f"{table}: {word}")
    return found


def test_nothing_is_found_of_an_erased_person(
    acme: Business, globex: Business, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    customer = planted()
    with tenant_context(globex):
        planted()
    assert len(traces(MARKER, PHONE[1:])) > 6
    key = Attachment.objects.get().storage_key

    with pytest.raises(Refusal, match="Nothing was erased"):
        actions.erase(customer, name="somebody", by=SYSTEM)
    assert customer.fresh().erased_at is None
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(customer, name=f" {MARKER} ONE", by=SYSTEM)

    assert traces(MARKER, PHONE[1:]) == []
    assert not default_storage.exists(key)
    row = customer.fresh()
    assert (row.erased_at is None, row.name, row.phone) == (False, "", None)
    assert all(each.value_hash and each.retired_at for each in row.identities.all())
    assert Message.objects.filter(direction="out").get().status == "canceled"
    certificate = AuditEvent.objects.get(verb="erased")
    assert certificate.after
    assert certificate.after["emptied"]["messages"] >= 2
    with tenant_context(globex):
        assert len(traces(MARKER)) > 6

    later = a_message(Conversation.objects.get().inbox, "Hello again", phone=PHONE)
    assert later.conversation.customer_id != customer.pk
    assert later.conversation_id != Conversation.objects.get(customer=customer).pk


def test_the_archive_holds_everything_of_a_person(client_of: Callable[..., Client], acme: Business) -> None:
    customer = planted()
    client = client_of("mona")

    answer = client.post(f"/api/v1/customers/{customer.pk}/export-data/")

    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    told = {name: archive.read(name).decode() for name in archive.namelist()}
    for part in ("customer", "consent", "messages", "notes", "drafts", "received", "files"):
        assert MARKER in told[f"{part}.json"], part
    assert PHONE in told["identities.json"]
    assert any(name.startswith("files/") and MARKER in text for name, text in told.items())
    assert len(json.loads(told["messages.json"])) >= 2
    assert AuditEvent.objects.filter(verb="exported", object_id=customer.pk).exists()
    assert client_of("karim").post(f"/api/v1/customers/{customer.pk}/export-data/").status_code == 403


def test_an_import_takes_what_is_good_and_says_what_is_not(acme: Business) -> None:
    actions.create_customer(by=SYSTEM, phone="+96170000005", name="Known")
    Label.objects.create(name="Wholesale")
    lines = ["Name,Mobile,Tags,Consent"]
    lines += [f"Person {n},+9617{n:07},Wholesale,{'yes' if n % 2 else 'no'}" for n in range(300)]
    lines += [f"Bad {n},twelve,," for n in range(37)]
    mona = people.employee("mona")
    job = actions.upload_import("\n".join(lines).encode(), name="list.csv", employee_id=mona.pk, by=mona.user.actor)
    assert job.mapping == {"name": "Name", "phone": "Mobile", "labels": "Tags", "consent": "Consent"}
    with pytest.raises(Refusal, match="where these people agreed"):
        actions.map_import(job, mapping=job.mapping, consent_source="", country="LB", by=SYSTEM)
    job = actions.map_import(job, mapping=job.mapping, consent_source="the fair, May", country="LB", by=SYSTEM)
    assert columns.preview(job)[0]["name"] == "Person 0"
    assert Customer.objects.count() == 1

    actions.start_import(job, by=SYSTEM)
    actions.run_import(job.pk)
    actions.run_import(job.pk)  # a second worker finds nothing to do

    job = ImportJob.objects.get(pk=job.pk)
    assert (job.state, job.total, job.done, job.bad) == ("done", 337, 337, 37)
    assert (job.made, job.met) == (299, 1)
    assert Customer.objects.count() == 300
    assert ConsentEntry.objects.filter(granted=True, source="import", wording="the fair, May").count() == 150
    refused = default_storage.open(job.rejected_key).read().decode("utf-8-sig").strip().splitlines()
    assert len(refused) == 38
    assert "not a phone number" in refused[1]


def test_an_upload_whose_file_is_gone_says_so_and_can_be_thrown_away(
    acme: Business, client_of: Callable[..., Client]
) -> None:
    mona = client_of("mona")
    person = people.employee("mona")
    job = actions.upload_import(b"Name\nRima", name="x.csv", employee_id=person.pk, by=person.user.actor)
    default_storage.delete(job.storage_key)

    page = mona.get(f"/customers/import/{job.pk}/")

    assert page.status_code == 422
    assert "Upload it again" in page.content.decode()
    assert mona.post(f"/customers/import/{job.pk}/drop/").status_code == 302
    assert not ImportJob.objects.exists()


def test_a_file_that_is_no_table_is_refused(acme: Business) -> None:
    for content in (b"", b"Name", b"\xff\xfe\x00\x01broken\xff"):
        with pytest.raises(Refusal):
            actions.upload_import(content, name="x", employee_id=people.employee("mona").pk, by=SYSTEM)
    assert not ImportJob.objects.exists()
