"""What silence does: conversations that end by themselves, and go back to the assistant (CONV-16, 15.2)."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from apps.conversations.actions import ratings, speaker, threads
from apps.conversations.actions.closing import RESOLVED_FIELDS, resolve
from apps.conversations.actions.send import PEOPLE, send_message
from apps.conversations.models import Assignment, ComposerDraft, Conversation, Message
from apps.conversations.words import in_language
from apps.core.actors import AUTOMATION, SYSTEM, ActorKind
from apps.gateways import protocol
from apps.gateways.models import Inbox

Status = Conversation.Status
SPOKEN = (*PEOPLE, ActorKind.PHONE_APP)
ON_THE_WAY = (Message.Status.QUEUED, Message.Status.SENDING, Message.Status.UNKNOWN)
AT_ONCE = 200  # conversations of one inbox in one round


def silent_ones(now: datetime) -> Iterator[Conversation]:
    """The open conversations that have been silent for as long as their number says, the longest silent first."""
    for inbox in Inbox.objects.filter(auto_resolve_hours__isnull=False, archived_at=None):
        yield from _silent(Conversation.objects.filter(inbox=inbox), inbox, now).order_by("last_message_at")[:AT_ONCE]


@transaction.atomic
def resolve_silent(conversation: Conversation, *, now: datetime) -> Conversation:
    """Resolve one that is still silent, after the closing words of its number where the window is open."""
    conversation = threads.lock(conversation)
    inbox = conversation.inbox
    if (
        inbox.auto_resolve_hours is None
        or not _silent(Conversation.objects.filter(pk=conversation.pk), inbox, now).exists()
    ):
        return conversation
    _say_goodbye(conversation, now)
    conversation = threads.lock(conversation)
    resolve(conversation)
    threads.add_line(conversation, "auto_closed", by=SYSTEM)
    threads.settle(conversation, SYSTEM, "auto_closed", *RESOLVED_FIELDS)
    ratings.ask(conversation)
    return conversation


def idle_ones(now: datetime) -> QuerySet[Conversation]:
    """Conversations whose people have not written for as long as their number says."""
    due: QuerySet[Conversation] = (
        with_idle(Conversation.objects.all()).alias(until=F("idle_until")).filter(until__lte=now)
    )
    return due


def with_idle(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Those that will go back to the assistant by the idle rule, with the moment they do as `idle_until`.

    Never one in which a person was asked for and nobody has answered yet.
    """
    minutes = ExpressionWrapper(F("inbox__idle_return_minutes") * timedelta(minutes=1), DurationField())
    human = Message.objects.filter(conversation=OuterRef("pk"), direction="out", actor_kind__in=SPOKEN)
    spoken = Subquery(human.order_by("-created_at").values("created_at")[:1])
    held: QuerySet[Conversation] = rows.filter(
        mode=Conversation.Mode.HUMAN, holder=Conversation.Holder.PERSON, status=Status.OPEN, needs_human=False,
        mode_before__in=(Conversation.Mode.AI, Conversation.Mode.HYBRID), inbox__idle_return_minutes__isnull=False,
        assigned_at__isnull=False,
    )  # fmt: skip
    last = Greatest(F("assigned_at"), spoken)  # PostgreSQL leaves out what is null
    return held.annotate(idle_until=ExpressionWrapper(last + minutes, DateTimeField()))


@transaction.atomic
def return_idle(conversation: Conversation, *, now: datetime) -> Conversation:
    """The person's turn is over; the assistant has the word again, as before."""
    conversation = threads.lock(conversation)
    if not idle_ones(now).filter(pk=conversation.pk).exists():
        return conversation
    speaker.end_assignment(conversation, Assignment.Status.ABANDONED, reason="idle")
    threads.change_speaker(conversation, mode=conversation.mode_before, holder=Conversation.Holder.ASSISTANT)
    threads.add_line(conversation, "idle_returned", by=SYSTEM)
    return threads.settle(conversation, SYSTEM, "idle_returned", *speaker.SPEAKER_FIELDS)


def _silent(rows: QuerySet[Conversation], inbox: Inbox, now: datetime) -> QuerySet[Conversation]:
    since = now - timedelta(hours=inbox.auto_resolve_hours or 0)
    begun = ComposerDraft.objects.filter(conversation=OuterRef("pk"), updated_at__gt=since, note=False)
    waiting = Message.objects.filter(conversation=OuterRef("pk"), direction="out", status__in=ON_THE_WAY)
    reopened = Message.objects.filter(
        conversation=OuterRef("pk"), type="system", payload__event="reopened", provider_at__gt=since
    )
    found: QuerySet[Conversation] = rows.filter(
        ~Exists(begun),
        ~Exists(waiting),
        ~Exists(reopened),
        status=Status.OPEN,
        needs_human=False,
        last_message_at__lte=since,
    )
    return found


def _say_goodbye(conversation: Conversation, now: datetime) -> None:
    inbox = conversation.inbox
    words = in_language(inbox.closing_text, conversation.language or inbox.language)
    windowed = protocol.gateway(inbox.gateway).window is not None
    is_open = not windowed or (conversation.window_until is not None and conversation.window_until > now)
    silent = conversation.flooded_at or conversation.customer.blocked_at or inbox.over_limit_at
    if words and is_open and not silent:
        once = uuid.uuid5(conversation.pk, f"closing {conversation.epoch}")
        send_message(conversation, body=words, by=AUTOMATION, id=once)
