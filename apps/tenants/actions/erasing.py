"""A business ends (requirements TEN-21): dumped, sealed, dropped, forgotten. What stays is a certificate.

Each step may be repeated, so an erasing that was interrupted is finished by the next: the clock asks hourly.
"""

import json
import os
import subprocess
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context
from psycopg import sql

from apps.audit import actions as audit
from apps.core import crypto
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.tenants import hosts, provisioning, vault
from apps.tenants.actions.standing import check_move
from apps.tenants.embedded import Cluster
from apps.tenants.models import Business, Domain, ErasureCertificate
from apps.tenants.postgres.context import PUBLIC

KEPT = timedelta(days=30)  # the sealed dump, for what the law may still ask
STAYS = {"id", "schema_name", "created_at", "updated_at", "version"}  # opaque; nothing of the business


def erase_business(business: Business, *, by: Actor) -> ErasureCertificate:
    """Erase a business whose closing is over. Raises Refusal `illegal_transition` for any other."""
    with schema_context(PUBLIC):
        row = business.fresh()
        check_move(row, Business.Status.ERASED)
        if row.closing_until is None or row.closing_until > timezone.now():
            raise Refusal("illegal_transition", _("The 30 days in which %(name)s may come back are not over."))
        Domain.objects.filter(business=row).delete()  # from here on nobody reaches it
    hosts.forget()
    reference = crypto.keyed_hash(f"erased:{row.pk}")
    counted = _dump_once(row, reference)
    remove_folder(row.schema_name)
    provisioning.drop(row.schema_name)
    return _forget(row, reference, counted, by)


def forget_dumps(now: datetime) -> int:
    """Delete the sealed dumps whose time is over. Returns how many there were."""
    with schema_context(PUBLIC):
        over = ErasureCertificate.objects.filter(dump_until__lte=now, dump_until__gt=now - 12 * KEPT)
        names = [place_of_dump(reference) for reference in over.values_list("business_ref", flat=True)]
    present = [name for name in names if default_storage.exists(name)]
    for name in present:
        default_storage.delete(name)
    return len(present)


def place_of_dump(reference: str) -> str:
    """Where the sealed dump of an erased business lies in the store."""
    return f"erased/{reference}.sealed"


def remove_folder(prefix: str) -> int:
    """Delete everything under a prefix of the store. Returns how many files there were."""
    try:
        folders, files = default_storage.listdir(prefix)
    except FileNotFoundError:
        return 0
    for name in files:
        default_storage.delete(f"{prefix}/{name}")
    inside = sum(remove_folder(f"{prefix}/{name}") for name in folders)
    default_storage.delete(prefix)  # the folder itself, where the store has folders
    return len(files) + inside


def _dump_once(row: Business, reference: str) -> dict[str, int]:
    """Seal the dump and count what will go, unless an interrupted erasing has done so."""
    note, dump = f"erased/{reference}.json", place_of_dump(reference)
    if default_storage.exists(note):
        with default_storage.open(note) as kept:
            found: dict[str, int] = json.loads(kept.read())
        return found
    counted = {"rows": _rows_of(row.schema_name), "objects": _files_under(row.schema_name)}
    if default_storage.exists(dump):
        default_storage.delete(dump)  # half of one
    with TemporaryFile() as plain, TemporaryFile() as sealed:
        _dump(row.schema_name, plain)
        plain.seek(0)
        vault.seal(plain, sealed, purpose=f"erased:{reference}")
        sealed.seek(0)
        default_storage.save(dump, File(sealed))
    default_storage.save(note, ContentFile(json.dumps(counted).encode()))
    return counted


