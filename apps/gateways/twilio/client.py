"""The wire to Twilio: its own REST client over our HTTP exchange, so that a failure says
whether the request had left. Keeps nothing between calls."""

from __future__ import annotations

import base64
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from twilio.http.response import Response
from twilio.rest import Client

from apps.gateways.files import download
from apps.gateways.protocol import Meaning, Refused, trouble
from apps.gateways.reading import identifier, load
from apps.gateways.transport import exchange, retry_after
from apps.gateways.twilio.errors import trouble_of
from apps.gateways.twilio.form import bare

if TYPE_CHECKING:
    from uuid import UUID

    from apps.gateways.protocol import Line

CONTENT: Final = "https://content.twilio.com"


MEDIA_HOSTS: Final = ("api.twilio.com", "mcs.us1.twilio.com")


class Wire:
    """What Twilio's client posts through. ``base`` replaces its hosts, for loopback tests."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Any:
        """Twilio's signature. Raises SendTrouble for every answer that is an error."""
        url = self.base + urlsplit(uri).path if self.base else uri
        answer = exchange(method, url, params=params, data=data, headers=headers, auth=auth)
        if not 200 <= answer.status_code < 300:
            try:
                told = load(answer.content)
            except ValueError:
                told = None
            raise trouble_of(told, answer.status_code, retry_after(answer))
        return Response(answer.status_code, answer.text)


def client(line: Line) -> Any:
    """Twilio's client for one account. Raises Refused when a credential is missing."""
    account, token = line.account_ref, line.secrets.get("twilio_auth_token", "")
    if not account or not token:
        raise Refused(Meaning.TOKEN, "", "no account or no auth token")
    base = line.base_url or settings.TWILIO_API_URL
    return Client(account, token, http_client=Wire(base))


def read_account(line: Line) -> str:
    """What Twilio calls this account: proof that its credentials are good. Raises SendTrouble."""
    try:
        return str(client(line).api.accounts(line.account_ref).fetch().friendly_name)
    except (ValueError, AttributeError) as unread:
        raise trouble(Meaning.TIMEOUT, "", "the answer is no account") from unread


def sender(line: Line) -> dict[str, str]:
    """A number, or a messaging service that picks one of its pool."""
    number = bare(line.external_id)
    if number.startswith("MG"):
        return {"messaging_service_sid": number}
    return {"from_": f"whatsapp:{number}"}


def status_callback(line: Line, opaque_id: UUID) -> str:
    """Where statuses are posted. Twilio echoes nothing, so our id is in the address, which
    its signature covers. Raises Refused without a token: the statuses would be lost."""
    base, token = settings.PUBLIC_BASE_URL.rstrip("/"), line.secrets.get("webhook_token", "")
    if not token:
        raise Refused(Meaning.BAD_PARAMETERS, "", "no webhook token to be called back at")
    return f"{base}/hooks/twilio/{token}/status/?opaque={opaque_id}"


def create_message(line: Line, parameters: dict[str, Any]) -> str:
    """The SID of the accepted message. Raises SendTrouble."""
    try:
        found = identifier(client(line).messages.create(**parameters).sid)
    except (ValueError, AttributeError) as unread:
        raise trouble(Meaning.TIMEOUT, "", "accepted, but the answer is no message") from unread
    if found is None:
        raise trouble(Meaning.TIMEOUT, "", "accepted without an id")
    return found


def fetch_media(line: Line, reference: str, into: IO[bytes], largest: int) -> str:
    """A customer's file, by its address at Twilio, which leads on to a store that must not see the password."""
    account, token = line.account_ref, line.secrets.get("twilio_auth_token", "")
    if not account or not token:
        raise Refused(Meaning.TOKEN, "", "no account or no auth token")
    password = base64.b64encode(f"{account}:{token}".encode()).decode()
    base = line.base_url or settings.TWILIO_API_URL
    headers = {"Authorization": f"Basic {password}"}
    download(reference, hosts=MEDIA_HOSTS, base=base, headers=headers, into=into, largest=largest)
    return ""


def show_typing(line: Line, external_id: str) -> None:
    """Dots for the customer, which also turn the ticks of that message blue."""
    typing = client(line).messaging.v2.typing_indicator
    typing.create(channel="whatsapp", message_id=external_id)


def content(line: Line, method: str, path: str, **request: Any) -> Any:
    """One call to the Content API, which speaks JSON: its answer. Raises SendTrouble."""
    token = line.secrets.get("twilio_auth_token", "")
    if not line.account_ref or not token:
        raise Refused(Meaning.TOKEN, "", "no account or no auth token")
    base = line.base_url or settings.TWILIO_API_URL or CONTENT
    answer = exchange(method, f"{base.rstrip('/')}/{path}", auth=(line.account_ref, token), **request)
    try:
        told = load(answer.content) if answer.content else {}
    except ValueError:
        told = None
    if not 200 <= answer.status_code < 300:
        raise trouble_of(told, answer.status_code, retry_after(answer))
    return told
