"""`manage.py create_business SLUG`: as sign-up does, from the shell; --owner-email names who may enter first."""

import json
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.actions import add_employee
from apps.accounts.models import Role, User
from apps.accounts.roles import ADMIN
from apps.billing.actions import start_trial
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants.actions import create_business
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

FACTS = ("industry", "country", "timezone", "currency", "primary_language")


class Command(BaseCommand):
    """Idempotent: a business, or an owner, that is there already stays as it is."""

    help = "Make a business: its address, its schema, its system roles, and its first administrator if you name one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the first part of its address")
        parser.add_argument("--name", help="as people read it; by default the slug with capitals")
        for fact in FACTS:
            parser.add_argument(f"--{fact.replace('_', '-')}")
        parser.add_argument("--owner-email", help="make this person its first administrator")
        parser.add_argument("--owner-name", default="")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the owner's password from standard input"
        )
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="never ask (this command never does)")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, email = options["slug"], (options["owner_email"] or "").strip().lower()
        given = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        password = given if given is not None else secrets.token_urlsafe(18)
        if email:
            _check_owner(email, password)
        business, created = self._business(slug, options)
        start_trial(business, by=SYSTEM)  # one that was there already keeps what it has
        owner_created = bool(email) and _add_owner(business, email, options["owner_name"], password)
        shown = password if owner_created and given is None else None
        url = settings.PUBLIC_BASE_URL.replace("://", f"://{slug}.", 1)
        if options["json"]:
            answer = {
                "slug": business.slug, "url": url, "status": business.status, "created": created,
                "owner": {"email": email, "created": owner_created, "password": shown} if email else None,
            }  # fmt: skip
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(f"{business.name} {'was made' if created else 'was there already'}: {url}/")
        if owner_created:
            self.stdout.write(f"{email} may sign in." + (f" Password: {shown}" if shown else ""))

    @staticmethod
    def _business(slug: str, options: dict[str, Any]) -> tuple[Business, bool]:
        with schema_context(PUBLIC):
            present = Business.objects.filter(slug__iexact=slug).first()
        if present:
            return present, False
        facts = {fact: options[fact] for fact in FACTS if options[fact]}
        name = options["name"] or slug.replace("-", " ").title()
        draft = Business(slug=slug, name=name, **facts)
        try:
            draft.clean_fields(exclude=["id", "schema_name"])
            return create_business(slug=slug, name=name, by=SYSTEM, **facts), True
        except ValidationError as error:
            raise CommandError(
                "; ".join(f"{key}: {' '.join(texts)}" for key, texts in error.message_dict.items())
            ) from error
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal


def _check_owner(email: str, password: str) -> None:
    """Before anything is made: is this an address, and good enough a password?"""
    try:
        validate_email(email)
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


def _add_owner(business: Business, email: str, name: str, password: str) -> bool:
    """Whether the person was added; False when the e-mail is there already."""
    with tenant_context(business):
        if User.objects.filter(email__iexact=email).exists():
            return False
        role = Role.objects.get(name=ADMIN)
        add_employee(
            email=email, full_name=name or email.partition("@")[0], role=role, by=SYSTEM, password=password,
            language=business.primary_language, confirmed=True,
        )  # fmt: skip
    return True
