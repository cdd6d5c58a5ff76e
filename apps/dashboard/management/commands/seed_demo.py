"""`manage.py seed_demo`: the two demo businesses, their credentials in VAR_DIR/demo.json. Idempotent."""

import json
import secrets
from argparse import ArgumentParser
from types import ModuleType
from typing import Any

import pyotp
from django.core.management.base import BaseCommand
from django_tenants.utils import schema_context

from apps.accounts import second_factor
from apps.accounts.actions import add_operator
from apps.accounts.models import User
from apps.core.actors import SYSTEM
from apps.dashboard.demo import cedar, credentials, samia
from apps.dashboard.demo.build import Built, build
from apps.gateways.actions import add_app
from apps.tenants.models import GatewayApp
from apps.tenants.postgres.context import PUBLIC

OPERATOR = "operator@majlis.example"


class Command(BaseCommand):
    """Makes what is missing and leaves the rest as it is."""

    help = "Seed the demo businesses samia-tarot and cedar-clinic."
    businesses: tuple[ModuleType, ...] = (samia, cedar)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print what was made as JSON, without credentials")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context(PUBLIC):
            platform_app = GatewayApp.objects.filter(gateway="whatsapp_cloud", owner=None).first()
            platform_app = platform_app or add_app("whatsapp_cloud", owner=None)
            operator = self._operator()

        def say(line: str) -> None:
            if options["verbosity"] and not options["json"]:
                self.stdout.write(line)

        built: list[Built] = [build(facts, platform_app=platform_app, say=say) for facts in self.businesses]
        credentials.write(built, operator)
        if options["json"]:
            slugs = [one.business.slug for one in built]
            self.stdout.write(json.dumps({"businesses": slugs, "credentials": str(credentials.path())}))

    def _operator(self) -> dict[str, str]:
        if User.objects.filter(email=OPERATOR).exists():
            return {}
        password = secrets.token_urlsafe(15)
        operator = add_operator(email=OPERATOR, password=password)
        secret = second_factor.begin(operator, password=password, by=SYSTEM).secret
        second_factor.confirm(operator, pyotp.TOTP(secret).now(), by=SYSTEM)
        return {"email": OPERATOR, "password": password, "totp_secret": secret}
