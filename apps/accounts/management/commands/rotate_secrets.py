"""`manage.py rotate_secrets`: data keys and second factors under the first key of the keyring; or fresh data keys."""

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from apps.accounts import second_factor
from apps.accounts.rotation import finish, reencrypt
from apps.core.crypto import Unreadable
from apps.tenants import keys
from apps.tenants.management.progress import ProgressBar
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

OPEN = (Business.Status.READY, Business.Status.SUSPENDED, Business.Status.CLOSING)


class Command(BaseCommand):
    """Idempotent, resumable, safe in traffic. Put the new key first in ENCRYPTION_KEYS and restart before it."""

    help = "Wrap every business's data key with the first key of ENCRYPTION_KEYS; afterwards the old one may go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="for --reencrypt: these businesses; all if none")
        parser.add_argument("--reencrypt", action="store_true", help="also seal all secrets under fresh data keys")
        parser.add_argument(
            "--grace", type=float, default=90.0, metavar="SECONDS",
            help="how long the former data keys still open, for transactions under way; default 90",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        bar = ProgressBar(sys.stderr)
        began = time.perf_counter()
        try:
            rewrapped, failed = keys.rewrap(bar)
            factors, unsealed = self._reseal()
            failed += [each for each in unsealed if each not in failed]
            secrets = 0
            if options["reencrypt"]:
                secrets, unread = self._reencrypt(options["slugs"], options["grace"], bar)
                failed += [each for each in unread if each not in failed]
        finally:
            bar.clear()
        seconds = round(time.perf_counter() - began, 3)
        if options["json"]:
            counts = {"rewrapped": rewrapped, "second_factors": factors, "secrets": secrets}
            told = {**counts, "failed": failed, "seconds": seconds}
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(f"{rewrapped} data keys wrapped anew, {secrets} secrets sealed anew, in {seconds} s")
        if failed:
            raise CommandError(f"{len(failed)} could not be read, their key is missing: {', '.join(failed)}")

    def _reseal(self) -> tuple[int, list[str]]:
        """Second factors, of people everywhere and of operators, under the keyring's first key."""
        with schema_context(PUBLIC):
            schemas = dict(Business.objects.filter(status__in=OPEN).values_list("schema_name", "slug"))
        done, failed = 0, []
        for schema, slug in {PUBLIC: PUBLIC, **schemas}.items():
            try:
                with schema_context(schema):
                    done += second_factor.reseal()
            except Unreadable:
                failed.append(slug)
        return done, failed

    def _reencrypt(self, slugs: list[str], grace: float, bar: ProgressBar) -> tuple[int, list[str]]:
        with schema_context(PUBLIC):
            rows = Business.objects.filter(status__in=OPEN, data_key__isnull=False).order_by("pk")
            chosen = list(rows.filter(slug__in=slugs) if slugs else rows)
        if unknown := set(slugs) - {each.slug for each in chosen}:
            raise CommandError(f"There is no business {min(unknown)}.")
        done, failed, under_way = 0, [], []
        for number, business in enumerate(chosen, 1):
            try:
                done += reencrypt(business)
                under_way.append(business)
            except Unreadable:
                failed.append(business.slug)
            bar(number, len(chosen), business.slug)
        time.sleep(grace)
        return done + sum(finish(business) for business in under_way), failed
