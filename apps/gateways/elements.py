"""The items of a provider's POST, before anybody reads what they say.

Import these from ``apps.gateways.protocol``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import datetime


class Kind(StrEnum):
    """What one element of a provider's POST is about (GW-15)."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    INTERACTIVE = "interactive"
    BUTTON = "button"
    FORM_REPLY = "form_reply"
    ORDER = "order"
    REACTION = "reaction"
    EDIT = "edit"
    REVOKE = "revoke"
    SYSTEM = "system"
    UNSUPPORTED = "unsupported"
    STATUS = "status"
    ERROR = "error"
    ECHO = "echo"
    HISTORY = "history"
    CONTACT_SYNC = "contact_sync"
    TEMPLATE_STATUS = "template_status"
    TEMPLATE_QUALITY = "template_quality"
    TEMPLATE_CATEGORY = "template_category"
    TEMPLATE_COMPONENTS = "template_components"
    ACCOUNT_UPDATE = "account_update"
    PHONE_QUALITY = "phone_quality"
    PREFERENCES = "preferences"
    USER_ID_UPDATE = "user_id_update"
    UNSUPPORTED_FIELD = "unsupported_field"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an element is headed: a connected number, else the account it hangs on."""

    kind: Literal["number", "account", "service"]
    external_id: str


@dataclass(frozen=True, slots=True)
class Element:
    """One item of a provider's POST.

    ``addresses`` are candidates for routing, best first. ``raw`` is plain JSON that any
    database stores and that ``interpret`` understands years later without its neighbours.
    """

    kind: str
    addresses: tuple[Address, ...]
    external_id: str | None
    provider_at: datetime | None
    raw: dict[str, Any]