def _dump(schema_name: str, target: Any) -> None:
    database: dict[str, Any] = connections["migrate"].settings_dict
    command = [
        str(Cluster(Path(settings.VAR_DIR)).tool("pg_dump")), "--schema", schema_name, "--format", "custom",
        "--no-owner", "--no-privileges", "--role", "maj_owner", "--host", str(database["HOST"]),
        "--port", str(database["PORT"] or 5432), "--username", str(database["USER"]), "--dbname", str(database["NAME"]),
    ]  # fmt: skip
    environment = {**os.environ, "PGPASSWORD": str(database["PASSWORD"])}
    done = subprocess.run(command, env=environment, stdout=target, stderr=subprocess.PIPE, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"pg_dump refused: {done.stderr.decode(errors='replace').strip()[-500:]}")


def _rows_of(schema_name: str) -> int:
    connection: Any = connections["migrate"]
    with schema_context(PUBLIC):
        try:
            with transaction.atomic(using="migrate"), connection.cursor() as cursor:
                cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema_name])
                tables = [name for [name] in cursor.fetchall()]
                total = 0
                for table in tables:
                    place = sql.Identifier(schema_name, table)
                    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(place).as_string(cursor.connection))
                    total += cursor.fetchone()[0]
        finally:
            connection.forget()
    return total


def _files_under(prefix: str) -> int:
    try:
        folders, files = default_storage.listdir(prefix)
    except FileNotFoundError:
        return 0
    return len(files) + sum(_files_under(f"{prefix}/{name}") for name in folders)


def _forget(row: Business, reference: str, counted: dict[str, int], by: Actor) -> ErasureCertificate:
    """Its rows among the shared ones go, its own is emptied, its key with it, and the certificate is written: at once.

    As the owner, because some of these records are append-only for everybody else.
    """
    now = timezone.now()
    until = now + KEPT
    connection: Any = connections["migrate"]
    with schema_context(PUBLIC):
        try:
            with transaction.atomic(using="migrate"):
                gone = Business.objects.using("migrate").select_for_update().get(pk=row.pk)
                removed = sum(
                    relation.related_model._base_manager.using("migrate")
                    .filter(**{relation.field.name: gone})
                    .delete()[0]
                    for relation in Business._meta.related_objects
                )
                _empty(gone)
                gone.save(using="migrate")
                rows, objects = counted["rows"] + removed, counted["objects"]
                said = f"{reference}|{now.isoformat()}|{rows}|{objects}|{until.isoformat()}"
                certificate = ErasureCertificate.objects.using("migrate").create(
                    business_ref=reference, erased_at=now, rows=rows, objects_removed=objects, dump_until=until,
                    hash=crypto.keyed_hash(said),
                )  # fmt: skip
        finally:
            connection.forget()
        audit.record_operator(by, "erased", gone, business_id=gone.pk, after={"rows": rows, "objects": objects})
    hosts.forget()
    default_storage.delete(f"erased/{reference}.json")
    return certificate


def _remove(relation: Any, gone: Business) -> int:
    """Delete one table's rows of the business. What the law keeps (invoices protect theirs) loses its free texts."""
    model = relation.related_model
    rows: Any = model._base_manager.using("migrate").filter(**{relation.field.name: gone})
    try:
        return int(rows.delete()[0])
    except models.ProtectedError:
        texts = [field.name for field in model._meta.local_fields if field.null and isinstance(field, models.CharField)]
        rows.update(**dict.fromkeys(texts))
        return 0


def _empty(row: Business) -> None:
    """Every column back to what a new row has, among them the data key; the address to a hash, so that it is free."""
    slug = crypto.keyed_hash(f"slug:{row.slug}")
    for field in Business._meta.local_fields:
        if field.name not in STAYS and not isinstance(field, models.AutoField):
            setattr(row, field.attname, None if field.null else field.get_default())
    row.slug, row.name, row.status = f"erased-{slug[:32]}", "", Business.Status.ERASED


def dump_of(certificate: ErasureCertificate) -> bytes:
    """What the sealed dump holds, in pg_dump's custom format. For the law, by hand."""
    out = BytesIO()
    with default_storage.open(place_of_dump(certificate.business_ref)) as sealed:
        for block in vault.unseal(sealed, purpose=f"erased:{certificate.business_ref}"):
            out.write(block)
    return out.getvalue()
