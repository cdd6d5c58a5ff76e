"""`manage.py suspend_business SLUG --reason "…"`: close a business's doors (requirements TEN-09)."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants import actions
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC


class Command(BaseCommand):
    """Idempotent: a business that is suspended already stays so, with its first reason."""

    help = "Suspend a business: pages and API answer 403, nothing is sent, what comes in is kept."
    verb: ClassVar[Callable[..., Business]] = staticmethod(actions.suspend_business)
    asks = True
    question = "Suspend {name}? Its people are shut out. [y/N] "

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--reason", default="By the platform, from the command line.", help="10 to 500 characters")
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="do not ask first")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context(PUBLIC):
            business = Business.objects.filter(slug__iexact=options["slug"]).first()
        if business is None:
            raise CommandError(f"There is no business “{options['slug']}”.")
        may_ask = self.asks and not options["no_input"] and sys.stdin.isatty()
        if may_ask and input(self.question.format(name=business.name)).strip().lower() != "y":
            raise CommandError("Nothing was changed.")
        try:
            row = type(self).verb(business, reason=options["reason"], by=SYSTEM)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        changed = row.status != business.status
        answer = {"slug": row.slug, "status": row.status, "reason": row.status_reason, "changed": changed}
        self.stdout.write(json.dumps(answer) if options["json"] else f"{row.name} is {row.get_status_display()}.")
