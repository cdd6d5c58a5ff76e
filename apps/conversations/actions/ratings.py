"""How it was, in the customer's own eyes: asked once after a conversation is resolved (CONV-22).

The answer is the customer's message like any other, but it opens nothing again: it stays with what it is about.
"""

import re
import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from apps.audit import actions as audit
from apps.conversations.actions import threads
from apps.conversations.actions.send import send_message
from apps.conversations.models import Conversation
from apps.conversations.words import RATING, THANKS, in_language
from apps.core.actors import AUTOMATION, Actor
from apps.customers.models import Customer
from apps.gateways import protocol
from apps.gateways.models import Inbox

ANSWERED_WITHIN = timedelta(hours=24)
COMMENT_WITHIN = timedelta(minutes=10)
COMMENT_LONGEST = 1000
CHOICE = re.compile(r"rate\.([0-9a-f-]{36})\.([1-5])")
DIGIT = re.compile(r"[1-5١-٥]")
QUESTION = re.compile(r"[?؟]")


def ask(conversation: Conversation) -> None:
    """Ask, where the number is set to, the window is open and nobody has asked in this conversation before.

    The conversation is locked, resolved and stored.
    """
    inbox, now = conversation.inbox, timezone.now()
    silent = conversation.csat_asked_at or conversation.flooded_at or conversation.customer.blocked_at
    windowed = protocol.gateway(inbox.gateway).window is not None
    closed = windowed and (conversation.window_until is None or conversation.window_until <= now)
    if not inbox.csat_on or silent or closed or conversation.last_customer_at is None or inbox.over_limit_at:
        return
    words = in_language(RATING, conversation.language or inbox.language)
    rows = [{"id": f"rate.{conversation.pk}.{n}", "title": words[f"{n}"]} for n in range(5, 0, -1)]
    question = in_language(inbox.csat_text, conversation.language or inbox.language) or words["question"]
    conversation.csat_asked_at = now
    threads.store(conversation, "csat_asked_at")
    send_message(
        conversation, body=question, by=AUTOMATION, id=uuid.uuid5(conversation.pk, "rating"), type="list",
        payload={"button": words["button"], "sections": [{"rows": rows}]},
    )  # fmt: skip


def rated_by(inbox: Inbox, customer: Customer, fact: protocol.Inbound, *, at: datetime) -> Conversation | None:
    """The conversation that this message rates or adds a word to, locked and with the answer noted; None if it is
    a message like any other. The caller stores it with the message (RATED_FIELDS)."""
    if not inbox.csat_on:
        return None
    by = Actor("customer", customer.pk, customer.display_name)
    if chosen := CHOICE.fullmatch(str(fact.payload.get("id", ""))):
        return _rate(_asked(inbox, customer).filter(pk=chosen[1]).first(), int(chosen[2]), by)
    text = fact.body.strip()
    if fact.type != "text" or not text or _is_open(inbox, customer):
        return None
    if DIGIT.fullmatch(text):
        return _rate(_asked(inbox, customer).filter(csat_asked_at__gte=at - ANSWERED_WITHIN).first(), int(text), by)
    if QUESTION.search(text):
        return None
    rated = _resolved(inbox, customer).filter(csat__isnull=False, csat_comment="")
    conversation: Conversation | None = rated.filter(last_customer_at__gte=at - COMMENT_WITHIN).first()
    if conversation is not None:
        conversation.csat_comment = text[:COMMENT_LONGEST]
    return conversation


RATED_FIELDS = ("csat", "csat_comment")


def _rate(conversation: Conversation | None, rating: int, by: Actor) -> Conversation | None:
    if conversation is None:
        return None
    conversation.csat = rating
    last = conversation.assignments.exclude(ended_at=None).order_by("-ended_at").first()
    if last is not None:
        last.csat = rating
        last.save(update_fields=["csat", "updated_at"])
    threads.add_line(conversation, "rated", by=by, rating=rating)
    audit.record(by, "rated", conversation, after={"rating": rating})
    return conversation


def thank(conversation: Conversation) -> None:
    """Thank for the stars and invite a word, after the answer is stored."""
    words = in_language(THANKS, conversation.language or conversation.inbox.language)
    send_message(conversation, body=words, by=AUTOMATION, id=uuid.uuid5(conversation.pk, "thanks"))


def _asked(inbox: Inbox, customer: Customer) -> threads.Rows:
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("inbox")
    return rows.filter(inbox=inbox, customer=customer, csat_asked_at__isnull=False, csat=None, hidden_at=None).order_by(
        "-csat_asked_at"
    )


def _resolved(inbox: Inbox, customer: Customer) -> threads.Rows:
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("inbox")
    resolved = Conversation.Status.RESOLVED
    return rows.filter(inbox=inbox, customer=customer, status=resolved, hidden_at=None).order_by("-resolved_at")


def _is_open(inbox: Inbox, customer: Customer) -> bool:
    rows = Conversation.objects.filter(inbox=inbox, customer=customer)
    return rows.exclude(status=Conversation.Status.RESOLVED).exists()
