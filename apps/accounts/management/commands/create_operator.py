"""`manage.py create_operator EMAIL`: somebody of our own staff, who signs in at /operators/."""

import json
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django_tenants.utils import schema_context

from apps.accounts.actions import add_operator
from apps.accounts.models import User
from apps.audit import actions as audit
from apps.core.actors import SYSTEM
from apps.tenants.postgres.context import PUBLIC


class Command(BaseCommand):
    """Idempotent: an operator who is there already stays as they are, password included."""

    help = "Make an operator. The password is generated and printed once, or read with --password-stdin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--role", choices=User.OperatorRole.values, default=User.OperatorRole.ADMIN, help="what they may do"
        )
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="never ask (this command never does)")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        given = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        password = given if given is not None else secrets.token_urlsafe(18)
        with schema_context(PUBLIC):
            created = not User.objects.filter(email__iexact=email).exists()
            if created:
                self._create(email, password, options["role"])
        shown = password if created and given is None else None
        if options["json"]:
            self.stdout.write(json.dumps({"email": email, "created": created, "password": shown}))
        elif not created:
            self.stdout.write(f"{email} is an operator already; nothing was changed.")
        else:
            self.stdout.write(
                f"{email} may sign in at /operators/ and sets up a second factor there."
                + (f" Password: {shown}" if shown else "")
            )

    @staticmethod
    def _create(email: str, password: str, role: str) -> None:
        try:
            validate_email(email)
            validate_password(password, User(email=email))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            audit.record_operator(SYSTEM, "added", add_operator(email=email, password=password, role=role))
