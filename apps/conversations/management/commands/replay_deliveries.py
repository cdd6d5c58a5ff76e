"""`manage.py replay_deliveries SLUG --since … --until …`: apply what is unfinished of a stretch of time once more."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime
from django_tenants.utils import schema_context, tenant_context

from apps.conversations import ledger
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC


class Command(BaseCommand):
    """Safe at any time: what is stored is not stored twice."""

    help = "Apply once more whatever a business received between two times and is neither stored nor a duplicate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--since", required=True, help="a day or an ISO time, UTC unless it says")
        parser.add_argument("--until", required=True, help="the same; not included")
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="never ask (this command never does)")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context(PUBLIC):
            business = Business.objects.filter(slug__iexact=options["slug"]).first()
        if business is None:
            raise CommandError(f"There is no business {options['slug']!r}.")
        since, until = _moment(options["since"]), _moment(options["until"])
        try:
            with tenant_context(business):
                deliveries, taken = ledger.replay_range(since, until, by=SYSTEM)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        told = {"business": business.slug, "deliveries": deliveries, "elements": taken}
        plain = f"{business.slug}: {deliveries} deliveries, {taken} elements applied once more"
        self.stdout.write(json.dumps(told) if options["json"] else plain)


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
        if found is None and (day := parse_date(text)):
            found = datetime(day.year, day.month, day.day)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text!r} is neither a day nor a time.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
