"""`manage.py bench NAME`: one benchmark, ours beside its baseline."""

import inspect
import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from apps.tenants.management.progress import ProgressBar

# Each takes a progress callback (done, total, what) and returns the contract's keys (contracts.md), and under "also"
# whatever else it measured, by name. What it lists under "failures" makes the command fail. Some can be told `small`
# (a quick run that shows it works) and `seed`.
BENCHES: Mapping[str, str] = {
    "request": "apps.tenants.benches.request.measure",
    "signup": "apps.dashboard.benches.signup.measure",
    "provision": "apps.tenants.benches.provision.measure",
    "fleet": "apps.tenants.benches.fleet.measure",
    "ingest": "apps.conversations.benches.ingest.measure",
    "for_user": "apps.conversations.benches.for_user.measure",
    "inbox": "apps.conversations.benches.inbox.measure",
    "live": "apps.conversations.benches.live.measure",
    "nudge": "apps.conversations.benches.nudge.measure",
    "quality": "apps.conversations.benches.quality.measure",
    "rotate": "apps.accounts.benches.rotate.measure",
    "seal": "apps.tenants.benches.seal.measure",
    "survive": "apps.conversations.benches.survive.measure",
}


class Command(BaseCommand):
    """Runs against the configured database, in businesses of its own, which it removes."""

    help = f"Measure one thing: {', '.join(BENCHES)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=sorted(BENCHES))
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")
        parser.add_argument("--small", action="store_true", default=None, help="a quick run, not for figures")
        parser.add_argument("--seed", type=int, help="for survive: which bodies, victims and pauses")

    def handle(self, *args: Any, **options: Any) -> None:
        measure = import_string(BENCHES[options["name"]])
        given = {name: options[name] for name in ("small", "seed") if options[name] is not None}
        if unknown := given.keys() - inspect.signature(measure).parameters:
            raise CommandError(f"The bench {options['name']} has no --{min(unknown)}.")
        bar = ProgressBar(sys.stderr)
        try:
            figures: dict[str, Any] = measure(bar, **given)
        finally:
            bar.clear()
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            for label, value in {**figures, **figures.get("also", {})}.items():
                if not isinstance(value, (dict, list)):
                    self.stdout.write(f"{label:<34}{_readable(value)}")
        if failures := figures.get("failures"):
            raise CommandError("\n".join(failures))


def _readable(value: object) -> str:
    return f"{value:>12.3f}" if isinstance(value, float) else f"{value!s:>12}"
