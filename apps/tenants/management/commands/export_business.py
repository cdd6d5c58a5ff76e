"""`manage.py export_business SLUG`: everything of a business as one sealed file (requirements TEN-22)."""

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.audit import actions as audit
from apps.core.actors import SYSTEM
from apps.tenants import vault
from apps.tenants.actions.standing import note_inside
from apps.tenants.management.progress import ProgressBar
from apps.tenants.models import Business
from apps.tenants.moving import leaving
from apps.tenants.postgres.context import PUBLIC


class Command(BaseCommand):
    """Changes nothing but the records, which say that it was done. The file is there whole or not at all."""

    help = "Write everything of a business into one file, sealed with a key that is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--output", metavar="FILE", help="by default SLUG-DATE.majlis in this folder")
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON, the key in it")
        parser.add_argument("--no-input", action="store_true", help="replace a file without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context(PUBLIC):
            business = Business.objects.filter(slug__iexact=options["slug"], status__in=Business.THERE).first()
        if business is None:
            raise CommandError(f"There is no business “{options['slug']}”.")
        path = Path(options["output"] or f"{business.slug}-{timezone.now():%Y-%m-%d}.majlis")
        if path.exists() and not options["no_input"] and not self._sure(path):
            raise CommandError("Nothing was written.")
        key, bar = vault.new_key(), ProgressBar(sys.stderr)
        try:
            manifest = _write(business, path, key, bar)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
        finally:
            bar.clear()
        rows = sum(each["rows"] for each in manifest["tables"].values())
        with schema_context(PUBLIC):
            audit.record_operator(SYSTEM, "exported", business, business_id=business.pk, after={"rows": rows})
        note_inside(business, "exported", SYSTEM, {"rows": rows})
        files = manifest["files"]["count"]
        if options["json"]:
            answer = {
                "slug": business.slug, "file": str(path), "bytes": path.stat().st_size, "rows": rows, "files": files,
                "key": key,
            }  # fmt: skip
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(f"{path}: {rows} rows and {files} files of {business.name}.")
        self.stderr.write(f"The key, which is shown this once and kept nowhere: {key}")

    @staticmethod
    def _sure(path: Path) -> bool:
        if not sys.stdin.isatty():
            raise CommandError(f"{path} is there already: name another, or say --no-input.")
        return input(f"{path} is there already. Replace it? [y/N] ").strip().lower() == "y"


def _write(business: Business, path: Path, key: str, bar: ProgressBar) -> dict[str, Any]:
    """Write beside the place and move there at the end; readable by nobody else on this machine."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            with tenant_context(business):
                manifest = leaving.pack(target, key=key, progress=bar)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return manifest
