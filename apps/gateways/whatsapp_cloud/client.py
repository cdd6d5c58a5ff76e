"""The wire to the Graph API: one call, its answer or its trouble. Keeps nothing between
calls; the base address is a setting, or the line's own in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from apps.gateways.protocol import Meaning, Refused, trouble
from apps.gateways.reading import identifier, load, rows, table
from apps.gateways.transport import exchange, retry_after
from apps.gateways.whatsapp_cloud.errors import trouble_of

if TYPE_CHECKING:
    from apps.gateways.protocol import Line


def call(line: Line, method: str, path: str, **request: Any) -> Any:
    """One call to the Graph API: the answer's JSON. Raises SendTrouble."""
    token = line.secrets.get("meta_access_token", "")
    if not token or not token.isascii() or not token.isprintable():
        raise Refused(Meaning.TOKEN, "", "no usable access token")
    base = (line.base_url or settings.META_GRAPH_URL).rstrip("/")
    headers = {"Authorization": f"Bearer {token}", **request.pop("headers", {})}
    answer = exchange(method, f"{base}/{settings.META_GRAPH_VERSION}/{path}", headers=headers, **request)
    try:
        found = load(answer.content)
    except ValueError:
        found = None
    return checked(found, answer.status_code, retry_after(answer))


def post_message(line: Line, body: dict[str, Any]) -> Any:
    """POST to the number's ``/messages``. Raises SendTrouble; returns the answer's JSON."""
    return call(line, "POST", f"{line.external_id}/messages", json=body)


def read_profile(line: Line) -> str:
    """The number and the name that Meta shows for it: proof that the access token is good. Raises SendTrouble."""
    asked = {"fields": "display_phone_number,verified_name"}
    profile = table(call(line, "GET", line.external_id, params=asked))
    return f"{profile.get('display_phone_number', '')} {profile.get('verified_name', '')}".strip()


def checked(answer: Any, status: int, wait: float | None) -> Any:
    """The answer, if it is not an error in its status or its content."""
    if not 200 <= status < 300 or "error" in table(answer):
        raise trouble_of(answer, status, wait)
    return answer


def sent_id(answer: Any) -> str:
    """The id of the accepted message.

    An accepted request whose answer we cannot read may well have been sent, so it must not
    be sent again.
    """
    first = next(iter(rows(table(answer).get("messages"))), None)
    found = identifier(table(first).get("id"))
    if found is None:
        raise trouble(Meaning.TIMEOUT, "", "accepted without an id")
    return found


def subscribe(line: Line) -> None:
    """Have the account's events posted to its app's webhook. Raises SendTrouble."""
    call(line, "POST", f"{line.account_ref}/subscribed_apps")
