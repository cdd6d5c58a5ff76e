"""`manage.py erase_business SLUG`: erase a business whose closing is over (requirements TEN-21)."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants import actions
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC


class Command(BaseCommand):
    """The clock does it by itself, every hour; this is for whoever does not want to wait for it."""

    help = "Erase a business for good: sealed dump, schema, files, domains, routes, key. Leaves a certificate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="do not ask first")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context(PUBLIC):
            business = Business.objects.filter(slug__iexact=options["slug"]).first()
        if business is None:
            raise CommandError(f"There is no business “{options['slug']}”.")
        if not options["no_input"] and not self._sure(business):
            raise CommandError("Nothing was changed.")
        try:
            certificate = actions.erase_business(business, by=SYSTEM)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        answer = {
            "slug": business.slug, "erased": True, "certificate": str(certificate.pk), "rows": certificate.rows,
            "objects": certificate.objects_removed,
        }  # fmt: skip
        text = f"{business.name} is erased: {certificate.rows} rows, {certificate.objects_removed} files."
        self.stdout.write(json.dumps(answer) if options["json"] else text)

    @staticmethod
    def _sure(business: Business) -> bool:
        """Whoever erases types the slug; without a terminal to ask on, --no-input has to say it."""
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to ask on: say --no-input.")
        return input(f"Erase {business.name} for good? Type its slug: ").strip() == business.slug
