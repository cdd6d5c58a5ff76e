"""AUD-02, generated from the document: each operation that changes something leaves a row in the record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.actions import deactivate_employee
from apps.audit.models import AuditEvent
from apps.bookings.actions import deactivate_service
from apps.bookings.models import Service
from apps.conversations.actions import send_message, take_over
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.customers.actions import block
from apps.gateways.actions import grant_inbox
from apps.media.models import Attachment
from apps.tenants import hosts
from apps.tenants.actions import close_business
from apps.tenants.models import Business
from tests import people
from tests.api.bodies import body_of
from tests.api.routes import Route, routes, some_rows

Call = Callable[..., Any]

STATES: dict[str, dict[str, Any]] = {
    "reopen": {"status": "resolved"},
    "calm": {"flooded_at": timezone.now()},
    "unsnooze": {"status": "snoozed", "snoozed_until": timezone.now() + timedelta(days=1)},
    "set-mode": {"mode": "ai", "holder": "assistant"},
}
FATES = {"cancel": "queued", "mark-not-sent": "unknown", "retry": "failed"}

# They change nothing that anybody would ask about later, each with the reason.
SILENT = {
    "POST /api/v1/conversations/{id}/read/": "how far somebody has read",
    "POST /api/v1/conversations/{id}/unread/": "the same",
    "POST /api/v1/conversations/{id}/typing/": "that somebody is writing",
    "POST /api/v1/conversations/{id}/viewing/": "that somebody looks",
    "POST /api/v1/auth/send-verification/": "a letter, and the link in it",
    "POST /api/v1/simulator/{id}/message/": "a pretend customer's message, kept as a message",
    "POST /api/v1/simulator/{id}/status/": "a pretend provider's news, kept in the ledger",
    "POST /api/v1/deliveries/replay-range/": "a row for each delivery gone through, and here there is none",
}
WRITES = [route for route in routes() if route.method != "GET"]

# They want a provider, a file or a name's answer; their own tests ask the record.
NOT_HERE = {
    f"POST /api/v1/{path}/" for path in (
        "auth/mfa-confirm", "auth/mfa-disable", "business/logo", "domains/{id}/verify", "inboxes/{id}/sync-profile",
        "inboxes/{id}/sync-templates", "media",
        "subscription/checkout", "subscription/portal", "subscription/resume",
    )
}  # fmt: skip


@pytest.mark.parametrize("route", [route for route in WRITES if str(route) not in {*SILENT, *NOT_HERE}], ids=str)
def test_it_leaves_a_row(route: Route, api: Call, acme: Business) -> None:
    rows = some_rows()
    prepare(route, rows)
    row, before = rows.get(route.noun), set(AuditEvent.objects.values_list("pk", flat=True))

    answer = api("samia")(route.method, route.short.replace("{id}", str(row.pk) if row else ""), **body_of(route, rows))

    assert answer.status_code in (200, 201, 204), f"{route} → {answer.status_code} {answer.text[:300]}"
    after = AuditEvent.objects.exclude(pk__in=before)
    assert after.exists(), f"{route} left no row"
    assert all(entry.verb and entry.actor_kind and entry.request_id != "-" for entry in after)


def test_the_list_of_the_silent_holds_only_routes_there_are() -> None:
    assert {*SILENT, *NOT_HERE} - {str(route) for route in WRITES} == set()
    assert len(WRITES) > 25


def prepare(route: Route, rows: dict[str, Any]) -> None:
    """Bring the rows into a state in which this act is possible."""
    conversation = Conversation.objects.filter(pk=rows["conversations"].pk)
    verb = route.short.rstrip("/").split("/")[-1]
    if verb in ("unassign", "transfer"):
        take_over(conversation.get(), employee=people.employee("samia"), by=SYSTEM)
    elif verb == "reactivate":
        deactivate_employee(rows["employees"], by=SYSTEM)
    elif verb == "activate":
        deactivate_service(rows["services"], by=SYSTEM)
    elif verb == "ungrant":
        grant_inbox(rows["inboxes"], holder=rows["roles"], words=["view"], by=SYSTEM)
    elif verb == "unblock":
        block(rows["customers"], by=SYSTEM)
    elif verb == "reorder":
        Service.objects.filter(pk=rows["services"].pk).update(sort=7)
    elif route.short == "business/reopen/":
        close_business(Business.objects.get(slug="acme"), reason="Asked by its owner.", by=SYSTEM)
        hosts.forget()
    elif changes := STATES.get(verb):
        conversation.update(**changes)
    elif verb == "refetch":
        Attachment.objects.update(state="failed")
    if status := FATES.get(verb):
        sent = send_message(conversation.get(), body="Good morning", by=SYSTEM)
        Message.objects.filter(pk=sent.pk).update(status=status, error_code="131026")
        rows["messages"] = sent
