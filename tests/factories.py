"""Rows with sensible defaults: `an_inbox()`, `a_conversation(mode="human")`. Call them inside a business."""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.bookings.actions import create_service
from apps.bookings.models import Service
from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.gateways import protocol
from apps.gateways.actions import add_app, connect_inbox
from apps.gateways.models import Inbox
from apps.media import store
from apps.media.models import Attachment
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

_numbers = itertools.count(1)
SECRET = "the app's secret"


def an_inbox(gateway: str = "whatsapp_cloud", **but: Any) -> Inbox:
    """A connected number of the current business, with an app and secrets of its own."""
    number = next(_numbers)
    owner = Business.objects.get(schema_name=current_schema())
    app = but.pop("app", None) or add_app(gateway, owner=owner)
    secrets = {
        "whatsapp_cloud": {"meta_app_secret": SECRET, "meta_verify_token": "verify me", "meta_access_token": "EAAx"},
        "twilio": {"twilio_account_sid": f"AC{number:032}", "twilio_auth_token": SECRET},
        "simulator": {"simulator_secret": SECRET},
    }[gateway]
    facts = {"default_mode": "human", "account_ref": f"waba-{number}", "display_number": f"+1555000{number:04}"}
    return connect_inbox(
        name=f"Inbox {number}", gateway=gateway, external_id=but.pop("external_id", f"10000000{number:04}"), app=app,
        by=SYSTEM, secrets=but.pop("secrets", secrets), **{**facts, **but},
    )  # fmt: skip


def a_message(inbox: Inbox, body: str = "Hello there", **but: Any) -> Message:
    """What a customer wrote, stored as the webhook stores it."""
    return actions.receive_message(inbox, a_fact(body, **but))


def a_fact(body: str = "Hello there", *, at: datetime | None = None, phone: str = "+96170123456", **but: Any) -> Any:
    """A text as a gateway reads it, of one and the same customer unless said."""
    facts: dict[str, Any] = {
        "external_id": f"wamid.{next(_numbers)}", "provider_at": at or timezone.now() - timedelta(seconds=1),
        "person": protocol.Person(phone=phone, profile_name="Rana"), "type": "text", "body": body, "payload": {},
    }  # fmt: skip
    return protocol.Inbound(**{**facts, **but})


def a_conversation(inbox: Inbox | None = None, **but: Any) -> Conversation:
    """A conversation in which a customer has said hello just now."""
    return a_message(inbox or an_inbox(**but)).conversation.fresh()


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c6360f8cf000002000100e221bc330000000049454e44ae426082"
)


def a_file(message: Message, **but: Any) -> Attachment:
    """A picture that hangs on a message and is here, unless said."""
    facts = {
        "kind": "image", "name": "photo.png", "mime": "image/png", "bytes": len(PNG), "sha256": "0" * 64, "width": 1,
        "height": 1, "state": "ready", "owner_kind": "message", "owner_id": message.pk, "inbox_id": message.inbox_id,
        "provider_ref": "media-1", "actor_kind": "customer",
    }  # fmt: skip
    key = {} if "storage_key" in but else {"storage_key": store.put(PNG, ".png")}
    return Attachment.objects.create(**{**facts, **key, **but})


def a_service(**but: Any) -> Service:
    """Something the current business offers: a reading, delivered a day later, unless said."""
    facts = {"name_en": "Tarot Reading", "kind": "delivery", "price": Decimal(150), "delivery_days": 1}
    return create_service(by=SYSTEM, **{**facts, **but})
