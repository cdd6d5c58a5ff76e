"""A CSV of customers on its way in (CUS-11): uploaded, mapped, looked at, then read row by row in the background.

A row that cannot be taken goes to a file of its own with the reason; the others are not held up by it.
"""

import csv
import io
import logging
import tempfile
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.audit.sheets import neutral
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.customers import columns, phones
from apps.customers.actions import consenting, editing
from apps.customers.events import ImportQueued
from apps.customers.fields import own_fields
from apps.customers.models import ConsentEntry, Customer, ImportJob, Label
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

State = ImportJob.State
LARGEST = 10 * 1024 * 1024  # bytes
MOST_ROWS = 50_000
SAID_EVERY = 100  # rows between two notes of progress
SOURCE = "import"
YES = ("yes", "y", "true", "1", "نعم", "موافق")
log = logging.getLogger(__name__)


@transaction.atomic
def upload_import(content: bytes, *, name: str, employee_id: UUID, by: Actor) -> ImportJob:
    """Keep a file and guess what its columns are. Refuses `invalid` what is no CSV in UTF-8, `too_large` the rest."""
    if len(content) > LARGEST:
        raise too_large()
    rows = list(columns.rows_of(content))
    headers = rows[0] if rows else []
    if len(headers) < 1 or len(rows) < 2:
        raise Refusal("invalid", _("There are no rows in this file. Its first line must name the columns."))
    if len(rows) > MOST_ROWS:
        raise Refusal("too_large", _("A file may have 50,000 rows. Split it and import the parts one after the other."))
    job = ImportJob(requested_by=employee_id, name=name[:200], headers=headers, total=len(rows) - 1, **by.as_fields())
    job.mapping = columns.guessed(headers)
    job.country = Business.objects.values_list("country", flat=True).get(schema_name=current_schema())
    job.storage_key = default_storage.save(_key(job, "in"), ContentFile(content))
    job.save()
    audit.record(by, "uploaded", job, after={"rows": job.total})
    return job


@transaction.atomic
def map_import(job: ImportJob, *, mapping: dict[str, str], consent_source: str, country: str, by: Actor) -> ImportJob:
    """Say which column fills which field. A column of consent needs to say where the consent was given; refuses
    `invalid` without it, and a mapping that leads nobody anywhere."""
    job = _draft(job)
    known = {*columns.TARGETS, *(f"custom.{field['key']}" for field in own_fields())}
    kept = {field: column for field, column in mapping.items() if column}
    if unknown := [each for field, column in kept.items() for each in (field, column)
                   if each not in (known if each is field else job.headers)]:  # fmt: skip
        raise Refusal("invalid", _("There is no column or field called %(name)s.") % {"name": unknown[0]})
    if not {"phone", "email", "name", "arabic_name"} & set(kept):
        raise Refusal("invalid", _("Choose at least the column of the name, the phone number or the e-mail address."))
    if "consent" in kept and not consent_source.strip("\x00 \n"):
        raise Refusal("invalid", _("Say where these people agreed to offers, such as “form at the desk, May 2026”."))
    source, country = (said.replace("\x00", "").strip() for said in (consent_source, country))
    job.mapping, job.consent_source, job.country = kept, source[:300], country.upper()[:2]
    job.save()
    audit.record(by, "mapped", job, after={"columns": len(kept)})
    return job


@transaction.atomic
def start_import(job: ImportJob, *, by: Actor) -> ImportJob:
    """Let it be read."""
    job = _draft(job)
    if not {"phone", "email", "name", "arabic_name"} & set(job.mapping):
        raise Refusal("invalid", _("Choose at least the column of the name, the phone number or the e-mail address."))
    job.state = State.QUEUED
    job.save(update_fields=["state", "updated_at"])
    audit.record(by, "started", job, after={"rows": job.total})
    emit(ImportQueued(job_id=job.pk))
    return job


@transaction.atomic
def drop_import(job: ImportJob, *, by: Actor) -> None:
    """Throw an upload away that was never read."""
    job = _draft(job)
    transaction.on_commit(partial(default_storage.delete, job.storage_key))
    audit.record(by, "deleted", job)
    job.delete()


def run_import(job_id: UUID) -> None:
    """Read one queued file. Whoever claims the row does the work; a row read twice finds its own customer."""
    claimed = ImportJob.objects.filter(pk=job_id, state=State.QUEUED)
    if not claimed.update(state=State.RUNNING, claimed_at=timezone.now(), done=0, made=0, met=0, bad=0):
        return
    job = ImportJob.objects.get(pk=job_id)
    try:
        _read(job)
    except Refusal as refusal:
        ImportJob.objects.filter(pk=job.pk).update(state=State.FAILED, error=refusal.detail)
    except Exception:  # its text may hold a customer's; the log has the trace
        log.exception("Import %s stopped", job.pk)
        ImportJob.objects.filter(pk=job.pk).update(
            state=State.FAILED, error=_("Something went wrong on our side. The rows read so far are there.")
        )


