"""Connecting a number at a provider: its webhook address, the proof that its credentials are good, then the row.

What a provider says no to is turned into a sentence that says what to do (GW-04).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.accounts.secrets import set_secret
from apps.accounts.sign_in import require_confirmed
from apps.core.actors import Actor
from apps.core.models import new_id
from apps.gateways import actions, sentences
from apps.gateways.models import Inbox
from apps.gateways.protocol import Line, SendTrouble
from apps.gateways.twilio import client as twilio
from apps.gateways.whatsapp_cloud import client as whatsapp_cloud
from apps.tenants.models import Business, GatewayApp
from apps.tenants.postgres.context import PUBLIC

NUMBER = re.compile(r"[+\d ()-]*")


@dataclass(frozen=True, slots=True)
class Webhook:
    """What is to be pasted at the provider. Twilio needs no verify token."""

    app: GatewayApp
    address: str
    verify_token: str


def own_app(gateway: str, business_id: UUID) -> GatewayApp | None:
    """The business's own app at a gateway, if it has one."""
    with schema_context(PUBLIC):
        rows = GatewayApp.objects.filter(owner_id=business_id, gateway=gateway, is_active=True)
        return rows.order_by("created_at").first()


def webhook(gateway: str, business_id: UUID) -> Webhook | None:
    """The webhook of a business at a provider, once it was prepared."""
    app = own_app(gateway, business_id)
    return None if app is None else _told(gateway, app)


def webhook_of(inbox: Inbox) -> Webhook:
    """The webhook that this number's news comes through."""
    with schema_context(PUBLIC):
        app = GatewayApp.objects.get(pk=inbox.app_id)
    return _told(inbox.gateway, app)


def prepare(gateway: str, business_id: UUID, *, by: Actor) -> Webhook:
    """Make the webhook address, so that the provider can be told of it and shake hands before the number is there."""
    if (found := webhook(gateway, business_id)) is not None:
        return found
    with schema_context(PUBLIC):
        owner = Business.objects.get(pk=business_id)
    made = _told(gateway, actions.add_app(gateway, owner=owner))
    if made.verify_token:
        set_secret("meta_verify_token", made.verify_token, scope=f"app:{made.app.pk}", by=by)
    return made


def _told(gateway: str, app: GatewayApp) -> Webhook:
    return Webhook(app, f"{settings.PUBLIC_BASE_URL}/hooks/{gateway}/{app.token}/", actions.verify_token(app))


def connect(
    gateway: str, business_id: UUID, *, user: User, by: Actor, name: str, external_id: str, account_ref: str,
    secrets: Mapping[str, str], **facts: Any,
) -> Inbox:  # fmt: skip
    """Check the credentials at the provider and connect the number.

    Raises Refusal `email_unverified`, `duplicate`, `invalid` when the provider says no, `unavailable` when it says
    nothing; then nothing was connected.
    """
    require_confirmed(user)
    found = prepare(gateway, business_id, by=by)
    shown = check(gateway, external_id=external_id, account_ref=account_ref, secrets=secrets)
    return actions.connect_inbox(
        name=name, gateway=gateway, external_id=external_id, account_ref=account_ref, app=found.app, by=by,
        secrets=dict(secrets), display_number=shown, **facts,
    )  # fmt: skip


def check(gateway: str, *, external_id: str, account_ref: str, secrets: Mapping[str, str]) -> str:
    """The number as the provider shows it for these credentials. Raises Refusal as `connect` does."""
    line = Line(inbox_id=new_id(), external_id=external_id, account_ref=account_ref, secrets=dict(secrets))
    try:
        if gateway == "whatsapp_cloud":
            number = whatsapp_cloud.read_profile(line)
            whatsapp_cloud.subscribe(line)
            return re.sub(r"[^+\d]", "", NUMBER.match(number)[0])[:20]  # type: ignore[index]  # it matches nothing too
        twilio.read_account(line)
        return line.external_id.removeprefix("whatsapp:")[:20]
    except SendTrouble as trouble:
        raise sentences.refusal(gateway, trouble) from trouble
