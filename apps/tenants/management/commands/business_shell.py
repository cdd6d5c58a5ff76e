"""`manage.py business_shell SLUG`: Django's shell inside one business, where its rows are the only ones."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django_tenants.utils import tenant_context

from apps.tenants.models import Business


class Command(BaseCommand):
    """What `make shell BUSINESS=slug` runs."""

    help = "A Python shell inside a business."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("-c", "--command", help="run this instead of a prompt")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            business = Business.objects.get(slug=options["slug"])
        except Business.DoesNotExist:
            slugs = ", ".join(Business.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"No business {options['slug']!r}. There are: {slugs}.") from None
        except DatabaseError as error:
            raise CommandError(f"The database is not prepared; `make run` does that. ({error})") from error
        with tenant_context(business):
            call_command("shell", command=options["command"], verbosity=options["verbosity"])
