"""Handing a message to the pretend network. Who carries it is a setting, because its phones
live in a business's own tables, of which gateways know nothing."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Protocol, cast

import httpx
from django.conf import settings
from django.utils.module_loading import import_string

from apps.gateways.files import NotFetched
from apps.gateways.reading import number, table
from apps.gateways.transport import trouble_of
from apps.gateways.whatsapp_cloud.client import checked

if TYPE_CHECKING:
    from apps.gateways.files import OutboundFile
    from apps.gateways.protocol import KnownTemplate, Line


class Carrier(Protocol):
    """The pretend network; ``settings.SIMULATOR_CARRIER`` names a class made without
    arguments."""

    def upload(self, data: bytes, mime: str) -> str:
        """Keep a file of ours, and return the id it is sent by."""

    def hand_out(self, line: Line, reference: str) -> bytes | None:
        """A customer's file, as far as it is there. May raise NotFetched for faults of the network."""

    def accept(self, line: Line, body: dict[str, Any]) -> dict[str, Any]:
        """What Meta would answer to ``body``: messages with an id, or ``error``.

        An error may add ``http_status`` and ``retry_after`` (seconds) at the top. May raise
        httpx's exceptions for faults of the network.
        """

    def templates(self, line: Line) -> list[KnownTemplate]:
        """Its own approved ones, and those that were handed in to it."""


def carrier() -> Carrier:
    """Who carries."""
    return cast("Carrier", import_string(settings.SIMULATOR_CARRIER)())


def post_message(line: Line, body: dict[str, Any]) -> Any:
    """The carrier's answer. Raises SendTrouble, by the same rules as for Meta."""
    try:
        answer = carrier().accept(line, body)
    except httpx.HTTPError as failure:
        raise trouble_of(failure) from failure
    status = number(table(answer).get("http_status")) or 200
    return checked(answer, int(status), number(table(answer).get("retry_after")))


def upload_media(file: OutboundFile) -> str:
    """The id of a file of ours at the pretend provider."""
    return _carrier().upload(file.read(), file.mime)


def fetch_media(line: Line, reference: str, into: IO[bytes], largest: int) -> str:
    """A pretend customer's file. Its hash was told when it was announced. Raises NotFetched."""
    data = _carrier().hand_out(line, reference)
    if data is None:
        raise NotFetched("gone", is_final=True)
    if len(data) > largest:
        raise NotFetched("too_large", is_final=True)
    into.write(data)
    return ""


def _carrier() -> Carrier:
    return cast("Carrier", import_string(settings.SIMULATOR_CARRIER)())
