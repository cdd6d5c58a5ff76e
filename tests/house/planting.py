"""Rows of every table of a business, each text in them replaced by a marker that must never be seen elsewhere."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import Employee, IdempotentRequest
from apps.audit import chain
from apps.audit.models import AuditEvent, AuditSeal
from apps.billing.models import UsageMonth
from apps.bookings.models import ServicePrice
from apps.conversations import actions
from apps.conversations.models import MessageAttempt, Reaction, StatusEvent
from apps.core.actors import SYSTEM
from apps.customers.actions import set_consent
from apps.customers.models import ImportJob
from apps.gateways.models import DeliveryElement, Inbox, InboxUserPermission, SimulatorBubble, SimulatorPhone
from apps.gateways.simulator import files
from apps.media.models import Attachment
from apps.tenants import hosts
from apps.tenants.logos import SIZES
from apps.tenants.models import Business
from apps.tenants.postgres.router import BOTH, LIVE_APPS, belongs
from tests import people
from tests.api.routes import some_rows
from tests.factories import an_inbox

MARKER = "globexleak"
NUMBER = "+99955500777"  # where only a phone number fits; each customer's own begins with it
NUMBERED = """
    UPDATE customers_customer SET phone = %s || ranked.place
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM customers_customer) AS ranked
    WHERE ranked.id = customers_customer.id
"""

# The database wants something else there.
UNMARKED = {"customers.customer.phone"}


def tables() -> list[type[models.Model]]:
    """Every model whose rows lie in a business's schema, Django's own machinery apart."""
    return [
        model for model in apps.get_models(include_auto_created=True)
        if belongs(model._meta.label_lower, "b_x") and model._meta.label_lower not in BOTH - {"accounts.user"}
        and model._meta.app_label not in LIVE_APPS
    ]  # fmt: skip


def everything(rows: dict[str, Any] | None = None) -> dict[type[models.Model], Any]:
    """A row of every table of the current business."""
    rows = some_rows() if rows is None else rows
    conversation, message, delivery = rows["conversations"], rows["messages"], rows["deliveries"]
    now, karim = timezone.now(), people.employee("karim")
    actions.take_over(conversation, employee=karim, by=SYSTEM)
    actions.mark_read(conversation.fresh(), employee=karim, seq=None)
    reply = actions.send_message(conversation.fresh(), body="Certainly", by=karim.user.actor, employee=karim)
    actions.keep_draft(conversation, employee=karim, body="I will look into")
    set_consent(rows["customers"], purpose="marketing", granted=True, source="message", wording="Yes", by=SYSTEM)
    MessageAttempt.objects.create(message=reply, number=9, started_at=now)
    StatusEvent.objects.create(message=reply, status="sent", provider_at=now, received_at=now, moved=True)
    Reaction.objects.create(message=message, by="customer", emoji="+", at=now, external_id="wamid.r")
    DeliveryElement.objects.create(delivery=delivery, position=0, kind="message", raw={"text": "Hello"})
    conversation.labels.add(rows["labels"])
    rows["customers"].labels.add(rows["labels"])
    IdempotentRequest.objects.create(key="k", caller="c", fingerprint="f", status=200, body={"body": "Hello"})
    inbox: Inbox = an_inbox("simulator")
    SimulatorPhone.objects.create(inbox=inbox, number="+15550001111", name="Rana", clock_offset=timedelta())
    UsageMonth.objects.get_or_create(month=now.date().replace(day=1))
    view = apps.get_model("auth", "Permission").objects.get(codename="view_inbox")
    InboxUserPermission.objects.create(user=karim.user, permission=view, content_object=inbox)
    chain.seal(whole=True)
    return {model: row for model in tables() if (row := model._base_manager.order_by("pk").first())}


def plant() -> set[str]:
    """Write the marker into every text of every row of the current business. Returns the columns that refused it."""
    refused = set()
    numbers = count()
    texts = {field.name: value for field in AuditEvent._meta.local_fields if (value := _marker(field, next(numbers)))}
    AuditEvent.objects.create(**texts)
    price = ServicePrice.objects.values_list("service", flat=True)[0]
    ServicePrice.objects.create(service_id=price, old=1, new=2, currency="USD", at=timezone.now(), reason=MARKER)
    for model in set(tables()) - {AuditEvent, AuditSeal, ServicePrice}:  # which nobody may change
        for pk in list(model._base_manager.values_list("pk", flat=True)):
            for field in model._meta.local_fields:
                if value := _marker(field, next(numbers)):
                    refused |= _write(model, pk, field, value)
    with connection.cursor() as cursor:
        cursor.execute(NUMBERED, [NUMBER])
    return refused


def pictures(business: Business, word: str) -> None:
    """Give a business a logo and somebody in it a portrait, both with this text for a picture. Where rows have equal
    keys, so have the pictures."""
    with tenant_context(business):
        someone = Employee.objects.order_by("-pk")[0]
        logo, portrait = (
            f"{business.schema_name}/logo/{someone.pk}",
            f"{business.schema_name}/avatars/{someone.pk}.webp",
        )
        for name in (*(f"{logo}/{size}" for size in SIZES), portrait):
            default_storage.delete(name)
            default_storage.save(name, ContentFile(word.encode()))
        Employee.objects.filter(pk=someone.pk).update(avatar_key=portrait)
        for file in Attachment.objects.exclude(owner_kind=""):
            key = f"{business.schema_name}/media/{file.pk}.png"
            default_storage.delete(key)
            default_storage.save(key, ContentFile(word.encode()))
            Attachment.objects.filter(pk=file.pk).update(storage_key=key, mime="image/png")
        refused = default_storage.save(f"{business.schema_name}/imports/{someone.pk}-refused.csv", ContentFile(word))
        ImportJob.objects.update(rejected_key=refused)
        SimulatorBubble.objects.update(payload={"id": files.keep(word.encode(), "image/png")})
    with schema_context("public"):
        Business.objects.filter(pk=business.pk).update(logo_key=logo)
    hosts.forget()


def key(model: type[models.Model]) -> UUID | None:
    """The key of the newest row of a table, if it could stand in an address. The oldest may be a seed, whose key is
    the same in every business."""
    if not isinstance(model._meta.pk, models.UUIDField):
        return None
    found: UUID | None = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return found


def _marker(field: "models.Field[Any, Any]", number: int) -> Any:
    if field.primary_key or field.choices or field.is_relation:
        return None
    if isinstance(field, models.JSONField):
        return {MARKER: MARKER}
    if isinstance(field, ArrayField) and not isinstance(field.base_field, (models.CharField, models.TextField)):
        return None
    if isinstance(field, ArrayField):
        return [f"{MARKER}{number}"]
    if isinstance(field, (models.CharField, models.TextField)):
        room = field.max_length or 1000
        return f"{MARKER}{number}"[:room] if room >= len(MARKER) else None
    return None


def _write(model: type[models.Model], pk: Any, field: "models.Field[Any, Any]", value: Any) -> set[str]:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=pk).update(**{field.name: value})
    except DatabaseError:
        return {f"{model._meta.label_lower}.{field.name}"}
    return set()
