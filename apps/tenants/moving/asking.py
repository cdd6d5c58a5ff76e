"""A business takes out what is its own (TEN-22): asked for with the password, written in the background, fetched within
a day by who asked. The key is shown to them once; until the file is written it waits sealed with the business's own."""

from collections.abc import Callable
from typing import IO, Any
from uuid import UUID

from django_tenants.utils import schema_context

from apps.audit import exports
from apps.audit.models import ExportJob
from apps.core.access import require
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.models import new_id
from apps.tenants import keys, vault
from apps.tenants.events import ArchiveRequested
from apps.tenants.models import Business
from apps.tenants.moving import leaving
from apps.tenants.postgres.context import PUBLIC, current_schema

KIND = "business"
WORDS = ("settings.edit", "settings.billing")


def ask(user: Any, *, by: Actor) -> tuple[ExportJob, str]:
    """Put an archive of the current business in the queue. Returns the job and the key, which no door gives again.

    Raises NotAllowed without both permissions; refuses `throttled` at the sixth export within an hour.
    """
    for word in WORDS:
        require(user, word)
    key, pk = vault.new_key(), new_id()
    sealed, key_id = keys.ring().seal(key, place=_place(pk))
    job = exports.queue(user, by=by, id=pk, kind=KIND, format=ExportJob.Format.MAJLIS, sealed_key=sealed, key_id=key_id)
    return job, key


def announce(job_id: UUID) -> None:
    """Have an archive written once this is committed; also while the business does no other work."""
    business_id = Business.objects.values_list("pk", flat=True).get(schema_name=current_schema())
    with schema_context(PUBLIC):
        emit(ArchiveRequested(business_id=business_id, job_id=job_id))


def write(job: ExportJob, target: IO[bytes], tell: Callable[[int], None]) -> int:
    """Write the archive of a job. Returns how many rows there are in it."""
    key = keys.ring().unseal(job.sealed_key or b"", place=_place(job.pk), key_id=job.key_id)
    manifest = leaving.pack(target, key=key, progress=lambda done, total, _what: tell(done * 100 // max(total, 1)))
    return sum(each["rows"] for each in manifest["tables"].values())


def _place(pk: UUID) -> str:
    return f"audit_exportjob:sealed_key:{pk}"
