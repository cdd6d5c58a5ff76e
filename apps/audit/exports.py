"""Exports (AUD-08): asked for, written in the background with the asker's own rights, fetched within a day, removed.

This app knows no noun. Each app offers its rows as a `Source`, or all there is as a `Whole` behind a door of its own;
`config/exports.py` lists them.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.audit import actions as audit
from apps.audit import sheets
from apps.audit.events import ExportRequested
from apps.audit.models import ExportJob
from apps.core.access import require
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.core.refusals import Refusal

GOOD_FOR = timedelta(hours=24)
LONGEST = 4_000  # characters of a filter: a hundred keys
PER_HOUR = 5  # exports one employee may ask for (requirements 5.2)
FORGOTTEN = timedelta(minutes=1)  # queued for longer: the broker lost it
LOST = timedelta(minutes=30)  # running for longer: its worker died
MOST_ATTEMPTS = 3
TOLD_EVERY = 2.0  # seconds between two words on how far it is
PROGRESS = "export-progress:{}"
SEALED = "application/octet-stream"
KEYLESS: Mapping[str, Any] = {"sealed_key": None, "key_id": ""}  # nobody needs the key of what is written, or never is
State = ExportJob.State
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """What one noun offers: what it is called, the permission to take it out, its columns, the filters it knows, and
    its rows as a person sees them."""

    label: Any
    word: str
    columns: Sequence[str]
    filters: Sequence[str]
    rows: Callable[[Any, Mapping[str, str]], Iterable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Whole:
    """What is taken out whole, through a door of its own: what it is called, the permissions to take it out, how it is
    announced, and what writes it. `write` gets the job, a file, and what to call with the percentage that is done."""

    label: Any
    words: Sequence[str]
    announce: Callable[[UUID], None]
    write: Callable[[ExportJob, IO[bytes], Callable[[int], None]], int]


def sources() -> Mapping[str, Source]:
    """Every noun that can be exported."""
    found: Mapping[str, Source] = import_string(settings.EXPORT_SOURCES)
    return found


def wholes() -> Mapping[str, Whole]:
    """Everything that is taken out whole."""
    found: Mapping[str, Whole] = import_string(settings.EXPORT_WHOLES)
    return found


def words_of(kind: str) -> Sequence[str]:
    """The permissions that taking this out asks for; none for what nobody offers any more."""
    if kind in wholes():
        return wholes()[kind].words
    return [sources()[kind].word] if kind in sources() else []


def label_of(kind: str) -> Any:
    """What this is called."""
    offered = wholes().get(kind) or sources().get(kind)
    return offered.label if offered else kind


def offered_to(user: Any) -> dict[str, Source]:
    """Those this person may take out."""
    return {kind: source for kind, source in sources().items() if user.may(source.word)}


def request_export(user: Any, *, kind: str, format: str, params: Mapping[str, Any], by: Actor) -> ExportJob:
    """Put an export in the queue. Refuses `throttled` at the sixth within an hour, `invalid` for what nobody offers;
    raises NotAllowed without the noun's word."""
    source = sources().get(kind)
    if source is None or format not in sheets.TYPES:
        raise Refusal("invalid", _("There is no such export."))
    require(user, source.word)
    filters = {name: str(value)[:LONGEST] for name, value in params.items() if value not in (None, "")}
    if unknown := sorted(set(filters) - set(source.filters)):
        raise Refusal("invalid", _("There is no filter called %(name)s.") % {"name": unknown[0]})
    return queue(user, by=by, kind=kind, format=format, params=filters)


@transaction.atomic
def queue(user: Any, *, by: Actor, **facts: Any) -> ExportJob:
    """Put an export in the queue that this person may have. Refuses `throttled` at the sixth within an hour."""
    asker, now = user.employee.pk, timezone.now()
    get_user_model().objects.select_for_update().get(pk=user.pk)  # one person's requests are counted one by one
    recent = ExportJob.objects.filter(requested_by=asker, created_at__gt=now - timedelta(hours=1)).order_by(
        "created_at"
    )
    times = list(recent.values_list("created_at", flat=True))
    if len(times) >= PER_HOUR:
        wait = int((times[-PER_HOUR] + timedelta(hours=1) - now).total_seconds()) + 1
        raise Refusal("throttled", _("Five exports an hour are the most. Please wait a little."), retry_after=wait)
    job = ExportJob.objects.create(requested_by=asker, **facts)
    audit.record(by, "requested", job, after={"filters": job.params})
    _announce(job)
    return job


def _announce(job: ExportJob) -> None:
    if job.kind in wholes():
        wholes()[job.kind].announce(job.pk)
        return
    emit(ExportRequested(job_id=job.pk))
    schema: str = connection.schema_name  # type: ignore[attr-defined]
    if not import_string(settings.TASK_GATE)(schema):  # no task works for a suspended business
        transaction.on_commit(partial(_run_in, schema, job.pk))


def _run_in(schema: str, job_id: UUID) -> None:
    with schema_context(schema):
        run(job_id)


