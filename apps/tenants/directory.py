"""The directory of find my business: which sign-in addresses a person has, kept by keyed hashes of their e-mail alone.

A business's people live in its own schema; `accounts` writes here after every change of theirs, and each night anew.
"""

from collections.abc import Iterable

from django.db import transaction
from django_tenants.utils import schema_context

from apps.core import crypto
from apps.tenants.models import Business, DirectoryEntry
from apps.tenants.postgres.context import PUBLIC


def hash_of(email: str) -> str:
    """An e-mail as the directory knows it, whatever its case."""
    return crypto.keyed_hash("directory:" + email.strip().lower())


def list_people(schema: str, emails: Iterable[str]) -> None:
    """Make these the people of a business, and nobody else. Call outside any transaction of the business."""
    wanted = {hash_of(email) for email in emails}
    with schema_context(PUBLIC), transaction.atomic():
        business = Business.objects.get(schema_name=schema)
        entries = DirectoryEntry.objects.filter(business=business)
        entries.exclude(email_hash__in=wanted).delete()
        missing = wanted - set(entries.values_list("email_hash", flat=True))
        DirectoryEntry.objects.bulk_create(
            [DirectoryEntry(business=business, email_hash=each) for each in sorted(missing)], ignore_conflicts=True
        )


def businesses_of(email: str) -> list[Business]:
    """The ready businesses in which this e-mail signs somebody in, by name."""
    with schema_context(PUBLIC):
        rows = Business.objects.filter(directory_entries__email_hash=hash_of(email), status=Business.Status.READY)
        return list(rows.order_by("name"))
