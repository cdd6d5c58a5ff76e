"""Forgetting a person: every text of theirs is emptied in every app, and a certificate says so (CUS-08).

The row stays, empty, so that figures stay true; of numbers and provider ids a keyed hash is left. A later message of
theirs meets nobody and makes a new customer.
"""

import uuid
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.audit import exports
from apps.audit.models import AnalyticsFact
from apps.core import crypto
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.customers.holdings import Person, holdings
from apps.customers.models import BLANK_WHEN_ERASED, ConsentEntry, Customer, CustomerMerge, Identity, ImportJob

HOLDING_PEOPLE = ("business", "customers", "conversations", "messages", "bookings")  # exports that name people


def names_of(customer: Customer) -> set[str]:
    """What may be typed to confirm that this person is meant."""
    known = (customer.name, customer.arabic_name, customer.profile_name, customer.phone)
    return {" ".join(name.split()).casefold() for name in known if name} or {"—"}


@transaction.atomic
def erase(customer: Customer, *, name: str, by: Actor) -> Customer:
    """Forget somebody, whose name was typed to confirm it. Refuses `invalid` another name. Erased twice is once."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if customer.erased_at:
        return customer
    if customer.merged_into_id:
        raise Refusal("conflict", _("This customer was merged into another. Erase that one."))
    if " ".join(name.split()).casefold() not in names_of(customer):
        raise Refusal("invalid", _("The name does not match. Nothing was erased."))
    person, done = Person.of(customer), dict[str, int]()
    for holding in holdings():
        done.update(holding.erase(person))
    done["identities"] = _hash_identities(person)
    ConsentEntry.objects.filter(customer__in=person.ids).update(wording="", actor_label="")
    for merged in CustomerMerge.objects.filter(kept__in=person.ids) | CustomerMerge.objects.filter(
        absorbed__in=person.ids
    ):
        merged.moved, merged.undo_until = [], min(merged.undo_until, timezone.now())
        merged.save(update_fields=["moved", "undo_until", "updated_at"])
    for row in Customer.objects.filter(pk__in=person.ids):
        _empty(row)
    done["files"] = done.get("files", 0) + _withdraw_files()
    audit.record(by, "erased", customer, after={"certificate": str(uuid.uuid4()), "emptied": done})
    return customer.fresh()


def _empty(row: Customer) -> None:
    blank: dict[str, Any] = dict.fromkeys(BLANK_WHEN_ERASED, "")
    row.labels.clear()
    Customer.objects.filter(pk=row.pk).update(
        **blank, phone=None, birthday=None, custom={}, provenance={}, blocked_by="", erased_at=timezone.now()
    )
    # a figure may still ask "the same person?", but not "which?"
    hashed = uuid.UUID(crypto.keyed_hash(f"customer:{row.pk}")[:32])
    AnalyticsFact.objects.filter(customer_id=row.pk).update(customer_id=hashed)


def _hash_identities(person: Person) -> int:
    now, rows = timezone.now(), list(Identity.objects.filter(customer__in=person.ids))
    for row in rows:
        row.value_hash = row.value_hash or crypto.keyed_hash(row.value)
        row.value, row.retired_at = "", row.retired_at or now
    return Identity.objects.bulk_update(rows, ["value", "value_hash", "retired_at"])


def _withdraw_files() -> int:
    """Files that name many people, this one perhaps among them: exports of today and what an import left behind."""
    gone = exports.withdraw(HOLDING_PEOPLE)
    for job in ImportJob.objects.exclude(storage_key="", rejected_key=""):
        if job.state in (ImportJob.State.QUEUED, ImportJob.State.RUNNING):
            continue
        keys = [key for key in (job.storage_key, job.rejected_key) if key]
        job.storage_key = job.rejected_key = ""
        job.save(update_fields=["storage_key", "rejected_key", "updated_at"])
        for key in keys:
            transaction.on_commit(partial(default_storage.delete, key))
        gone += len(keys)
    return gone
