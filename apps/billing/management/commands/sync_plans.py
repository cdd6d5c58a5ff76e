"""`manage.py sync_plans`: what is sold (apps/billing/plans.py) becomes rows."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.billing.actions import sync_plans


class Command(BaseCommand):
    """Idempotent: a plan that did not change keeps its row."""

    help = "Make the rows of the plans from the table in apps/billing/plans.py."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="never ask (this command never does)")

    def handle(self, *args: Any, **options: Any) -> None:
        made = [plan.key for plan in sync_plans()]
        if options["json"]:
            self.stdout.write(json.dumps({"changed": made}))
        elif options["verbosity"]:
            self.stdout.write(f"New versions: {', '.join(made)}" if made else "The plans are as they should be.")
