"""Makes one demo business from its facts. Found before made: a second run changes nothing."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.actions import add_employee, edit_calendar, issue_token
from apps.accounts.models import Employee, Role
from apps.accounts.roles import SYSTEM_ROLES
from apps.accounts.secrets import secrets_of
from apps.assistant.models import Persona
from apps.billing.actions import change_plan, start_trial
from apps.bookings.actions import create_service
from apps.bookings.models import Service
from apps.conversations.actions import create_reply
from apps.conversations.models import CannedReply
from apps.core.actors import SYSTEM
from apps.dashboard.demo import threads
from apps.gateways.actions import add_app, connect_inbox
from apps.gateways.models import Inbox, InboxGroupPermission, SimulatorPhone
from apps.tenants.actions import create_business
from apps.tenants.models import Business, GatewayApp
from apps.tenants.postgres.context import PUBLIC

DEMO_LASTS = timedelta(days=3650)  # nobody renews it
Say = Callable[[str], None]


@dataclass
class Built:
    """A demo business, and the credentials that were made in this run and cannot be read back later."""

    business: Business
    passwords: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def build(facts: ModuleType, *, platform_app: GatewayApp, say: Say) -> Built:
    """The business with its people, numbers, customers and conversations."""
    with schema_context(PUBLIC):
        business = Business.objects.filter(slug=facts.BUSINESS["slug"]).first()
    if business is None:
        say(f"Creating {facts.BUSINESS['name']}")
        business = create_business(**facts.BUSINESS, by=SYSTEM)
        start_trial(business, by=SYSTEM)
        change_plan(business, plan="pro", by=SYSTEM, until=timezone.now() + DEMO_LASTS, note="Demo")
    built = Built(business)
    with tenant_context(business):
        _people(facts, built)
        _services(facts)
        _replies(facts)
        inboxes = _inboxes(facts, business, platform_app)
        Persona.objects.filter(is_current=True, version=1).update(
            greeting_en=facts.GREETING["en"], greeting_ar=facts.GREETING["ar"]
        )
        customers = threads.customers(facts, inboxes["simulator"])
        threads.conversations(facts, inboxes["simulator"], customers)
        say(f"{business.name}: {len(customers)} customers, {len(facts.CONVERSATIONS)} conversations")
    return built


def address(mailbox: str, slug: str) -> str:
    """A demo person's e-mail; the reserved ending never reaches anybody."""
    return f"{mailbox}@{slug}.example"


def _people(facts: ModuleType, built: Built) -> None:
    if facts.ROLE and not Role.objects.filter(name=facts.ROLE["name"]).exists():
        group = Group.objects.create(name=facts.ROLE["name"])
        Role.objects.create(group=group, **facts.ROLE)
    roles = {role.name: role for role in Role.objects.all()}
    for full_name, role, mailbox, language, theme, grants, denials in facts.PEOPLE:
        email = address(mailbox, built.business.slug)
        employee = Employee.objects.filter(user__email=email).first()
        if employee is None:
            password = built.passwords[email] = secrets.token_urlsafe(15)
            employee = add_employee(
                email=email, full_name=full_name, role=roles[role], by=SYSTEM, password=password, language=language,
                confirmed=True,
            )  # fmt: skip
            Employee.objects.filter(pk=employee.pk).update(theme=theme, grants=grants, denials=denials)
            if mailbox in facts.SHIFTS and employee.calendar:
                edit_calendar(employee.calendar, weekly=_week(*facts.SHIFTS[mailbox]), by=SYSTEM)
            if role not in built.tokens:
                built.tokens[role] = issue_token(employee, name="demo", by=SYSTEM)


def _week(days: Iterable[int], times: list[str]) -> list[list[dict[str, str]]]:
    """A week in which the same times hold on some days."""
    day = [dict(zip(("from", "to"), each.split("-"), strict=True)) for each in times]
    return [day if number in set(days) else [] for number in range(7)]


def _services(facts: ModuleType) -> None:
    made = set(Service.objects.values_list("key", flat=True))
    for service in facts.SERVICES:
        if service["key"] not in made:
            create_service(by=SYSTEM, **service)


def _replies(facts: ModuleType) -> None:
    made = set(CannedReply.objects.values_list("shortcut", flat=True))
    for shortcut, category, title, body_en, body_ar in facts.REPLIES:
        if shortcut not in made:
            create_reply(by=SYSTEM, shortcut=shortcut, category=category, title=title, body_en=body_en, body_ar=body_ar)


def _inboxes(facts: ModuleType, business: Business, platform_app: GatewayApp) -> dict[str, Inbox]:
    made = {inbox.gateway: inbox for inbox in Inbox.objects.filter(archived_at=None)}
    first = business.name.split()[0]
    if "simulator" not in made:
        made["simulator"] = connect_inbox(
            name=f"{first} on WhatsApp", gateway="simulator", external_id=f"sim-{business.slug}",
            app=add_app("simulator", owner=business), by=SYSTEM, display_number="+12025550199", default_mode="ai",
            language=business.primary_language, secrets={"simulator_secret": secrets.token_urlsafe(32)},
        )  # fmt: skip
    if "whatsapp_cloud" not in made:
        made["whatsapp_cloud"] = connect_inbox(
            name=f"{first} Cloud", gateway="whatsapp_cloud", external_id=_digits(15), account_ref=_digits(15),
            app=platform_app, by=SYSTEM, display_number=f"+1202555{_digits(4)}", default_mode="human",
            language=business.primary_language, secrets={"meta_access_token": secrets.token_urlsafe(32)},
        )  # fmt: skip
    if "twilio" not in made:
        account = f"AC{secrets.token_hex(16)}"
        made["twilio"] = connect_inbox(
            name=f"{first} Twilio", gateway="twilio", external_id=f"+1202556{_digits(4)}", account_ref=account,
            app=add_app("twilio", owner=business, account_ref=account), by=SYSTEM, default_mode="human",
            language=business.primary_language,
            secrets={"twilio_account_sid": account, "twilio_auth_token": secrets.token_hex(16)},
        )  # fmt: skip
        # agents answer on WhatsApp only, to show the difference a grant makes
        agents = Role.objects.get(name=SYSTEM_ROLES[2][0]).group
        InboxGroupPermission.objects.filter(content_object=made["twilio"], group=agents).delete()
    _phones(facts, made["simulator"])
    return made


def _phones(facts: ModuleType, inbox: Inbox) -> None:
    for key, name, phone, _country, language in facts.CUSTOMERS:
        if phone and key not in facts.BLOCKED:
            SimulatorPhone.objects.get_or_create(
                inbox=inbox, number=phone, defaults={"name": name or facts.PROFILE_NAMES[key], "language": language[:2]}
            )


def _digits(count: int) -> str:
    return "".join(secrets.choice("123456789") for _ in range(count))


def inbox_credentials(inbox: Inbox) -> dict[str, Any]:
    """What somebody needs to post signed bodies to this number, read back from where it is kept."""
    kept = secrets_of(f"app:{inbox.app_id}", f"inbox:{inbox.pk}")
    return {
        "id": str(inbox.pk), "gateway": inbox.gateway, "phone_number_id": inbox.external_id,
        "waba_id": inbox.account_ref, "number": inbox.display_number or inbox.external_id,
        "app_secret": kept.get("meta_app_secret") or kept.get("simulator_secret", ""),
        "verify_token": kept.get("meta_verify_token", ""), "account_sid": kept.get("twilio_account_sid", ""),
        "auth_token": kept.get("twilio_auth_token", ""),
    }  # fmt: skip
