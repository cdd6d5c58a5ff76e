"""What every gateway promises, and how to get one. All names of the messaging world are
imported from here; providers' own words stay in their packages.

A gateway translates and never decides or stores (GW-01): nothing here or below knows a
row, a queue or a business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import IO, TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, cast

from django.utils.module_loading import import_string

from apps.gateways.elements import Address, Element, Kind
from apps.gateways.facts import (
    ChannelTrouble,
    Echo,
    Edited,
    Fact,
    IdentityChanged,
    Ignored,
    IgnoredReason,
    Inbound,
    MediaRef,
    MessageType,
    Notice,
    Person,
    ReactionChange,
    Revoked,
    StatusChange,
    Unknown,
)
from apps.gateways.files import NotFetched, OutboundFile
from apps.gateways.trouble import (
    ACTIONS,
    Action,
    Forged,
    Meaning,
    OutcomeUnknown,
    Refused,
    SendTrouble,
    Temporary,
    meaning_of_status,
    trouble,
)
from apps.gateways.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.http import QueryDict

__all__ = [
    "ACTIONS", "GATEWAYS", "Action", "Address", "ChannelTrouble", "Condition", "Echo", "Edited",
    "Element", "Fact", "Forged", "Gateway", "IdentityChanged", "Ignored", "IgnoredReason",
    "Inbound", "Kind", "KnownTemplate", "Line", "Meaning", "MediaRef", "MessageType", "NotFetched", "Notice",
    "Outbound", "OutboundFile", "OutboundType", "OutcomeUnknown", "Person", "Profile", "ReactionChange", "Recipient",
    "Refused",
    "Revoked", "SendTrouble", "Sent", "StatusChange", "Submitted", "Temporary", "Unknown", "Wording",
    "gateway", "meaning_of_status", "trouble",
]  # fmt: skip

OutboundType: TypeAlias = Literal[
    "text", "image", "video", "audio", "voice", "document", "location", "buttons",
    "list", "template", "reaction",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """All a client needs to speak for one connected number.

    ``external_id``: phone number id, or Twilio number. ``account_ref``: business account
    id, or account SID. ``secrets`` by the names of requirements 4, and webhook_token (Twilio).
    """

    inbox_id: UUID | str
    external_id: str
    account_ref: str
    secrets: Mapping[str, str] = field(repr=False)
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to: the user id if known, else the phone (GW-29)."""

    provider_user: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message of ours; ``opaque_id`` travels along and comes back in its statuses.

    ``body`` is the text, the caption of image, video and document, or the text above
    buttons and list; other types do not send it. ``payload`` by type: text {preview_url};
    media {link or id, caption, filename} or else ``file``; location {latitude, longitude, name, address};
    buttons {buttons: [{id, title}], header, footer}; list {button, sections: [{title,
    rows: [{id, title, description}]}], header, footer}; template {name, language,
    components}, on Twilio also {content_sid, variables}; reaction {target_external,
    emoji, "" to remove}.
    """

    opaque_id: UUID
    to: Recipient
    type: OutboundType
    body: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    reply_to_external: str | None = None
    file: OutboundFile | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider's ids, one per part, in order."""

    external_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownTemplate:
    """A template as its provider tells of it, in our words for category and status."""

    name: str
    language: str
    category: str
    status: str
    components: list[Any]
    external_id: str
    quality: str = ""
    rejected_reason: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a template that was handed in."""

    external_id: str
    status: str
    rejected_reason: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a provider says of a connected number. ``sends``: yes, limited or no; None is "it does not say"."""

    sends: str = "yes"
    detail: str = ""
    quality: str = ""
    tier: str = ""
    display: str = ""
    subscribed: bool | None = None
    token_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What customers see beside a number's name. ``picture`` is a PNG or JPEG, or nothing."""

    about: str
    description: str = ""
    picture: bytes = field(default=b"", repr=False)
    mime: str = "image/png"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a provider lets itself be asked: ``burst`` at once, then one each ``every`` (R-028)."""

    every: timedelta
    burst: int


WHATSAPP_NUMBER: Final = Pace(every=timedelta(seconds=1 / 70), burst=10)
"""WhatsApp takes 80 a second of one number; in no second do these two make more."""
WHATSAPP_CUSTOMER: Final = Pace(every=timedelta(seconds=6), burst=10)
"""To one customer it takes one in 6 s, and a burst on credit (Meta, "pair rate limits")."""


class Gateway(Protocol):
    """A way to reach customers. Implementations hold no state: one serves every business."""

    name: str
    window: timedelta | None
    """How long after a customer's message free text may be sent; None: always."""
    signature_headers: tuple[str, ...]
    """Headers that carry proof and must not be stored (GW-33)."""
    text_limit: int
    """Characters of text in one part."""
    number_pace: Pace
    """What one connected number may send."""
    customer_pace: Pace
    """What one customer may be sent."""
    reacts: bool
    """Whether it carries our reactions to the customer's phone."""
    pretends: bool
    """Whether no provider stands behind it: nobody is asked before it is connected, and no plan counts it."""

    def verify(
        self,
        body: bytes,
        headers: Mapping[str, str],
        url: str,
        form: QueryDict | None,
        secrets: Sequence[str],
    ) -> str:
        """The one of ``secrets`` that proves the body. Raises Forged; blank ones prove
        nothing. ``url`` is the public address with its query, ``form`` the body's fields
        where the caller has read them."""

    def handshake(self, query: Mapping[str, str], verify_tokens: Sequence[str]) -> str:
        """The challenge to answer in plain text. Raises Forged."""

    def parse(self, body: bytes) -> list[Element]:
        """Everything in the body. Never raises: what is not understood is an element too."""

    def interpret(self, raw: dict[str, Any]) -> Fact:
        """What one element's ``raw`` says. Never raises."""

    def send(self, line: Line, message: Outbound) -> Sent:
        """Say it, in parts if it is long. Raises SendTrouble."""

    def fetch_media(self, line: Line, reference: str, into: IO[bytes], largest: int) -> str:
        """Write a customer's file into `into`, at most so many bytes; the hash the provider tells, or nothing.
        Raises NotFetched, SendTrouble."""

    def mark_read(self, line: Line, external_id: str, typing: bool) -> None:
        """Blue ticks up to that message, and dots while we write. Raises SendTrouble."""

    def fill(self, wording: Wording, values: Mapping[str, str]) -> dict[str, Any]:
        """The payload that sends this template with all its values."""

    def read_templates(self, line: Line) -> list[KnownTemplate]:
        """Every template of the number's account. Raises SendTrouble."""

    def submit_template(self, line: Line, wording: Wording, category: str) -> Submitted:
        """Hand one in, new or changed (it has an id then). Raises SendTrouble."""

    def delete_template(self, line: Line, wording: Wording) -> None:
        """Take one away at the provider. Raises SendTrouble."""

    def examine(self, line: Line) -> Condition:
        """How the number is doing. Raises SendTrouble, with the meaning of what is wrong."""

    def subscribe(self, line: Line) -> None:
        """Have the account's news posted to us, where that is asked for. Raises SendTrouble."""

    def set_profile(self, line: Line, profile: Profile) -> None:
        """Show customers a picture and a text. Raises SendTrouble; Refused where there is no such thing."""

    def upload_sample(self, line: Line, file: bytes, mime: str) -> str:
        """Hand in a sample for a template's header: its handle. Raises SendTrouble; Refused as above."""


GATEWAYS: Final[dict[str, str]] = {
    "whatsapp_cloud": "apps.gateways.whatsapp_cloud.gateway.WhatsAppCloud",
    "twilio": "apps.gateways.twilio.gateway.Twilio",
    "simulator": "apps.gateways.simulator.gateway.Simulator",
}
"""Dotted names: the implementations import this module, so it cannot import them."""


def pretending() -> list[str]:
    """The names of the gateways that no provider stands behind."""
    return [name for name in GATEWAYS if gateway(name).pretends]


@cache
def gateway(name: str) -> Gateway:
    """The gateway of that name. Raises KeyError for a name nobody registered."""
    return cast("Gateway", import_string(GATEWAYS[name])())
