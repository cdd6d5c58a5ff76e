"""Files between us and a provider: what it takes, and fetching what it holds (GW-16, MED-03).

Providers' credentials go to their own hosts and nowhere else; every redirect is looked at by `core.outbound`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.core import outbound
from apps.core.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MB: Final = 1024 * 1024
LONGEST: Final = 120.0  # seconds for one file

# of each kind: bytes, and the types WhatsApp takes; none named: any
TAKEN: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "image": (5 * MB, ("image/jpeg", "image/png")),
    "audio": (16 * MB, ("audio/mpeg", "audio/ogg", "audio/mp4", "audio/aac", "audio/amr")),
    "voice": (16 * MB, ("audio/ogg",)),
    "video": (16 * MB, ("video/mp4", "video/3gpp")),
    "document": (100 * MB, ()),
}
CAPTIONED: Final = ("image", "video", "document")


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file of ours to be sent: its bytes when a provider takes uploads, an address for one that fetches."""

    name: str
    mime: str
    read: Callable[[], bytes]
    address: Callable[[], str]


class NotFetched(Exception):
    """A provider's file did not come. `is_final`: asking again would not help."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


def require_taken(kind: str, mime: str, size: int) -> None:
    """Raise Refusal `invalid` unless WhatsApp takes such a file."""
    largest, types = TAKEN.get(kind, (0, ()))
    if types and mime not in types:
        raise Refusal("invalid", _("WhatsApp does not take this kind of file. Send a JPEG, PNG, MP3, OGG, MP4 or PDF."))
    if size > largest:
        told = _("WhatsApp takes at most %(mb)s MB of this kind. Make the file smaller first.")
        raise Refusal("invalid", told % {"mb": largest // MB})


def download(
    url: str, *, hosts: Sequence[str], base: str, headers: Mapping[str, str], into: IO[bytes], largest: int
) -> None:
    """Fetch a provider's file into `into`. `hosts` are its own, a leading dot for all below; `base` the API's address.

    Raises NotFetched: `foreign_host`, `too_large`, `gone` (the link is over), `unavailable`.
    """
    if not _is_theirs(url, hosts, base):
        raise NotFetched("foreign_host", is_final=True)
    try:
        answer = outbound.fetch(url, headers=headers, largest=largest, longest=LONGEST, into=into)
    except outbound.BadAddress:
        raise NotFetched("foreign_host", is_final=True) from None
    except outbound.TooLarge:
        raise NotFetched("too_large", is_final=True) from None
    except outbound.NoAnswer:
        raise NotFetched("unavailable") from None
    if answer.status in (401, 403, 404, 410):
        raise NotFetched("gone")
    if answer.status != 200:
        raise NotFetched("unavailable")


def _is_theirs(url: str, hosts: Sequence[str], base: str) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if base and parts.netloc == urlsplit(base).netloc and parts.scheme == urlsplit(base).scheme:
        return True
    inside = any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts)
    return inside and parts.scheme == "https"
