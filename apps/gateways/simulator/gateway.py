"""The simulator behind the gateway protocol: Meta's rules, limits and errors."""

from __future__ import annotations

from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any

from apps.gateways.protocol import WHATSAPP_CUSTOMER, WHATSAPP_NUMBER, Condition, Fact, Forged, Sent
from apps.gateways.reading import header
from apps.gateways.simulator import client
from apps.gateways.simulator import parse as dialect
from apps.gateways.simulator.templates import review
from apps.gateways.whatsapp_cloud import compose, templates
from apps.gateways.whatsapp_cloud.gateway import proven, read_receipt, send_parts, with_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from apps.gateways.protocol import Element, KnownTemplate, Line, Outbound, Profile, Submitted, Wording


class Simulator:
    """The pretend phone. Only its inbox's secret lets it in, as for any provider (R-005)."""

    name = "simulator"
    window: timedelta | None = timedelta(hours=24)
    signature_headers: tuple[str, ...] = (dialect.SIGNATURE,)
    text_limit = compose.TEXT_LIMIT
    number_pace, customer_pace = WHATSAPP_NUMBER, WHATSAPP_CUSTOMER
    reacts = True
    pretends = True

    def verify(
        self,
        body: bytes,
        headers: Mapping[str, str],
        url: str,
        form: QueryDict | None,
        secrets: Sequence[str],
    ) -> str:
        return proven(body, header(headers, dialect.SIGNATURE), secrets)

    def handshake(self, query: Mapping[str, str], verify_tokens: Sequence[str]) -> str:
        raise Forged("this provider shakes no hands", 403)

    def parse(self, body: bytes) -> list[Element]:
        return dialect.parse(body)

    def interpret(self, raw: dict[str, Any]) -> Fact:
        return dialect.interpret(raw)

    def send(self, line: Line, message: Outbound) -> Sent:
        if message.file:
            compose.parts(with_file(message, "unknown"))
            message = with_file(message, client.upload_media(message.file))
        return send_parts(line, compose.parts(message), client.post_message)

    def fetch_media(self, line: Line, reference: str, into: IO[bytes], largest: int) -> str:
        return client.fetch_media(line, reference, into, largest)

    def mark_read(self, line: Line, external_id: str, typing: bool) -> None:
        client.post_message(line, read_receipt(external_id, typing=typing))

    def fill(self, wording: Wording, values: Mapping[str, str]) -> dict[str, Any]:
        return templates.filled(wording, values)

    def read_templates(self, line: Line) -> list[KnownTemplate]:
        return client.carrier().templates(line)

    def submit_template(self, line: Line, wording: Wording, category: str) -> Submitted:
        return review(wording)

    def delete_template(self, line: Line, wording: Wording) -> None:
        """Nothing is kept of it here."""

    def examine(self, line: Line) -> Condition:
        return Condition(quality="green", tier="UNLIMITED", subscribed=True)

    def subscribe(self, line: Line) -> None:
        """It always posts to us."""

    def set_profile(self, line: Line, profile: Profile) -> None:
        """A pretend phone shows the business's own picture already."""

    def upload_sample(self, line: Line, file: bytes, mime: str) -> str:
        return f"sim-handle-{len(file)}"
