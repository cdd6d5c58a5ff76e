"""Requests to addresses that people typed pass here, and nowhere else (requirements CORE-16).

The name is resolved once, by the guard, and the connection goes to the very address that was checked: what DNS says a
moment later no longer matters. Certificates are still checked against the name.
"""

import ipaddress
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from ssl import SSLContext
from typing import IO, Any
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore
import httpx
from django.conf import settings

LARGEST = 5 * 1024 * 1024  # bytes of an answer, unless the caller says otherwise
LONGEST = 20.0  # seconds for everything together, redirects too
MOST_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
PORTS = {"https": 443, "http": 80}
KEPT_ACROSS_REDIRECTS = {"accept", "accept-language", "user-agent"}
INSIDE_THOUGH_GLOBAL = {"168.63.129.16"}  # Azure's host agent answers at a public-looking address
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(Exception):
    """This address is not for us to call: its form, or the place it leads to, is refused. Nothing was sent there."""


class NoAnswer(Exception):
    """The address may be called, but the answer did not come, in time and in size."""


class TooLarge(NoAnswer):
    """The answer is larger than the caller takes; what came of it is to be thrown away."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names in small letters, the body as it was sent, and the address it came from at last."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    plain_http: bool = False,
    largest: int = LARGEST,
    longest: float = LONGEST,
    into: IO[bytes] | None = None,
) -> Answer:
    """The answer of an address somebody typed, whatever its status.

    https only, unless `plain_http` or OUTBOUND_ALLOW names the host and port. Up to three redirects are followed for
    GET and HEAD; each is checked like the first address and carries none of the caller's credentials. With `into`, the
    body is written there piece by piece and is empty in the answer. Raises BadAddress, NoAnswer, TooLarge.
    """
    deadline = time.monotonic() + longest
    kept = dict(headers or {})
    for _turn in range(MOST_REDIRECTS + 1):
        answer = _ask(_checked(url, plain_http), method, kept, content, largest, deadline, into)
        onward = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not onward:
            return answer
        if method not in ("GET", "HEAD"):
            raise BadAddress("An address that is written to may not send us elsewhere.")
        url = urljoin(url, onward)
        kept = {name: value for name, value in kept.items() if name.lower() in KEPT_ACROSS_REDIRECTS}
    raise BadAddress(f"More than {MOST_REDIRECTS} redirects.")


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet: not private, local, shared, reserved, nor one in disguise."""
    found: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and found in NAT64:
            inner = ipaddress.IPv4Address(found.packed[-4:])
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and str(found) not in INSIDE_THOUGH_GLOBAL


def _checked(url: str, plain_http: bool) -> SplitResult:
    """The parts of an address whose form is allowed. Where it leads is checked when it is resolved."""
    if any(letter.isspace() or ord(letter) < 32 for letter in url):
        raise BadAddress("An address holds no blanks.")
    try:
        parts = urlsplit(str(httpx.URL(url)))  # names of other scripts as DNS knows them
        port = parts.port
    except (ValueError, httpx.InvalidURL):
        raise BadAddress("This is not an address.") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadAddress("Only web addresses are called.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("An address may not carry a user name or a password.")
    if parts.scheme == "http" and not plain_http and not _is_allowed(parts.hostname, port or PORTS["http"]):
        raise BadAddress("Only https addresses are called.")
    return parts


def _is_allowed(host: str, port: int) -> bool:
    return f"{host}:{port}" in settings.OUTBOUND_ALLOW


class _Pinned(httpcore.SyncBackend):
    """Resolves a name once, refuses what is not public, and connects to the address it has checked."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NoAnswer("The name of this address is not known.") from None
        addresses = [str(each[4][0]) for each in found]
        if not _is_allowed(host, port) and not all(is_public(address) for address in addresses):
            raise BadAddress("This address leads into a private network.")
        stream = super().connect_tcp(addresses[0], port, self._left(timeout), local_address, socket_options)
        return _Hurried(stream, self._left)

    def _left(self, timeout: float | None) -> float:
        """Seconds for the next step: never beyond the deadline."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise NoAnswer("The answer took too long.")
        return min(left, timeout if timeout is not None else left)


class _Hurried(httpcore.NetworkStream):
    """A stream each of whose steps ends at the common deadline, so that an answer cannot drip for ever."""

    def __init__(self, stream: httpcore.NetworkStream, left: Any) -> None:
        self._stream, self._left = stream, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Hurried(secured, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@cache
def _trust() -> SSLContext:
    return httpx.create_ssl_context()


def _ask(
    parts: SplitResult, method: str, headers: Mapping[str, str], content: bytes | None, largest: int, deadline: float,
    into: IO[bytes] | None,
) -> Answer:  # fmt: skip
    url = parts._replace(fragment="").geturl()
    sent = {"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "Majlis", **headers}
    body: Any = BytesIO() if into is None else into
    body.seek(0)
    body.truncate()  # what an address before this one said
    try:
        with (
            httpcore.ConnectionPool(_trust(), network_backend=_Pinned(deadline)) as pool,
            pool.stream(method, url, headers=list(sent.items()), content=content) as response,
        ):
            for chunk in response.iter_stream():
                body.write(chunk)
                if body.tell() > largest:
                    raise TooLarge("The answer is too large.")
            told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, told, body.getvalue() if into is None else b"", url)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, UnicodeError) as failure:
        raise NoAnswer(f"There was no answer: {type(failure).__name__}.") from failure
