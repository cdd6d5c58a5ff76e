"""What the thread says by itself: system lines and reasons of failure, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

LINES = {
    "took_over": gettext_noop("%(name)s joined the conversation"),
    "handed_back": gettext_noop("%(name)s handed back to the assistant"),
    "handed_over": gettext_noop("The assistant asked for a person"),
    "mode_set": gettext_noop("%(name)s changed how the assistant works here"),
    "lease_ended": gettext_noop("The phone app was silent; the conversation goes on as before"),
    "assigned": gettext_noop("%(name)s assigned this to %(to)s"),
    "unassigned": gettext_noop("%(name)s took the assignment back"),
    "abandoned": gettext_noop("%(name)s no longer works here; nobody has this conversation"),
    "closed": gettext_noop("%(name)s closed the conversation"),
    "reopened": gettext_noop("The conversation was opened again"),
    "priority_set": gettext_noop("%(name)s changed the priority"),
    "transferred": gettext_noop("%(name)s passed this from %(giver)s to %(to)s"),
    "dealt": gettext_noop("%(to)s has this conversation by the order of the number"),
    "snoozed": gettext_noop("%(name)s put the conversation aside"),
    "unsnoozed": gettext_noop("%(name)s brought the conversation back"),
    "woke": gettext_noop("The conversation is back: its time has come"),
    "woke_by_customer": gettext_noop("The conversation is back: the customer wrote"),
    "labelled": gettext_noop("%(name)s changed the labels"),
    "cleared": gettext_noop("%(name)s hid everything said before"),
    "deleted": gettext_noop("%(name)s deleted the conversation"),
    "auto_closed": gettext_noop("Nobody wrote for a while; the conversation was closed"),
    "idle_returned": gettext_noop("No colleague wrote for a while; the assistant goes on"),
    "flooded": gettext_noop("Too many messages at once: automatic answers are paused here"),
    "calmed": gettext_noop("It is quiet again: automatic answers go on"),
    "rated": gettext_noop("The customer rated this conversation %(rating)s of 5"),
    "number_changed": gettext_noop("The customer has a new phone number"),
    "user_id_changed": gettext_noop("The customer has a new WhatsApp id"),
    "identity_changed": gettext_noop("The customer uses WhatsApp on another device now"),
}

FAILURES = {
    "window_closed": gettext_noop("More than 24 hours had passed since the customer wrote. Wait, or send a template."),
    "undeliverable": gettext_noop("This number cannot receive the message. Check the number, or call."),
    "bad_parameters": gettext_noop("The provider did not accept the form of this message. We have been told."),
    "throughput": gettext_noop("Too many messages at once. Send it again in a minute."),
    "person_too_fast": gettext_noop("Too many messages to this person at once. Send it again in a minute."),
    "tier_limit": gettext_noop("The number has reached its sending limit for today."),
    "marketing_refused": gettext_noop("The customer does not want messages of this kind."),
    "token": gettext_noop("The connection to WhatsApp has expired. An administrator must reconnect the number."),
    "locked": gettext_noop("WhatsApp has locked this number. An administrator must look at it."),
    "template_fault": gettext_noop("The template was refused. Choose another one."),
    "media": gettext_noop("The file could not be transferred. Try another file."),
    "user_id_refused": gettext_noop("This customer has hidden their number, and this message needs it."),
    "passing": gettext_noop("WhatsApp had trouble for too long. Send it again."),
    "too_long": gettext_noop("The text is too long for this kind of message."),
    "beyond_plan": gettext_noop("This number is beyond your plan: it receives, but does not send."),
    "blocked": gettext_noop("This customer is blocked."),
    "consent_missing": gettext_noop(
        "This customer has not agreed to messages of this kind, or has withdrawn. You can answer when they write."
    ),
    "marketing_cap": gettext_noop("This customer got an offer within the last 24 hours. Send the next one tomorrow."),
    "quiet_hours": gettext_noop("It is night where this customer is. Offers go out from 9:00 to 21:00 on their clock."),
    "not_sent": gettext_noop("A colleague looked: it did not arrive."),
}


# What is said to customers by itself, in their language and not in that of whoever looks.
RATING = {
    "en": {
        "question": "How was our service today?", "button": "Rate us", "5": "5 · Excellent", "4": "4 · Good",
        "3": "3 · Fair", "2": "2 · Poor", "1": "1 · Bad",
    },
    "ar": {
        "question": "كيف كانت خدمتنا اليوم؟", "button": "قيّمنا", "5": "5 · ممتازة", "4": "4 · جيدة",
        "3": "3 · مقبولة", "2": "2 · ضعيفة", "1": "1 · سيئة",
    },
}  # fmt: skip
THANKS = {
    "en": "Thank you! If you would like to add a word, just write it here.",
    "ar": "شكرًا لك! إن أحببت إضافة كلمة، فاكتبها هنا.",
}


def in_language(texts: Mapping[str, Any], language: str) -> Any:
    """The text in this language, else in the other there is; None when nobody has written any."""
    return texts.get(language) or next(filter(None, (texts.get(other) for other in ("en", "ar"))), None)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def line(payload: dict[str, Any]) -> str:
    """The sentence of a system line; empty for an event nobody has words for."""
    sentence = LINES.get(payload.get("event", ""))
    return _(sentence) % _Facts(payload) if sentence else ""


def failure(meaning: str) -> str:
    """Why a message did not arrive and what to do; empty for an unknown meaning."""
    return _(FAILURES[meaning]) if meaning in FAILURES else ""
