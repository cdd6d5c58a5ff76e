"""Every route of the OpenAPI document, with a body it takes and a row it is about: the ground of generated tests."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from drf_spectacular.generators import SchemaGenerator

from apps.accounts import links
from apps.accounts.actions import add_exception, invite, issue_token, link_of
from apps.accounts.models import (
    ApiToken,
    Calendar,
    CalendarException,
    DeviceSession,
    Employee,
    Invitation,
    Role,
    Secret,
    SignedLink,
    User,
)
from apps.accounts.models.calendar import opening_week
from apps.accounts.secrets import set_secret
from apps.audit import exports
from apps.audit.models import AuditEvent, ExportJob
from apps.bookings.actions import edit_service
from apps.bookings.models import Service, ServicePrice
from apps.conversations.actions import add_note, create_macro, create_reply, create_view
from apps.conversations.models import (
    Assignment,
    CannedReply,
    ComposerDraft,
    Conversation,
    Macro,
    Message,
    Note,
    ReadMark,
    SavedView,
)
from apps.core.actors import SYSTEM
from apps.customers.actions import create_customer, merge, upload_import
from apps.customers.actions.labels import create_label
from apps.customers.models import Customer, CustomerMerge, ImportJob, Label
from apps.gateways.actions import create_template
from apps.gateways.drafts import Draft
from apps.gateways.models import (
    Delivery,
    DeliveryElement,
    Inbox,
    InboxGroupPermission,
    InboxUserPermission,
    SimulatorBubble,
    SimulatorPhone,
    Template,
)  # fmt: skip
from apps.gateways.simulator.phone import add_phone
from apps.media.models import Attachment
from apps.tenants.models import Business, Domain
from apps.tenants.postgres.context import current_schema
from tests import people
from tests.factories import a_conversation, a_file, a_service, an_inbox

NAMED_SECRET = SimpleNamespace(pk=Secret.Name.OPENAI_API_KEY.value)  # a name, the same in every business
RAISE = {"verb": "set_priority", "priority": "urgent"}
PATTERN = re.compile(r"/api/v1/[a-z-]+/(\{id\}/)?([a-z-]+/)?")
DRAFT = Draft(name="see_you", language="en", category="utility", body="Until soon, and thank you.")
KEPT = (
    Assignment, Attachment, Calendar, CalendarException, CannedReply, ComposerDraft, Conversation, Customer, Delivery,
    DeliveryElement, DeviceSession, Employee, Inbox, InboxGroupPermission, InboxUserPermission, Invitation, Label,
    Macro, Message, Note, ReadMark, Role, SavedView, Service, ServicePrice, SignedLink, SimulatorBubble,
    SimulatorPhone, Template,
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One operation: `POST /api/v1/conversations/{id}/close/`, guarded by `conversations.send_message`."""

    method: str
    path: str
    guard: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def noun(self) -> str:
        return self.path.split("/")[3]

    @property
    def short(self) -> str:
        return self.path.removeprefix("/api/v1/")


def document(urlconf: str = "config.urls") -> dict[str, Any]:
    """The OpenAPI document of a business's host, or of the platform's ("config.urls_public")."""
    found: dict[str, Any] = SchemaGenerator(urlconf=urlconf).get_schema(request=None, public=True)
    return found


def routes() -> list[Route]:
    """All operations there are."""
    return [
        Route(method.upper(), path, act["x-guard"])
        for path, acts in sorted(document()["paths"].items())
        for method, act in acts.items()
    ]


