"""`manage.py close_usage_month`: what the hourly clock does, from the shell: trials, periods, grace, usage figures."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.billing.tasks import tick


class Command(BaseCommand):
    """Idempotent: what is done is not due any more."""

    help = "End trials, periods and grace whose time has come, and copy each business's usage for operators."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="never ask (this command never does)")

    def handle(self, *args: Any, **options: Any) -> None:
        found = tick(timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(f"{found['due']} subscriptions were due; usage of {found['copied']} businesses copied.")
