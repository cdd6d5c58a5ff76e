"""`manage.py seed_scale SLUG`: a business as large as one gets, to see what stays fast."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context, tenant_context

from apps.conversations.benches import scale
from apps.tenants.management.progress import ProgressBar
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC


class Command(BaseCommand):
    """Adds what is missing up to the numbers asked for; a run that was broken off is continued by running it again."""

    help = "Fill a business with many made conversations and messages. It must have a connected number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--conversations", type=int, default=100_000)
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--json", action="store_true", help="print what was added as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context(PUBLIC):
            business = Business.objects.filter(slug=options["slug"], status=Business.Status.READY).first()
        if business is None:
            raise CommandError(f"No business that is open is called {options['slug']}.")
        bar = ProgressBar(sys.stderr)
        try:
            with tenant_context(business):
                wanted = {"conversations": options["conversations"], "messages": options["messages"]}
                conversations, messages = scale.fill(bar, **wanted)
        except ValueError as reason:
            raise CommandError(str(reason)) from None
        finally:
            bar.clear()
        if options["json"]:
            self.stdout.write(json.dumps({"conversations": conversations, "messages": messages}))
        elif options["verbosity"]:
            self.stdout.write(f"Added {conversations:,} conversations and {messages:,} messages.")
