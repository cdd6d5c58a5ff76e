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


def body_of(route: Route, rows: dict[str, Any]) -> dict[str, Any]:
    """Something this route takes, about these rows; empty where it takes nothing."""
    conversation = str(rows["conversations"].pk)
    mailed = getattr(rows.get("auth"), "mailed", {})
    bodies: dict[str, dict[str, Any]] = {
        "PATCH business/": {"name": "Another name"},
        "POST business/close/": {"slug": "acme", "password": people.PASSWORD},
        "POST business/reopen/": {"password": people.PASSWORD},
        "POST business/support-access/": {"hours": 2, "password": people.PASSWORD},
        "POST domains/": {"host": "hello.acme.example"},
        "POST subscription/checkout/": {"plan": "starter"},
        "POST auth/login/": {"email": "layla@example.test", "password": people.PASSWORD},
        "PATCH employees/{id}/": {"full_name": "Another name"},
        "POST invitations/": {"email": "new@example.test", "full_name": "New", "role": str(rows["roles"].pk)},
        "POST roles/": {"name": "packer", "display_name": "Packer"},
        "PATCH roles/{id}/": {"display_name": "Another name"},
        "POST inboxes/{id}/grant/": {"role": str(rows["roles"].pk), "words": ["view"]},
        "POST inboxes/{id}/ungrant/": {"role": str(rows["roles"].pk)},
        "POST auth/password-reset/": {"email": "layla@example.test"},
        "POST auth/password-reset-confirm/": {
            "token": mailed.get("reset", "none"),
            "password": "four calm words here",
        },
        "POST auth/accept-invitation/": {"token": rows["invitations"].mailed, "password": "four calm words here"},
        "POST auth/verify-email/": {"token": mailed.get("confirm_email", "none")},
        "POST auth/change-password/": {"old": people.PASSWORD, "password": "four calm words here"},
        "POST auth/mfa-enable/": {"password": people.PASSWORD},
        "POST auth/mfa-confirm/": {"code": "123456"},
        "POST auth/mfa-disable/": {"password": people.PASSWORD, "code": "123456"},
        "POST me/avatar/": {"avatar": None},
        "POST me/presence/": {"availability": "busy"},
        "PATCH me/": {"theme": "dark"},
        "POST api-tokens/": {"name": "new"},
        "PATCH secrets/{id}/": {"value": "sk-test-abcdefghij"},
        "POST exports/": {"kind": "audit", "format": "json"},
        "POST inboxes/": {"name": "New", "gateway": "simulator", "external_id": "+15550009999"},
        "PATCH inboxes/{id}/": {"name": "Another name"},
        "PUT inboxes/{id}/grants/": {"grants": [{"role": str(rows["roles"].pk), "words": ["view"]}]},
        "POST templates/": {
            "inbox": str(rows["inboxes"].pk),
            "name": "thank_you",
            "language": "en",
            "category": "utility",
            "body": "Thank you, we have your message.",
        },
        "PATCH templates/{id}/": {"footer": "Nour 24"},
        "POST customers/": {"name": "New", "phone": "+96170777888"},
        "PATCH customers/{id}/": {"name": "Another name"},
        "POST customers/{id}/set-consent/": {"purpose": "marketing", "granted": False},
        "POST customers/{id}/erase/": {"name": rows["customers"].phone or "—"},
        "POST customers/merge/": {"kept": str(rows["customers"].pk), "absorbed": str(rows["customers-other"].pk)},
        "POST customers/undo-merge/": {"merge": str(rows["customer-merges"].pk)},
        "POST customers/bulk/": {"ids": [str(rows["customers-other"].pk)], "verb": "block"},
        "POST labels/": {"name": "New label"},
        "PATCH labels/{id}/": {"name": "Another name"},
        "POST conversations/{id}/send/": {"body": "Good morning"},
        "POST conversations/{id}/note/": {"body": "Call back"},
        "POST conversations/{id}/assign/": {"employee": str(rows["employees"].pk)},
        "POST conversations/{id}/set-mode/": {"mode": "hybrid"},
        "POST conversations/{id}/set-priority/": {"priority": "high"},
        "POST conversations/": {
            "customer": str(rows["customers"].pk),
            "inbox": str(rows["inboxes"].pk),
            "body": "Good morning",
        },
        "POST conversations/bulk/": {"ids": [conversation], "verb": "priority", "priority": "high"},
        "POST conversations/{id}/transfer/": {"employee": str(rows["employees"].pk), "reason": "Speaks Arabic"},
        "POST conversations/{id}/snooze/": {"until": f"{timezone.now() + timedelta(days=2):%Y-%m-%d}T09:00:00Z"},
        "POST conversations/{id}/label/": {"labels": [str(rows["labels"].pk)]},
        "POST messages/{id}/react/": {"emoji": "👍"},
        "POST messages/": {"conversation": conversation, "body": "Good morning"},
        "POST notes/": {"conversation": conversation, "body": "Call back"},
        "PATCH notes/{id}/": {"body": "Call back tomorrow"},
        "POST canned-replies/": {"title": "Bye", "shortcut": "bye", "body_en": "Goodbye"},
        "PATCH canned-replies/{id}/": {"title": "Another name"},
        "POST canned-replies/reorder/": {"order": [str(rows["canned-replies"].pk)]},
        "POST canned-replies/{id}/render/": {"conversation": conversation},
        "POST saved-views/": {"name": "Mine", "filters": {"tab": "mine"}},
        "PATCH saved-views/{id}/": {"name": "Another name"},
        "POST macros/": {"name": "Calm", "steps": [{"verb": "set_priority", "priority": "low"}]},
        "PATCH macros/{id}/": {"name": "Another name"},
        "POST macros/{id}/run/": {"conversation": conversation},
        "POST onboarding/skip/": {"step": 2},
        "POST onboarding/reopen/": {"step": 2},
        "POST simulator/": {"number": "+96170666666"},
        "POST simulator/{id}/message/": {"text": "Hello"},
        "POST simulator/{id}/status/": {"message": "wamid.sim.shown", "status": "read"},
        "POST simulator/{id}/fault/": {"faults": {"duplicate": 2}},
        "POST simulator/{id}/clock/": {"seconds": -3600},
        "PATCH calendars/{id}/": {"timezone": "Asia/Beirut"},
        "POST calendars/{id}/exceptions/": {"first": "2027-01-01"},
        "PATCH calendar-exceptions/{id}/": {"label": "Another name"},
        "POST services/": {"name_en": "Rune", "kind": "delivery", "price": "10.00"},
        "PATCH services/{id}/": {"price": "70.00"},
        "POST services/reorder/": {"order": [str(rows["services"].pk)]},
        "POST deliveries/replay-range/": {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"},
    }
    return bodies.get(f"{route.method} {route.short}", {})


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