def run(job_id: UUID) -> None:
    """Write one queued export. Whoever claims the row does the work; twice does no harm."""
    claimed = ExportJob.objects.filter(pk=job_id, state=State.QUEUED).update(
        state=State.RUNNING, claimed_at=timezone.now(), attempts=F("attempts") + 1
    )
    if not claimed:
        return
    job = ExportJob.objects.get(pk=job_id)
    try:
        rows, key = _write(job)
    except Refusal as refusal:
        _fail(job, refusal.detail)
    except Exception:  # its text may hold a customer's; the log has the trace
        log.exception("Export %s stopped", job.pk)
        _fail(job, _("Something went wrong on our side. Please ask for it again."))
    else:
        with transaction.atomic():
            ExportJob.objects.filter(pk=job.pk).update(
                state=State.READY, rows=rows, storage_key=key, expires_at=timezone.now() + GOOD_FOR, error="", **KEYLESS
            )
            audit.record(SYSTEM, "exported", job, after={"rows": rows, "requested_by": str(job.requested_by)})


def opened(job: ExportJob, *, user: Any, by: Actor) -> tuple[Any, str, str]:
    """The file of an export, its media type and a name for it. Refuses `expired_link` after its day, `conflict`
    before it is ready; raises NotAllowed for who lost the permission meanwhile. Leaves a row in the record."""
    for word in words_of(job.kind):
        require(user, word)
    if job.state == State.EXPIRED or (job.expires_at and job.expires_at <= timezone.now()):
        raise Refusal("expired_link", _("This file is gone. Ask for it again."))
    if job.state != State.READY:
        raise Refusal("conflict", _("This export is not ready."))
    audit.record(by, "downloaded", job, after={"rows": job.rows})
    name = f"{job.kind}-{job.created_at:%Y-%m-%d}.{job.format}"
    return default_storage.open(job.storage_key), sheets.TYPES.get(job.format, SEALED), name


def progress_of(job: ExportJob) -> int:
    """How much of a file is written, in per cent."""
    if job.state == State.RUNNING:
        return int(cache.get(PROGRESS.format(job.pk)) or 0)
    return 100 if job.state in (State.READY, State.EXPIRED) else 0


def sweep() -> None:
    """One round in the current business: wake what was forgotten, give up what is lost, remove what is over."""
    now = timezone.now()
    lost = ExportJob.objects.filter(state=State.RUNNING, claimed_at__lte=now - LOST)
    lost.filter(attempts__gte=MOST_ATTEMPTS).update(state=State.FAILED, error=_("It took too long."), **KEYLESS)
    lost.filter(attempts__lt=MOST_ATTEMPTS).update(state=State.QUEUED)
    for job in ExportJob.objects.filter(state=State.QUEUED, updated_at__lte=now - FORGOTTEN)[:100]:
        _announce(job)
    for job in ExportJob.objects.filter(state=State.READY, expires_at__lte=now)[:100]:
        default_storage.delete(job.storage_key)
        ExportJob.objects.filter(pk=job.pk).update(state=State.EXPIRED, storage_key="")


def withdraw(kinds: Iterable[str]) -> int:
    """Remove the files of these nouns that are still there: somebody in them was just erased. How many there were."""
    gone = 0
    for job in ExportJob.objects.select_for_update().filter(state=State.READY, kind__in=kinds):
        transaction.on_commit(partial(default_storage.delete, job.storage_key))
        gone += ExportJob.objects.filter(pk=job.pk).update(state=State.EXPIRED, storage_key="")
    return gone


def _write(job: ExportJob) -> tuple[int, str]:
    user: Any = (
        get_user_model()
        .objects.select_related("employee__role")
        .filter(employee=job.requested_by, is_active=True)
        .first()
    )
    if user is None or not all(user.may(word) for word in words_of(job.kind)):
        raise Refusal("permission_denied", _("The permission to take this out is gone."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"rows.{job.format}")
        if job.kind in wholes():
            with path.open("wb") as target:
                rows = wholes()[job.kind].write(job, target, _Progress(job))
        else:
            source = sources()[job.kind]
            rows = sheets.write(job.format, path, source.columns, source.rows(user, job.params))
        key = f"{connection.schema_name}/exports/{job.pk}.{job.format}"  # type: ignore[attr-defined]
        default_storage.delete(key)
        with path.open("rb") as file:
            return rows, default_storage.save(key, File(file))


def _fail(job: ExportJob, reason: str) -> None:
    ExportJob.objects.filter(pk=job.pk).update(state=State.FAILED, error=reason[:300], **KEYLESS)


class _Progress:
    """Tells how far a file is, where its asker looks; and, between transactions, that its worker is alive."""

    def __init__(self, job: ExportJob) -> None:
        self._job, self._next = job, 0.0

    def __call__(self, percent: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TOLD_EVERY
        cache.set(PROGRESS.format(self._job.pk), percent, LOST.total_seconds())
        if not connection.in_atomic_block:
            ExportJob.objects.filter(pk=self._job.pk, state=State.RUNNING).update(claimed_at=timezone.now())
