"""Verbs on how a number behaves and is reached: its settings, its webhook's address, its profile, on and off."""

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.accounts.secrets import set_secret
from apps.audit import actions as audit
from apps.core import crypto
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.gateways import protocol, sentences
from apps.gateways.actions.health import check_inbox
from apps.gateways.actions.inboxes import free_address, line_of, routes_of, write_routes
from apps.gateways.events import HealthChanged
from apps.gateways.models import Inbox
from apps.tenants.actions import new_token, picture_of
from apps.tenants.models import Business, GatewayApp, InboundRoute
from apps.tenants.postgres.context import PUBLIC, current_schema

SETTINGS: Final = (
    "name", "default_mode", "language", "greeting_on", "over_limit_text_on", "out_of_hours_on", "out_of_hours",
    "calendar", "assign_policy", "reopen_days", "auto_resolve_hours", "stale_minutes", "phone_lease_minutes",
    "idle_return_minutes", "closing_text", "csat_on", "csat_text", "read_receipts", "is_active",
)  # fmt: skip
"""What a person may change. The page's form and the API both offer exactly these."""
OLD_TOKEN: Final = timedelta(hours=24)
ABOUT: Final = 139  # characters that WhatsApp shows beside a name
DESCRIPTION: Final = 512


@transaction.atomic
def edit_inbox(inbox: Inbox, *, by: Actor, **facts: Any) -> Inbox:
    """Change how a number behaves. One that is switched off is `disabled`; switched on, it counts as connected."""
    row: Inbox = Inbox.objects.select_for_update(of=("self",)).get(pk=inbox.pk)
    before, was_active = audit.facts(row), row.is_active
    for name in SETTINGS:
        if name in facts:
            setattr(row, name, facts[name])
    if row.is_active != was_active:
        row.health = Inbox.Health.CONNECTED if row.is_active else Inbox.Health.DISABLED
        row.health_detail = {}
        emit(HealthChanged(inbox_id=row.pk))
    row.save()
    audit.record(by, "edited", row, **audit.changed(row, before))
    return row


def rotate_webhook(inbox: Inbox, *, by: Actor) -> str:
    """Give the number's app another webhook address; the old one is good for another day (GW-05). Returns its token.

    An app of the platform is not a business's to move (`conflict`).
    """
    schema = current_schema()
    with schema_context(PUBLIC), transaction.atomic():
        app = GatewayApp.objects.select_for_update().get(pk=inbox.app_id)  # `of` cannot name a table in public
        if app.owner is None or app.owner.schema_name != schema:
            raise Refusal("conflict", _("This address belongs to the platform: it serves other businesses too."))
        app.previous_token, app.previous_until = app.token, timezone.now() + OLD_TOKEN
        app.token = new_token()
        app.save()
    with transaction.atomic():
        if inbox.gateway == "whatsapp_cloud":
            set_secret("meta_verify_token", verify_token(app), scope=f"app:{app.pk}", by=by)
        audit.record(by, "rotated", inbox, after={"old_until": app.previous_until.isoformat()})
    return str(app.token)


def verify_token(app: GatewayApp) -> str:
    """Follows from the app's own token by a key of ours, so that showing it never opens the secrets."""
    return crypto.keyed_hash(f"verify:{app.token}")[:40] if app.gateway == "whatsapp_cloud" else ""


def release_inbox(inbox: Inbox, *, by: Actor) -> Inbox:
    """Let its address go: nothing comes in or goes out, and another business may connect it. All else stays."""
    with transaction.atomic():
        row = _locked(inbox)
        row.is_active, row.health, row.health_detail = False, Inbox.Health.DISABLED, {}
        row.save()
        audit.record(by, "disconnected", row)
        emit(HealthChanged(inbox_id=row.pk))
    free_address(inbox)
    return row


def reconnect_inbox(inbox: Inbox, *, secrets: dict[str, str], by: Actor) -> Inbox:
    """Take its address again, with new credentials where some are given, and look at once how it does.

    Raises Refusal `duplicate` when the address has been taken since; credentials that do not work are said by the
    health that follows.
    """
    routes = routes_of(inbox).filter(kind=InboundRoute.Kind.NUMBER)
    with schema_context(PUBLIC):
        known = routes.exists()
        app = GatewayApp.objects.get(pk=inbox.app_id)
    if not known:
        write_routes(app, current_schema(), inbox.gateway, inbox.external_id, inbox.account_ref, inbox.pk)
    with transaction.atomic():
        row = _locked(inbox)
        for name, value in secrets.items():
            scope = f"app:{app.pk}" if name in ("meta_app_secret", "meta_verify_token") else f"inbox:{inbox.pk}"
            set_secret(name, value, scope=scope, by=by)
        row.is_active = True
        row.save()
        audit.record(by, "connected", row)
    return check_inbox(row, by=by)


def sync_profile(inbox: Inbox, *, by: Actor, about: str = "") -> Inbox:
    """Show customers the business's logo and description beside the number (GW-27).

    Raises Refusal `invalid` where there is nothing to show or the provider says no, `unavailable` without an answer.
    """
    schema = current_schema()
    with schema_context(PUBLIC):
        business = Business.objects.get(schema_name=schema)
    words = business.description_ar if inbox.language == "ar" else business.description_en
    words = words or business.description_en or business.description_ar
    picture = picture_of(business.logo_key, "512.png") if business.logo_key else b""
    shown = (about or words)[:ABOUT].strip()
    if not shown and not picture:
        raise Refusal("invalid", _("Write a description or choose a logo for the business first."))
    profile = protocol.Profile(about=shown, description=words[:DESCRIPTION], picture=picture)
    try:
        protocol.gateway(inbox.gateway).set_profile(line_of(inbox), profile)
    except protocol.SendTrouble as trouble:
        if trouble.code == "not_here":
            raise Refusal("invalid", _("This provider keeps the profile in its own console.")) from trouble
        raise sentences.refusal(inbox.gateway, trouble) from trouble
    with transaction.atomic():
        audit.record(by, "synced_profile", inbox, after={"about": shown, "picture": bool(picture)})
    return inbox


def _locked(inbox: Inbox) -> Inbox:
    row: Inbox = Inbox.objects.select_for_update(of=("self",)).get(pk=inbox.pk)
    return row
