"""A form posted by Twilio as one element. Pure and total; ``interpret`` reads what it says."""

from __future__ import annotations

from urllib.parse import parse_qsl

from apps.gateways.protocol import Address, Element, Kind
from apps.gateways.reading import identifier, phone, storable, unreadable
from apps.gateways.twilio.content import content
from apps.gateways.twilio.form import ARRIVING, Form, bare, field, message_sid, status_word


def parse(body: bytes) -> list[Element]:
    """One element, always: Twilio posts one event at a time and gives no time of its own.

    Blank and repeated fields are kept in ``raw["form"]``; the door adds ``raw["opaque"]``,
    our id, from the address the status was posted to.
    """
    form: Form = {}
    pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    for key, value in storable([list(pair) for pair in pairs]):
        form.setdefault(key, []).append(value)
    external_id = message_sid(form)
    if external_id is None:
        return [Element(Kind.UNKNOWN, _addresses(form, "To"), None, None, unreadable(body))]
    is_status = status_word(form) not in ARRIVING
    return [
        Element(
            kind=Kind.STATUS if is_status else content(form).kind,
            addresses=_addresses(form, "From" if is_status else "To"),
            external_id=external_id,
            provider_at=None,
            raw={"form": form},
        )
    ]


def _addresses(form: Form, ours: str) -> tuple[Address, ...]:
    """Our number first; a pool's number may be known by its service only (R-006)."""
    number = bare(field(form, ours))
    service = identifier(field(form, "MessagingServiceSid"))
    account = identifier(field(form, "AccountSid"))
    found = (
        Address("number", phone(number) or number) if identifier(number) else None,
        Address("service", service) if service else None,
        Address("account", account) if account else None,
    )
    return tuple(address for address in found if address)
