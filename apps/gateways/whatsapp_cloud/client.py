"""The wire to the Graph API: one call, its answer or its trouble. Keeps nothing between
calls; the base address is a setting, or the line's own in tests."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any, Final

from django.conf import settings

from apps.gateways.files import NotFetched, download
from apps.gateways.protocol import Meaning, OutcomeUnknown, Refused, trouble
from apps.gateways.reading import identifier, load, rows, table, text
from apps.gateways.transport import exchange, retry_after
from apps.gateways.whatsapp_cloud.errors import trouble_of

if TYPE_CHECKING:
    from apps.gateways.files import OutboundFile
    from apps.gateways.protocol import Line

MEDIA_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,200}")
MEDIA_HOSTS: Final = ("lookaside.fbsbx.com", ".fbcdn.net", ".whatsapp.net")


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


def put_block(line: Line, user: str, *, blocked: bool) -> None:
    """Block a customer at the number, or let them through again. Raises SendTrouble."""
    whom = {"messaging_product": "whatsapp", "block_users": [{"user": user}]}
    call(line, "POST" if blocked else "DELETE", f"{line.external_id}/block_users", json=whom)


def read_profile(line: Line) -> str:
    """The number and the name that Meta shows for it: proof that the access token is good. Raises SendTrouble."""
    asked = {"fields": "display_phone_number,verified_name"}
    profile = table(call(line, "GET", line.external_id, params=asked))
    return f"{profile.get('display_phone_number', '')} {profile.get('verified_name', '')}".strip()


def upload_media(line: Line, file: OutboundFile) -> str:
    """The id of a file that Meta keeps for 30 days. Raises SendTrouble; whatever went wrong, nothing was said."""
    facts = {"messaging_product": "whatsapp", "type": file.mime}
    content = {"file": (file.name, file.read(), file.mime)}
    try:
        answer = call(line, "POST", f"{line.external_id}/media", data=facts, files=content)
    except OutcomeUnknown as lost:
        raise trouble(Meaning.PASSING, lost.code, lost.detail) from lost
    found = identifier(table(answer).get("id"))
    if found is None:
        raise trouble(Meaning.MEDIA, "", "uploaded without an id")
    return found


def fetch_media(line: Line, reference: str, into: IO[bytes], largest: int) -> str:
    """A customer's file, and the hash Meta tells of it. Its address is good for 5 minutes, so it is asked for each
    time, and once more when it is over already. Raises NotFetched, SendTrouble."""
    if not MEDIA_ID.fullmatch(reference):
        raise NotFetched("gone", is_final=True)
    base, token = line.base_url or settings.META_GRAPH_URL, line.secrets.get("meta_access_token", "")
    for turn in range(2):
        try:
            found = table(call(line, "GET", reference))
        except Refused as refused:
            if refused.meaning == Meaning.BAD_PARAMETERS:  # Meta forgets a file after seven days
                raise NotFetched("gone", is_final=True) from refused
            raise
        try:
            headers = {"Authorization": f"Bearer {token}"}
            download(text(found.get("url")), hosts=MEDIA_HOSTS, base=base, headers=headers, into=into, largest=largest)
        except NotFetched as failure:
            if turn or failure.reason != "gone":
                raise
        else:
            return text(found.get("sha256"))
    raise NotFetched("gone")


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
