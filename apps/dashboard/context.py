"""What every template may use: the business and its hue, the person, the answer's nonce, the socket's address."""

from functools import partial
from typing import Any

from django.http import HttpRequest

from apps.conversations.queries import calling
from apps.core import numerals
from apps.dashboard.usage import plan_notice

LIVE_URL = "/ws/"


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Error pages need it too, so it asks the database only if a template shows the count."""
    business, me = getattr(request, "business", None), getattr(request, "me", None)
    return {
        "business": business,
        "brand": business.brand if business else None,
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "me": me,
        "numerals": numerals.current.get(),
        "visit": getattr(request, "visit", None),
        "live_url": LIVE_URL,
        "plan_notice": partial(plan_notice, business) if me and business else None,
        "calling": partial(calling, request.user) if me else 0,
        "request_id": getattr(request, "request_id", ""),
    }
