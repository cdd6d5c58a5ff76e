"""`manage.py migrate_fleet`: every business's schema brought to the code's state."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.tenants import fleet
from apps.tenants.management.progress import ProgressBar


class Command(BaseCommand):
    """Idempotent: a run that was killed goes on where it stopped. One business's failure does not stop the others."""

    help = "Migrate every business's schema. Run prepare_database first: public goes ahead of the fleet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--canary",
            nargs="+",
            default=[],
            metavar="SLUG",
            help="these first; the others only if all of these succeed",
        )
        parser.add_argument("--resume", action="store_true", help="do not try again what failed in an earlier run")
        parser.add_argument("--budget", type=float, metavar="MIN", help="begin no schema after so many minutes")
        parser.add_argument("--json", action="store_true", help="print what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if fleet.public_is_behind():
            raise CommandError("The shared tables have migrations to come: run manage.py prepare_database first.")
        bar = ProgressBar(sys.stderr)
        budget = options["budget"]
        try:
            outcome = fleet.migrate(
                canaries=options["canary"],
                resume=options["resume"],
                budget=None if budget is None else budget * 60,
                progress=bar,
            )
        except fleet.Busy as error:
            raise CommandError(str(error)) from error
        finally:
            bar.clear()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(outcome)))
        elif options["verbosity"]:
            self.stdout.write(
                f"{len(outcome.migrated)} migrated, {len(outcome.unchanged)} unchanged, {len(outcome.failed)} failed, "
                f"{len(outcome.left)} left, in {outcome.seconds:.1f} s"
            )
        if outcome.failed:
            told = "; ".join(f"{slug}: {reason.splitlines()[0]}" for slug, reason in outcome.failed.items())
            raise CommandError(f"{len(outcome.failed)} failed. {told}")
