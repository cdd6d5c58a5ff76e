"""`manage.py verify_audit [SLUG …]`: walk the chain of the record and name the first row that is not as it was."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from apps.audit import chain
from apps.tenants.management.progress import ProgressBar
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC


class Command(BaseCommand):
    """Changes nothing but the places of rows that had none yet. Exits non-zero when one chain is broken."""

    help = "Verify the record's hash chain, of some businesses or of all and the platform."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="these businesses; all and the platform if none")
        parser.add_argument("--json", action="store_true", help="print what was found as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = options["slugs"]
        with schema_context(PUBLIC):
            rows = Business.objects.filter(status__in=Business.THERE).order_by("pk")
            chains = [(row.slug, row.schema_name) for row in (rows.filter(slug__in=slugs) if slugs else rows)]
        if unknown := set(slugs) - {slug for slug, _schema in chains}:
            raise CommandError(f"There is no business {min(unknown)}.")
        chains += [] if slugs else [("", PUBLIC)]
        bar = ProgressBar(sys.stderr)
        found: dict[str, chain.Verdict] = {}
        try:
            for number, (slug, schema) in enumerate(chains, 1):
                with schema_context(schema):
                    found[slug] = chain.verify()
                bar(number, len(chains), slug)
        finally:
            bar.clear()
        if options["json"]:
            self.stdout.write(json.dumps({slug: asdict(verdict) for slug, verdict in found.items()}))
        else:
            for slug, verdict in found.items():
                told = "whole" if verdict.is_whole else f"BROKEN at {verdict.broken}: {verdict.reason}"
                self.stdout.write(f"{slug or 'the platform'}: {verdict.rows} rows, {told}, head {verdict.head[:16]}")
        if broken := {slug: verdict for slug, verdict in found.items() if not verdict.is_whole}:
            told = "; ".join(
                f"{slug or 'the platform'}: row {each.broken} {each.event_id} {each.reason}"
                for slug, each in broken.items()
            )
            raise CommandError(f"The record is broken. {told}")
