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


def post_message(line: Line, body: dict[str, Any]) -> Any:
    """POST to the number's ``/messages``. Raises SendTrouble; returns the answer's JSON."""
    token = line.secrets.get("meta_access_token", "")
    if not token or not token.isascii() or not token.isprintable():
        raise Refused(Meaning.TOKEN, "", "no usable access token")
    base = (line.base_url or settings.META_GRAPH_URL).rstrip("/")
    answer = exchange(
        "POST",
        f"{base}/{settings.META_GRAPH_VERSION}/{line.external_id}/messages",
        headers={"Authorization": f"Bearer {token}"},
        json=body,
    )
    try:
        found = load(answer.content)
    except ValueError:
        found = None
    return checked(found, answer.status_code, retry_after(answer))


def put_block(line: Line, user: str, *, blocked: bool) -> None:
    """Block a customer at the number, or let them through again. Raises SendTrouble."""
    base = (line.base_url or settings.META_GRAPH_URL).rstrip("/")
    answer = exchange(
        "POST" if blocked else "DELETE",
        f"{base}/{settings.META_GRAPH_VERSION}/{line.external_id}/block_users",
        headers={"Authorization": f"Bearer {line.secrets.get('meta_access_token', '')}"},
        json={"messaging_product": "whatsapp", "block_users": [{"user": user}]},
    )
    try:
        found = load(answer.content)
    except ValueError:
        found = None
    checked(found, answer.status_code, retry_after(answer))


def read_profile(line: Line) -> str:
    """The number and the name that Meta shows for it: proof that the access token is good. Raises SendTrouble."""
    token = line.secrets.get("meta_access_token", "")
    if not token or not token.isascii() or not token.isprintable():
        raise Refused(Meaning.TOKEN, "", "no usable access token")
    base = (line.base_url or settings.META_GRAPH_URL).rstrip("/")
    answer = exchange(
        "GET",
        f"{base}/{settings.META_GRAPH_VERSION}/{line.external_id}",
        params={"fields": "display_phone_number,verified_name"},
        headers={"Authorization": f"Bearer {token}"},
    )
    try:
        found = load(answer.content)
    except ValueError:
        found = None
    profile = table(checked(found, answer.status_code, retry_after(answer)))
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
    base = (line.base_url or settings.META_GRAPH_URL).rstrip("/")
    answer = exchange(
        "POST",
        f"{base}/{settings.META_GRAPH_VERSION}/{line.account_ref}/subscribed_apps",
        headers={"Authorization": f"Bearer {line.secrets.get('meta_access_token', '')}"},
    )
    try:
        found = load(answer.content)
    except ValueError:
        found = None
    checked(found, answer.status_code, retry_after(answer))