def too_large() -> Refusal:
    """A file beyond what is taken at once."""
    return Refusal("too_large", _("A file may have 10 MB. Split it and import the parts one after the other."))


def _read(job: ImportJob) -> None:
    by = Actor(job.actor_kind, job.actor_id, job.actor_label)
    labels = {label.name.casefold(): label.pk for label in Label.objects.all()}
    rows = columns.rows_of(columns.uploaded(job))
    headers = next(rows)
    with tempfile.TemporaryFile() as bytes_of, io.TextIOWrapper(bytes_of, "utf-8-sig", newline="") as refused:
        writer = csv.writer(refused)
        writer.writerow([*headers, _("Why it was not taken")])
        for number, row in enumerate(rows, 1):
            try:
                with transaction.atomic():
                    is_new = _take(job, columns.facts(job, row), labels, by)
                job.made, job.met = job.made + is_new, job.met + (not is_new)
            except (Refusal, ValidationError) as error:
                job.bad += 1
                reason = error.detail if isinstance(error, Refusal) else " ".join(error.messages)
                writer.writerow([*(neutral(cell) for cell in row), reason])
            job.done = number
            if number % SAID_EVERY == 0:
                job.save(update_fields=["done", "made", "met", "bad", "updated_at"])
        if job.bad:
            refused.flush()
            bytes_of.seek(0)
            job.rejected_key = default_storage.save(_key(job, "refused"), File(bytes_of))
    with transaction.atomic():
        transaction.on_commit(partial(default_storage.delete, job.storage_key))
        job.state, job.storage_key = State.DONE, ""
        job.save()
        audit.record(by, "imported", job, after={"made": job.made, "met": job.met, "refused": job.bad})


def _take(job: ImportJob, facts: dict[str, str], labels: dict[str, UUID], by: Actor) -> bool:
    """One row: a new customer, or what is not known yet of one who is there. True when it is new."""
    wanted = {word.strip().casefold() for word in facts.pop("labels", "").replace(";", ",").split(",") if word.strip()}
    agreed, has_said = facts.pop("consent", ""), bool(job.mapping.get("consent"))
    if strange := wanted - set(labels):
        raise Refusal("invalid", _("There is no label called %(name)s.") % {"name": sorted(strange)[0]})
    card: dict[str, Any] = {name: value for name, value in facts.items() if value and not name.startswith("custom.")}
    custom = {
        name.removeprefix("custom."): value for name, value in facts.items() if value and name.startswith("custom.")
    }
    if card.get("birthday"):
        try:
            card["birthday"] = date.fromisoformat(card["birthday"])
        except ValueError:
            raise Refusal("invalid", _("The birthday must look like 1990-12-31.")) from None
    if card.get("phone"):
        card["phone"] = phones.read(card["phone"], country=card.get("country") or job.country).phone
    found = _known(card)
    if found is None:
        customer = editing.create_customer(by=by, source=SOURCE, **card, **({"custom": custom} if custom else {}))
    else:
        new = {name: value for name, value in card.items() if getattr(found, name) in (None, "")}
        fresh = {name: value for name, value in custom.items() if name not in found.custom}
        new |= {"custom": fresh} if fresh else {}
        customer = editing.edit_customer(found, by=by, **new) if new else found
    if wanted:
        editing.add_labels(customer, labels=[labels[name] for name in wanted], by=by)
    if has_said and agreed.strip().casefold() in YES:
        consenting.set_consent(
            customer, purpose=ConsentEntry.Purpose.MARKETING, granted=True, source=ConsentEntry.Source.IMPORT, by=by,
            wording=job.consent_source,
        )  # fmt: skip
    return found is None


def _known(card: dict[str, Any]) -> Customer | None:
    living = Customer.objects.living()
    if card.get("phone"):
        alike = phones.variants(card["phone"])
        by_identity = living.filter(identities__kind="phone", identities__value=phones.canonical(card["phone"]),
                                    identities__retired_at=None)  # fmt: skip
        found: Customer | None = by_identity.first() or living.filter(phone__in=alike).first()
        return found
    if card.get("email"):
        return living.filter(email=card["email"].strip().lower()).first()
    return None


def _draft(job: ImportJob) -> ImportJob:
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.state != State.DRAFT:
        raise Refusal("conflict", _("This file has been read already. Upload it again to read it anew."))
    return job


def _key(job: ImportJob, what: str) -> str:
    return f"{connection.schema_name}/imports/{job.pk}-{what}.csv"  # type: ignore[attr-defined]
