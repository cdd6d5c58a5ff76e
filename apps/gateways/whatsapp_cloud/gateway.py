"""WhatsApp Cloud behind the gateway protocol, and Meta's two proofs: the signature of a
body and the token of a handshake."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any, Final

from apps.gateways.protocol import WHATSAPP_CUSTOMER, WHATSAPP_NUMBER, Fact, Forged, SendTrouble, Sent
from apps.gateways.reading import header
from apps.gateways.whatsapp_cloud import account, client, compose, templates
from apps.gateways.whatsapp_cloud import interpret as interpreting
from apps.gateways.whatsapp_cloud import parse as parsing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import QueryDict

    from apps.gateways.protocol import (
        Condition,
        Element,
        KnownTemplate,
        Line,
        Outbound,
        Profile,
        Recipient,
        Submitted,
        Wording,
    )

SIGNATURE: Final = "X-Hub-Signature-256"


def sign(body: bytes, secret: str) -> str:
    """The header's value for these very bytes."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


def proven(body: bytes, signature: str, secrets: Sequence[str]) -> str:
    """The secret that made the signature. Every candidate is compared, in constant time."""
    if not signature:
        raise Forged("no signature", 401)
    given = signature.encode(errors="replace")
    matching = [secret for secret in secrets if secret and hmac.compare_digest(sign(body, secret).encode(), given)]
    if not matching:
        raise Forged("wrong signature", 403)
    return matching[0]


def send_parts(
    line: Line,
    bodies: list[dict[str, Any]],
    post: Callable[[Line, dict[str, Any]], Any],
) -> Sent:
    """Post in order; trouble carries the ids that were accepted before it."""
    ids: list[str] = []
    for body in bodies:
        try:
            ids.append(client.sent_id(post(line, body)))
        except SendTrouble as trouble:
            trouble.sent_so_far = tuple(ids)
            raise
    return Sent(tuple(ids))


def with_file(message: Outbound, media_id: str) -> Outbound:
    """The message with its file as an id that the provider knows."""
    named = {"filename": message.file.name} if message.file and message.type == "document" else {}
    return replace(message, payload={**message.payload, "id": media_id, **named}, file=None)


def read_receipt(external_id: str, *, typing: bool) -> dict[str, Any]:
    """The body that turns ticks blue and, if asked, shows the dots (≤ 25 s)."""
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": external_id,
    }
    return {**body, "typing_indicator": {"type": "text"}} if typing else body


class WhatsAppCloud:
    """Meta's Cloud API. The proof of a body is the secret of the app it came through."""

    name = "whatsapp_cloud"
    window: timedelta | None = timedelta(hours=24)
    signature_headers: tuple[str, ...] = (SIGNATURE, "X-Hub-Signature")
    text_limit = compose.TEXT_LIMIT
    number_pace, customer_pace = WHATSAPP_NUMBER, WHATSAPP_CUSTOMER
    reacts = True
    pretends = False

    def verify(
        self,
        body: bytes,
        headers: Mapping[str, str],
        url: str,
        form: QueryDict | None,
        secrets: Sequence[str],
    ) -> str:
        return proven(body, header(headers, SIGNATURE), secrets)

    def handshake(self, query: Mapping[str, str], verify_tokens: Sequence[str]) -> str:
        token = query.get("hub.verify_token", "").encode(errors="replace")
        challenge = query.get("hub.challenge", "")
        known = [hmac.compare_digest(candidate.encode(), token) for candidate in verify_tokens if candidate]
        if query.get("hub.mode") != "subscribe" or not any(known) or not challenge:
            raise Forged("wrong handshake", 403)
        return challenge

    def parse(self, body: bytes) -> list[Element]:
        return parsing.parse(body)

    def interpret(self, raw: dict[str, Any]) -> Fact:
        return interpreting.interpret(raw)

    def send(self, line: Line, message: Outbound) -> Sent:
        if message.file:
            compose.parts(with_file(message, "unknown"))  # what will be refused is not uploaded first
            message = with_file(message, client.upload_media(line, message.file))
        return send_parts(line, compose.parts(message), client.post_message)

    def fetch_media(self, line: Line, reference: str, into: IO[bytes], largest: int) -> str:
        return client.fetch_media(line, reference, into, largest)

    def mark_read(self, line: Line, external_id: str, typing: bool) -> None:
        client.post_message(line, read_receipt(external_id, typing=typing))

    def fill(self, wording: Wording, values: Mapping[str, str]) -> dict[str, Any]:
        return templates.filled(wording, values)

    def read_templates(self, line: Line) -> list[KnownTemplate]:
        return templates.read_all(line)

    def submit_template(self, line: Line, wording: Wording, category: str) -> Submitted:
        return templates.submit(line, wording, category)

    def delete_template(self, line: Line, wording: Wording) -> None:
        templates.delete(line, wording)

    def examine(self, line: Line) -> Condition:
        return account.examine(line)

    def subscribe(self, line: Line) -> None:
        client.subscribe(line)

    def set_profile(self, line: Line, profile: Profile) -> None:
        account.set_profile(line, profile)

    def upload_sample(self, line: Line, file: bytes, mime: str) -> str:
        return account.upload(line, file, mime)

    def set_blocked(self, line: Line, to: Recipient, blocked: bool) -> None:
        """Meta's own block list. It takes only who wrote within a day. Raises SendTrouble."""
        if user := to.phone or to.provider_user:
            client.put_block(line, user, blocked=blocked)
