"""What each route of the API is sent, when it is sent what it wants."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests import people
from tests.api.routes import Route


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
