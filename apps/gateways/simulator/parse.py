"""The simulator's dialect is Meta's, read by Meta's reader; its own is only how the pretend
provider writes it: the envelope and the signature of what it posts."""

from __future__ import annotations

import json
from typing import Any, Final

from apps.gateways.whatsapp_cloud.gateway import sign
from apps.gateways.whatsapp_cloud.interpret import interpret
from apps.gateways.whatsapp_cloud.parse import parse

__all__ = ["SIGNATURE", "entry", "interpret", "parse", "signed"]

SIGNATURE: Final = "X-Simulator-Signature"


def entry(account: str, number: str, display_number: str, field: str = "messages", **lists: Any) -> dict[str, Any]:
    """One entry of a body: the lists (messages, statuses, contacts …) of one number."""
    metadata = {"display_phone_number": display_number, "phone_number_id": number}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **lists}
    return {"id": account, "changes": [{"field": field, "value": value}]}


def signed(entries: list[dict[str, Any]], secret: str) -> tuple[bytes, dict[str, str]]:
    """The body to post and its headers."""
    document = {"object": "whatsapp_business_account", "entry": entries}
    body = json.dumps(document).encode()
    return body, {"Content-Type": "application/json", SIGNATURE: sign(body, secret)}
