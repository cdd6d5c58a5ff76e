"""What the elements of a provider's POST say, in our own words.

Import these from ``apps.gateways.protocol``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from apps.gateways.trouble import Meaning


MessageType: TypeAlias = Literal[
    "text", "image", "video", "voice", "audio", "document", "sticker", "location",
    "contacts", "interactive", "order", "unsupported", "template",
]  # fmt: skip
IgnoredReason: TypeAlias = Literal[
    "own_number_echo", "group", "unsupported_field", "history_import",
    "unknown_message", "business_erased",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the provider names them. Any part may be missing; ``phone`` is E.164."""

    provider_user: str | None = None
    provider_parent: str | None = None
    phone: str | None = None
    username: str | None = None
    profile_name: str = ""

    @property
    def is_reachable(self) -> bool:
        """Whether anything here tells this person from another."""
        return bool(self.provider_user or self.phone)


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file held by the provider: its id (Meta) or address (Twilio).

    ``sha256`` is base64, as Meta writes it; ``mime`` comes without parameters.
    """

    reference: str
    mime: str
    sha256: str | None = None
    name: str | None = None
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """A customer's message.

    ``body`` is what a person reads: text, caption, title of the choice. ``payload`` by
    type: location {latitude, longitude, name, address, url}; contacts {contacts};
    interactive {kind: button_reply, list_reply, form_reply, button or
    call_permission_reply, id, title, description, answers}; order {catalog_id, items};
    sticker {animated}; unsupported {provider_type, errors}. Any type may add referral,
    referred_product, frequently_forwarded and more_media [{reference, mime}].
    """

    external_id: str
    provider_at: datetime | None
    person: Person
    type: MessageType
    body: str
    payload: dict[str, Any]
    reply_to_external: str | None = None
    media: MediaRef | None = None
    is_group: bool = False
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class StatusChange:
    """News of a message of ours; ``status`` is sent, delivered, read, played, failed,
    deleted, or the provider's own word. ``opaque_id`` is ours, come back."""

    external_id: str
    status: str
    provider_at: datetime | None
    opaque_id: UUID | None = None
    code: str | None = None
    detail: str | None = None
    pricing: dict[str, Any] | None = None
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True)
class ReactionChange:
    """A reaction given, or taken back (``emoji`` None). ``by_business``: on our phone."""

    external_id: str
    target_external: str
    emoji: str | None
    person: Person
    provider_at: datetime | None
    by_business: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text (or caption) of an older message."""

    external_id: str
    target_external: str
    body: str
    provider_at: datetime | None
    person: Person
    by_business: bool = False


@dataclass(frozen=True, slots=True)
class Revoked:
    """An older message was deleted for everyone."""

    external_id: str
    target_external: str
    provider_at: datetime | None
    person: Person
    by_business: bool = False


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """The same person under another number or user id, or on another device (identity)."""

    external_id: str | None
    provider_at: datetime | None
    old: Person
    new: Person
    what: Literal["number", "user_id", "identity"]


@dataclass(frozen=True, slots=True)
class Echo:
    """What the owner typed on the phone app to a customer. Types and payload: Inbound."""

    external_id: str
    provider_at: datetime | None
    to: Person
    type: MessageType
    body: str
    payload: dict[str, Any]
    reply_to_external: str | None = None
    media: MediaRef | None = None


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """The provider complains about the channel, not about one message."""

    code: str
    detail: str
    provider_at: datetime | None
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """News about templates, account, quality, preferences; ``detail`` in provider words."""

    kind: str
    detail: dict[str, Any]
    provider_at: datetime | None
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Authentic, yet not to be understood: for the dead letters. ``reason`` ≤ 60."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Understood and of no use to us (GW-14)."""

    reason: IgnoredReason


Fact: TypeAlias = (
    Inbound | StatusChange | ReactionChange | Edited | Revoked | IdentityChanged | Echo
    | ChannelTrouble | Notice | Unknown | Ignored
)  # fmt: skip
