"""The demo's customers and what was said, written straight to rows with past times: nothing is announced or sent."""

import uuid
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from django.utils import timezone

from apps.accounts.models import Employee
from apps.conversations.actions import threads
from apps.conversations.models import Conversation, Message, Note, ReadMark
from apps.core.actors import ASSISTANT, Actor, ActorKind
from apps.customers.models import Customer, Identity
from apps.dashboard.demo.samia import IN, NOTE, OUT
from apps.gateways.models import Inbox
from apps.tenants.postgres.context import current_schema

TIMES = {"sent": 1, "delivered": 2, "read": 3}


def customers(facts: ModuleType, inbox: Inbox) -> dict[int, Customer]:
    """Every demo customer by their number in the paper."""
    made = {}
    now = timezone.now()
    for key, name, phone, country, language in facts.CUSTOMERS:
        profile = facts.PROFILE_NAMES.get(key, name)
        customer = (
            Customer.objects.filter(phone=phone).first()
            if phone
            else Customer.objects.filter(identities__value=facts.PROVIDER_USERS[key]).first()
        )
        if customer is None:
            customer = Customer.objects.create(
                name=name, profile_name=profile, phone=phone or None, country=country, language=language,
                is_vip=key in facts.VIPS, blocked_at=now if key in facts.BLOCKED else None,
                first_contact_at=now - timedelta(days=30), last_contact_at=now - timedelta(hours=2),
            )  # fmt: skip
            _identify(customer, phone, facts.PROVIDER_USERS.get(key, ""), inbox, now)
        made[key] = customer
    return made


def _identify(customer: Customer, phone: str, provider_user: str, inbox: Inbox, now: datetime) -> None:
    kinds = [(Identity.Kind.PHONE, phone, "", ""), (Identity.Kind.PROVIDER_USER, provider_user, inbox.gateway, "")]
    for kind, value, gateway, portfolio in kinds:
        if value:
            customer.identities.create(
                kind=kind, value=value, gateway=gateway, portfolio=portfolio, first_seen=now, last_seen=now
            )


def conversations(facts: ModuleType, inbox: Inbox, people: dict[int, Customer]) -> None:
    """Every demo conversation, unless the customer has one already."""
    for position, told in enumerate(facts.CONVERSATIONS):
        first = _id(position, 0)
        if not Message.objects.filter(pk=first).exists():
            _conversation(position, told, inbox, people[told["customer"]])


def _conversation(position: int, told: dict[str, Any], inbox: Inbox, customer: Customer) -> None:
    now = timezone.now()
    mode = told.get("mode", "ai")
    assigned = f"{told['assignee']}@" if "assignee" in told else ""
    assignee = Employee.objects.filter(user__email__startswith=assigned).first() if assigned else None
    closed = now - timedelta(days=told["closed_days"]) if "closed_days" in told else None
    conversation = Conversation.objects.create(
        inbox=inbox, customer=customer, number=threads.next_number(), mode=mode, stage=told.get("stage", ""),
        mode_before="ai" if mode == "human" else "", assignee=assignee, assigned_at=now if assignee else None,
        holder="person" if assignee else "nobody" if mode == "human" else "assistant",
        status="resolved" if closed else "open", resolved_at=closed, language=customer.language[:2],
        needs_human="needs" in told, needs_reason=told.get("needs", ""),
    )  # fmt: skip
    if assignee:
        conversation.assignments.create(employee=assignee, by_label="", started_at=now - timedelta(hours=1))
    for place, line in enumerate(told["said"]):
        _say(conversation, _id(position, place), line, now)
    _settle(conversation)


def _say(conversation: Conversation, pk: uuid.UUID, line: tuple[Any, ...], now: datetime) -> None:
    who, minutes, body, *more = line
    seq = threads.take_seq(conversation)
    at = now - timedelta(minutes=minutes) + timedelta(seconds=seq)
    if who == NOTE:
        author = _colleague()
        Note.objects.create(id=pk, conversation=conversation, body=body, author=author, seq=seq, created_at=at)
        return
    message = Message.objects.create(
        id=pk, conversation=conversation, inbox_id=conversation.inbox_id, seq=seq, arrived_seq=seq,
        direction="in" if who == IN else "out", body=body, provider_at=at, created_at=at, external_id=f"seed.{pk.hex}",
        **_fate("received" if who == IN else more[0], at), **_speaker(conversation, who).as_fields(),
    )  # fmt: skip
    if who == IN and more:
        message.reactions.create(by="us", emoji=more[0], at=at, external_id=f"seed.r.{pk.hex}")


def _colleague() -> Employee | None:
    """Somebody who answers customers and directs nobody."""
    answering = Employee.objects.filter(role__permissions__contains=["conversations.send_message"])
    return answering.exclude(role__permissions__contains=["conversations.assign"]).first()


def _fate(status: str, at: datetime) -> dict[str, Any]:
    reached = TIMES.get(status, 0)
    fields: dict[str, Any] = {"status": status}
    for name, step in TIMES.items():
        if reached >= step:
            fields[f"{name}_at"] = at + timedelta(seconds=step)
    if status == "failed":
        fields |= {"failed_at": at, "error_code": "131047", "error_meaning": "window_closed"}
    return fields


def _speaker(conversation: Conversation, who: str) -> Actor:
    if who == IN:
        return Actor(ActorKind.CUSTOMER, conversation.customer_id, conversation.customer.display_name)
    if who == OUT:
        return ASSISTANT
    person = conversation.assignee or _colleague()
    return person.user.actor if person else ASSISTANT


def _settle(conversation: Conversation) -> None:
    """Bring the conversation's own columns in line with what was said."""
    messages = list(conversation.messages.order_by("provider_at", "seq"))
    last, theirs = messages[-1], [message for message in messages if message.direction == "in"]
    conversation.last_message, conversation.last_message_at = last, last.provider_at
    conversation.last_customer_at = theirs[-1].provider_at
    conversation.window_until = theirs[-1].provider_at + timedelta(hours=24)
    if last.direction == "in" and conversation.mode == Conversation.Mode.HUMAN:
        conversation.waiting_since = last.provider_at
    conversation.needs_since = last.provider_at if conversation.needs_human else None
    conversation.save()
    if not conversation.waiting_since:
        ReadMark.objects.bulk_create(
            ReadMark(conversation=conversation, employee=person, seq=conversation.last_seq)
            for person in Employee.objects.all()
        )


def _id(position: int, place: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"{current_schema()}.{position}.{place}.demo")
