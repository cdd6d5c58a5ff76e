"""Twilio's form fields, read by name: each may be blank, repeated or absent."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from apps.gateways.reading import identifier, rows, table, text

Form: TypeAlias = dict[str, list[str]]

ARRIVING: Final = frozenset(["", "received", "receiving"])
"""The status words of a customer's message; every other word is news of one of ours."""


def form_of(raw: dict[str, Any]) -> Form:
    """The form inside an element's raw, whatever has become of it."""
    fields = table(raw.get("form"))
    return {key: [text(v) for v in rows(values)] for key, values in fields.items()}


def field(form: Form, name: str) -> str:
    """The first value of a field; absent is empty."""
    return next(iter(form.get(name, [])), "")


def bare(address: str) -> str:
    """The number or user id behind ``whatsapp:``."""
    return address.strip().removeprefix("whatsapp:").strip()


def message_sid(form: Form) -> str | None:
    found = (identifier(field(form, key)) for key in ("MessageSid", "SmsMessageSid", "SmsSid"))
    return next(filter(None, found), None)


def status_word(form: Form) -> str:
    """What became of the message, in Twilio's word."""
    return field(form, "MessageStatus") or field(form, "SmsStatus")
