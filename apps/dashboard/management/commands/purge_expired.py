"""`manage.py purge_expired [SLUG …]`: remove what has been kept long enough (data-model 16)."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.dashboard import retention
from apps.tenants.management.progress import ProgressBar


class Command(BaseCommand):
    """Idempotent; the clock does the same every night."""

    help = "Remove what is over: sessions, kept answers, raw elements, ledger, exports, quarantine, old record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="these businesses; all and the platform if none")
        parser.add_argument("--json", action="store_true", help="print what was removed as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = options["slugs"]
        businesses = retention.purged_businesses(slugs)
        if unknown := set(slugs) - {each.slug for each in businesses}:
            raise CommandError(f"There is no business {min(unknown)}.")
        bar = ProgressBar(sys.stderr)
        removed: dict[str, dict[str, int]] = {} if slugs else {"": retention.purge_platform()}
        try:
            for number, business in enumerate(businesses, 1):
                removed[business.slug] = retention.purge_one(business)
                bar(number, len(businesses), business.slug)
        finally:
            bar.clear()
        if options["json"]:
            self.stdout.write(json.dumps(removed))
            return
        for slug, counts in removed.items():
            told = ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing was over"
            self.stdout.write(f"{slug or 'the platform'}: {told}")