def some_rows() -> dict[str, Any]:
    """One row of each noun in the current business, by the noun."""
    samia = people.employee("samia")
    issue_token(samia, name="script", by=SYSTEM)
    conversation = a_conversation()
    delivery = Delivery.objects.create(
        received_at=timezone.now(), gateway="whatsapp_cloud", app_id=conversation.inbox.app_id, bytes=2, element_count=0
    )
    Calendar.objects.filter(purpose="business").delete()  # the seed's key is the same in every business
    calendar = Calendar.objects.create(purpose="business", weekly=opening_week())
    phone = add_phone(an_inbox("simulator"), number="+96170555555", by=SYSTEM)
    phone.bubbles.create(direction="out", body="Welcome", external_id="wamid.sim.shown", provider_at=timezone.now())
    role = Role.objects.create(name="cashier", display_name="Cashier", group=Group.objects.create(name="cashier"))
    invitation = invite(email="rana@example.test", full_name="Rana", role=role, by=SYSTEM, inviter=samia)
    invitation.mailed = link_of(invitation).split("/")[-2]  # type: ignore[attr-defined]
    set_secret(Secret.Name.OPENAI_API_KEY, "sk-test-0123456789", scope="business", by=SYSTEM)
    export = exports.request_export(samia.user, kind="customers", format="csv", params={}, by=samia.user.actor)
    exports.run(export.pk)
    return {
        "audit-events": AuditEvent.objects.latest("at"),
        "exports": ExportJob.objects.get(pk=export.pk),
        "secrets": NAMED_SECRET,
        "auth": _links(people.employee("layla").user),
        "sessions": DeviceSession.objects.create(
            user=samia.user, session_key_hash=f"elsewhere {samia.pk}", expires_at=timezone.now() + timedelta(hours=1)
        ),
        "employees": people.employee("layla"),
        "invitations": invitation,
        "roles": Role.objects.create(name="porter", display_name="Porter", group=Group.objects.create(name="porter")),
        "api-tokens": ApiToken.objects.get(name="script"),
        "inboxes": conversation.inbox,
        "customers": conversation.customer,
        "customer-imports": _an_import(samia),
        "customer-merges": _a_merge(conversation.customer),
        "customers-other": create_customer(name="Nour", phone="+96170888999", by=SYSTEM),
        "labels": create_label(name="Wholesale", by=SYSTEM),
        "conversations": conversation,
        "messages": conversation.last_message,
        "media": a_file(conversation.messages.get()),
        "notes": add_note(conversation, body="Prefers Arabic", author=samia, by=SYSTEM),
        "canned-replies": create_reply(
            title="Welcome", shortcut="welcome", body_en="Welcome {{customer_name}}", by=SYSTEM
        ),
        "saved-views": create_view(owner=samia, name="Urgent", filters={"priority": "urgent"}, by=SYSTEM),
        "macros": create_macro(owner=samia, name="Raise", steps=[RAISE], by=SYSTEM),
        "deliveries": delivery,
        "simulator": phone,
        "templates": create_template(phone.inbox, draft=DRAFT, by=SYSTEM),
        "domains": _a_domain(),
        "calendars": calendar,
        "calendar-exceptions": add_exception(calendar, first=date(2026, 12, 25), label="Holiday", by=SYSTEM),
        "services": edit_service(a_service(), by=SYSTEM, price=Decimal(60)),
    }


def _an_import(employee: Employee) -> ImportJob:
    """A file of customers that waits to be mapped."""
    return upload_import(b"Name,Phone\nNour,+96170111222", name="list.csv", employee_id=employee.pk, by=SYSTEM)


def _a_merge(customer: Customer) -> CustomerMerge:
    """Somebody else who turned out to be this customer."""
    return merge(customer, absorbed=create_customer(name="Rana again", phone="+96170888111", by=SYSTEM), by=SYSTEM)


def _a_domain() -> Domain:
    """A name of the current business's own that is in use."""
    schema = current_schema()
    with schema_context("public"):
        business = Business.objects.get(schema_name=schema)
        return Domain.objects.create(
            business=business, host=f"chat.{business.slug}.example", kind="custom", is_primary=False, proof="0" * 40
        )


def _links(user: User) -> SignedLink:
    """A living link of each kind for somebody; what was mailed is beside the row."""
    rows = [links.issue(user, purpose) for purpose in (SignedLink.Purpose.CONFIRM_EMAIL, SignedLink.Purpose.RESET)]
    rows[-1].mailed = {row.purpose: links.token_for(row.purpose, row.pk) for row in rows}  # type: ignore[attr-defined]
    return rows[-1]


def snapshot(*businesses: Business) -> dict[Any, Any]:
    """Everything the API could have changed in these businesses."""
    found: dict[Any, Any] = {}
    for business in businesses:
        with tenant_context(business):
            for model in KEPT:
                found[business.slug, model.__name__] = rows_of(model)
            found[business.slug, "ExportJob"] = ExportJob.objects.count()
            found[business.slug, "Secret"] = list(Secret.objects.order_by("pk").values("name", "last4", "set_at"))
            found[business.slug, "ApiToken"] = list(ApiToken.objects.order_by("pk").values("pk", "name", "revoked_at"))
    return found


def rows_of(model: type[Model]) -> list[dict[str, Any]]:
    """All rows of a model as plain values."""
    return list(model._default_manager.order_by("pk").values())
