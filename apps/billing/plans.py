"""The plans we sell (requirements 3): the one table of prices, limits and features. `sync_plans` makes it rows.

Everything else, the pricing page too, reads the rows.
"""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

GIGABYTE = 1024**3
MONTHS_IN_A_YEAR_PAID = 10

FEATURES = {
    "voice": _("Voice notes turned into text"),
    "own_prompts": _("Own prompt templates"),
    "web_push": _("Notifications in the browser"),
    "advanced_analytics": _("Advanced analytics"),
    "data_export": _("Data export"),
    "api_tokens": _("API tokens"),
    "calendar_sync": _("Google and CalDAV calendars"),
    "custom_domain": _("Own domain"),
    "white_label": _("Without the Majlis name"),
    "outgoing_webhooks": _("Outgoing webhooks"),
    "service_agreement": _("Service agreement"),
}
LIMITS = {
    "conversations": _("Conversations a month"),
    "employees": _("Team members"),
    "voice_minutes": _("Voice minutes a month"),
    "services": _("Active services"),
    "inboxes": _("Connected numbers"),
    "storage_bytes": _("Storage"),
}

_PRO = [
    "voice", "own_prompts", "web_push", "advanced_analytics", "data_export", "api_tokens", "calendar_sync",
    "custom_domain",
]  # fmt: skip
# key: USD a month; limits in the order of LIMITS, None for unlimited; features
_TABLE: dict[str, tuple[int, tuple[int | None, ...], list[str]]] = {
    "free": (0, (100, 1, 0, 10, 1, 1 * GIGABYTE), []),
    "starter": (100, (1_000, 3, 60, 50, 2, 5 * GIGABYTE), ["voice"]),
    "pro": (200, (5_000, 10, 200, None, 5, 25 * GIGABYTE), _PRO),
    "enterprise": (300, (None, None, None, None, None, 100 * GIGABYTE), list(FEATURES)),
}
ORDER = tuple(_TABLE)  # from the least to the most


def as_sold() -> dict[str, dict[str, Any]]:
    """The columns of each plan's row, by its key."""
    return {
        key: {
            "price_month": Decimal(price), "price_year": Decimal(price * MONTHS_IN_A_YEAR_PAID), "currency": "USD",
            "features": features, **dict(zip(LIMITS, limits, strict=True)),
        }
        for key, (price, limits, features) in _TABLE.items()
    }  # fmt: skip
