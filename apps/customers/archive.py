"""Everything that is kept of one person, in one file for them (CUS-09)."""

import json
import tempfile
import zipfile
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.customers import consent
from apps.customers.holdings import Part, Person, holdings
from apps.customers.models import Customer, Identity

IN_MEMORY = 4 * 1024 * 1024  # bytes before it goes to a file of its own


def archive_of(customer: Customer, *, by: Actor) -> IO[bytes]:
    """A ZIP of a customer's card, identities, consent and whatever other apps keep. Leaves a row in the record."""
    person = Person.of(customer)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the answer closes it
    counts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*_own(customer, person), *(part for each in holdings() for part in each.collect(person))]:
            if isinstance(content, bytes):
                archive.writestr(name, content)
                counts["files"] = counts.get("files", 0) + 1
            else:
                archive.writestr(name, json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
                counts[name.removesuffix(".json")] = len(content) if isinstance(content, list) else 1
    audit.record(by, "exported", customer, after={"parts": counts})
    file.seek(0)
    return file


def answer(customer: Customer, *, by: Actor) -> FileResponse:
    """The archive as a file."""
    response = FileResponse(
        archive_of(customer, by=by), as_attachment=True, filename=f"customer-{str(customer.pk)[-6:]}.zip",
        content_type="application/zip",
    )  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


def rows_of(rows: Any, *leave_out: str) -> list[dict[str, Any]]:
    """Rows as plain columns, without those that say nothing of the person."""
    return [{name: value for name, value in row.items() if name not in leave_out} for row in rows.values()]


def _own(customer: Customer, person: Person) -> list[Part]:
    cards = rows_of(Customer.objects.filter(pk__in=person.ids), "merged_into_id")
    return [
        ("customer.json", [{**card, "labels": _labels(card["id"])} for card in cards]),
        ("identities.json", rows_of(Identity.objects.filter(customer__in=person.ids), "value_hash")),
        ("consent.json", rows_of(consent.history(customer))),
    ]


def _labels(pk: Any) -> list[str]:
    return list(Customer.objects.get(pk=pk).labels.values_list("name", flat=True))
