"""Twilio behind the gateway protocol. A body is proven by the auth token of its account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any, Final

from django.http import QueryDict
from twilio.request_validator import (
    RequestValidator,
    get_signature_algorithm,
)

from apps.gateways.protocol import WHATSAPP_CUSTOMER, WHATSAPP_NUMBER, Fact, Forged, Meaning, Refused, SendTrouble, Sent
from apps.gateways.reading import header
from apps.gateways.twilio import account, client, compose, templates
from apps.gateways.twilio import interpret as interpreting
from apps.gateways.twilio import parse as parsing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from apps.gateways.protocol import Condition, Element, KnownTemplate, Line, Outbound, Profile, Submitted, Wording

SIGNATURE: Final = "X-Twilio-Signature"
ALGORITHM: Final = "X-Twilio-Webhooks-Signature-Settings"


class Twilio:
    """WhatsApp through Twilio; free text within a day of the customer's last message."""

    name = "twilio"
    window: timedelta | None = timedelta(hours=24)
    signature_headers: tuple[str, ...] = (SIGNATURE, ALGORITHM)
    text_limit = compose.TEXT_LIMIT
    number_pace, customer_pace = WHATSAPP_NUMBER, WHATSAPP_CUSTOMER
    reacts = False
    pretends = False

    def verify(
        self,
        body: bytes,
        headers: Mapping[str, str],
        url: str,
        form: QueryDict | None,
        secrets: Sequence[str],
    ) -> str:
        signature = header(headers, SIGNATURE)
        if not signature:
            raise Forged("no signature", 401)
        algorithm = get_signature_algorithm(header(headers, ALGORITHM))
        signed = _signed(body, url, form)
        matching = [
            secret
            for secret in secrets
            if secret and RequestValidator(secret).validate(url, signed, signature, algorithm)
        ]
        if not matching:
            raise Forged("wrong signature", 403)
        return matching[0]

    def handshake(self, query: Mapping[str, str], verify_tokens: Sequence[str]) -> str:
        raise Forged("this provider shakes no hands", 403)

    def parse(self, body: bytes) -> list[Element]:
        return parsing.parse(body)

    def interpret(self, raw: dict[str, Any]) -> Fact:
        return interpreting.interpret(raw)

    def fetch_media(self, line: Line, reference: str, into: IO[bytes], largest: int) -> str:
        return client.fetch_media(line, reference, into, largest)

    def send(self, line: Line, message: Outbound) -> Sent:
        if message.file:  # Twilio fetches it by itself
            message = replace(message, payload={**message.payload, "link": message.file.address()}, file=None)
        common = {
            **client.sender(line),
            "to": compose.recipient(message.to),
            "status_callback": client.status_callback(line, message.opaque_id),
        }
        ids: list[str] = []
        for part in compose.parts(message):
            try:
                ids.append(client.create_message(line, {**common, **part}))
            except SendTrouble as trouble:
                trouble.sent_so_far = tuple(ids)
                raise
        return Sent(tuple(ids))

    def mark_read(self, line: Line, external_id: str, typing: bool) -> None:
        """Twilio has ticks only together with the dots; without ``typing`` nothing is said."""
        if typing:
            client.show_typing(line, external_id)

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
        """Twilio posts to the address that its own console holds."""

    def set_profile(self, line: Line, profile: Profile) -> None:
        raise Refused(Meaning.BAD_PARAMETERS, "not_here", "the profile is set in Twilio's console")

    def upload_sample(self, line: Line, file: bytes, mime: str) -> str:
        raise Refused(Meaning.BAD_PARAMETERS, "not_here", "Twilio takes a link in place of a file")


def _signed(body: bytes, url: str, form: QueryDict | None) -> QueryDict | str:
    """What the signature covers besides the address: the form, or, where the address names
    its hash, the body."""
    if "bodySHA256=" not in url:
        return form if form is not None else QueryDict(body)
    try:
        return body.decode()
    except UnicodeDecodeError as garbled:
        raise Forged("wrong signature", 403) from garbled
