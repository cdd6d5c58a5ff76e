"""One HTTP exchange with a provider, and what its failure means for the message.

Before the request has left nothing was sent, so trying again is safe; afterwards nobody
knows (R-025). Providers' answers are read in their own packages.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import httpx

from apps.gateways.protocol import Meaning, SendTrouble, trouble

if TYPE_CHECKING:
    import ssl

TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
"""Seconds: 5 to connect, 20 for each read."""

_LONGEST_WAIT: Final = 86_400.0

_NEVER_LEFT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)
_OURS: Final = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)


@cache
def _trust() -> ssl.SSLContext:
    """Reading the certificate store costs more than a request, so it is read once."""
    return httpx.create_ssl_context()


def exchange(method: str, url: str, **request: Any) -> httpx.Response:
    """The provider's answer, whatever its status. Raises SendTrouble when there is none.

    ``request`` is what ``httpx.Client.request`` takes. Redirects are not followed: they
    would carry credentials elsewhere.
    """
    try:
        with httpx.Client(verify=_trust(), timeout=TIMEOUT) as client:
            return client.request(method, url, **request)
    except (httpx.HTTPError, httpx.InvalidURL) as failure:
        raise trouble_of(failure) from failure


def trouble_of(failure: Exception) -> SendTrouble:
    """What a failed exchange means: never left, ours to mend, or unknown."""
    name = type(failure).__name__
    if isinstance(failure, _NEVER_LEFT):
        return trouble(Meaning.PASSING, name, str(failure))
    if isinstance(failure, _OURS):
        return trouble(Meaning.BAD_PARAMETERS, name, str(failure))
    return trouble(Meaning.TIMEOUT, name, str(failure))


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds the provider asks us to wait, from either form of the header; a day at most."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(asked)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    wait = (until - datetime.now(UTC)).total_seconds()
    return min(max(0.0, wait), _LONGEST_WAIT)
