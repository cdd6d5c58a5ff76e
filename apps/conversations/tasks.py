"""Celery doors: showing what changed, handing over what waits, and the sweepers that forget nothing."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import caches
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.conversations import actions, ledger, queries
from apps.conversations.actions.schedule import answered_first
from apps.conversations.events import MessageChanged
from apps.conversations.models import Conversation, Message, Reaction
from apps.conversations.queries import errors_of_hour, readers_of
from apps.core.actors import SYSTEM
from apps.core.crypto import Unreadable
from apps.core.events import emit
from apps.core.querysets import one_of
from apps.core.tasks import Temporary, job
from apps.gateways import protocol
from apps.gateways.actions import check_inbox, line_of
from apps.gateways.actions.health import BROKEN
from apps.gateways.models import Inbox
from apps.media import actions as files
from apps.media.queries import due
from apps.realtime.actions import nudge
from apps.tenants.queries import ready_businesses

log = logging.getLogger(__name__)
FORGOTTEN = timedelta(seconds=15)  # a queued message that no task came for
LOST = timedelta(minutes=5)  # a message under way whose worker never came back
SWEEP_LOCK = 60  # seconds after which a dead sweeper's turn is taken over


@job(queue="live")
def show(message_id: UUID) -> None:
    """Let everyone who may see this conversation know that it changed."""
    _show(messages=message_id)


@job(queue="live")
def show_conversation(conversation_id: UUID) -> None:
    """The same, for a change of the conversation itself."""
    _show(pk=conversation_id)


def _show(**which: UUID) -> None:
    for conversation in Conversation.objects.filter(**which).only("last_seq", "assignee_id", "inbox_id"):
        _tell_of(conversation)


def _tell_of(conversation: Conversation) -> None:
    readers = readers_of(conversation).values_list("user_id", flat=True)
    nudge(readers, topic="conversation", id=conversation.pk, seq=conversation.last_seq, also=["inbox"])


@job(queue="live")
def follow_up(message_id: UUID) -> None:
    """Show a customer's message, then what it brings about beside an answer: once, however often this runs.

    One task for both: with a task each, half of a busy minute went into tasks.
    """
    messages = Message.objects.select_related("conversation__inbox", "conversation__customer")
    message = one_of(messages.filter(pk=message_id))
    if message is None:
        return
    conversation, now = message.conversation, timezone.now()
    _tell_of(conversation)
    for waiting in answered_first(conversation):
        actions.take_back_answered(waiting)
    actions.notice_flood(conversation, now=now)
    actions.deal(conversation)
    actions.say_closed(message, now=now)


@job(queue="live")
def deal(conversation_id: UUID) -> None:
    """Give a conversation that needs a person to one who is there."""
    conversation = Conversation.objects.filter(pk=conversation_id).first()
    if conversation:
        actions.deal(conversation)


@job(queue="live")
def show_marks(employee_id: UUID) -> None:
    """Let this person's other tabs know that something counts as read or unread now."""
    nudge(Employee.objects.filter(pk=employee_id).values_list("user_id", flat=True), topic="inbox")


@job(queue="outbound")
def send_reaction(reaction_id: UUID) -> None:
    """Show the customer our emoji."""
    reaction = Reaction.objects.select_related("message__conversation__customer", "message__inbox")
    if found := reaction.filter(pk=reaction_id).first():
        actions.send_reaction(found)


@job(queue="outbound")
def deliver(message_id: UUID) -> None:
    """Hand one queued message to its provider. Whoever claims the row does the work, then wakes the next in line."""
    try:
        message = actions.claim(message_id)
        if message is None:
            return
        emit(MessageChanged(message_id=message.pk))
        actions.hand_over_to_provider(message)
    except Temporary as pause:
        deliver.apply_async([message_id], countdown=float(pause.args[0]))
        return
    following = actions.next_queued(message)
    if following:
        deliver.delay(following)


@job(queue="outbound")
def block_at_provider(customer_id: UUID) -> None:
    """Let the provider keep a blocked customer's messages away, where it can. We keep them quiet anyway (CUS-07)."""
    _tell_of_block(customer_id, blocked=True)


@job(queue="outbound")
def unblock_at_provider(customer_id: UUID) -> None:
    """And let them through again."""
    _tell_of_block(customer_id, blocked=False)


def _tell_of_block(customer_id: UUID, *, blocked: bool) -> None:
    for conversation in queries.newest_per_inbox(customer_id):
        _show(pk=conversation.pk)
        tell = getattr(protocol.gateway(conversation.inbox.gateway), "set_blocked", None)
        if tell is None or bool(conversation.customer.blocked_at) != blocked:
            continue
        try:
            tell(line_of(conversation.inbox), actions.recipient_of(conversation), blocked)
        except (protocol.SendTrouble, Unreadable) as trouble:
            log.info("The provider did not take a block: %s", trouble)


@job(queue="outbound")
def mark_read_at_provider(message_id: UUID) -> None:
    """Show the customer blue ticks, once, when a person has read. Failures are silent (GW-31)."""
    unread = Message.objects.filter(pk=message_id, read_at=None, inbox__read_receipts=True)
    if unread.update(read_at=timezone.now()):
        message = Message.objects.select_related("inbox").get(pk=message_id)
        try:
            protocol.gateway(message.inbox.gateway).mark_read(line_of(message.inbox), message.external_id, typing=False)
        except protocol.SendTrouble:
            return


@job(queue="live")
def release(employee_id: UUID) -> None:
    """Let go of what somebody had who no longer works here. What is not reached, the sweeper finds."""
    for conversation in Conversation.objects.filter(assignee_id=employee_id):
        actions.abandon_conversation(conversation, by=SYSTEM)


@job(queue="slow")
def fetch_file(attachment_id: UUID) -> None:
    """Fetch a customer's file. When it does not come, the sweeper finds it again at its time."""
    actions.fetch_file(attachment_id)


@job(queue="live")
def show_file(attachment_id: UUID) -> None:
    """Let everyone who looks at its message see what became of a file."""
    actions.note_file(attachment_id)


@job(queue="live")
def sweep_everywhere() -> None:
    """In every business: retry what failed, wake what was forgotten, own up to what was lost. One sweeper at a time."""
    _everywhere("sweeping", sweep)


@job(queue="slow")
def mind_silence_everywhere() -> None:
    """In every business: end what has been silent for long, give back what people left lying, lift pauses."""
    _everywhere("minding", mind_silence)


def _everywhere(turn: str, act: Callable[[], None]) -> None:
    turns = caches["platform"]
    if not turns.add(turn, 1, SWEEP_LOCK):
        return
    try:
        for business in ready_businesses():
            with tenant_context(business):
                try:
                    act()
                except Exception:  # one business's trouble must not keep the sweeper from the others
                    log.exception("%s of %s stopped half-way", turn.capitalize(), business.schema_name)
    finally:
        turns.delete(turn)


def mind_silence(now: datetime | None = None) -> None:
    """One round in the current business."""
    now = now or timezone.now()
    for conversation in actions.silent_ones(now):
        actions.resolve_silent(conversation, now=now)
    for conversation in actions.idle_ones(now)[:200]:
        actions.return_idle(conversation, now=now)
    for conversation in Conversation.objects.filter(flooded_at__lte=now - actions.QUIET)[:200]:
        actions.let_calm_return(conversation, now=now)


def sweep(now: datetime | None = None) -> None:
    """One round in the current business."""
    now = now or timezone.now()
    ledger.retry_due()
    files.let_go_of_lost(now)
    for pk in due(now):
        fetch_file.delay(pk)
    queued = Message.objects.filter(status=Message.Status.QUEUED, direction=Message.Direction.OUT)
    forgotten = queued.filter(next_at__lte=now) | queued.filter(next_at=None, updated_at__lte=now - FORGOTTEN)
    for pk in forgotten.order_by("arrived_seq").values_list("pk", flat=True)[:500]:
        deliver.delay(pk)
    lost = Message.objects.filter(status=Message.Status.SENDING, claimed_at__lte=now - LOST)
    for pk in lost.values_list("pk", flat=True)[:100]:
        actions.give_up_waiting(pk)
    for conversation in Conversation.objects.filter(assignee__deactivated_at__isnull=False)[:100]:
        actions.abandon_conversation(conversation, by=SYSTEM)
    for conversation in Conversation.objects.filter(status=Conversation.Status.SNOOZED, snoozed_until__lte=now)[:500]:
        actions.wake_conversation(conversation, now=now)
    over = Conversation.objects.filter(holder=Conversation.Holder.PHONE_APP, lease_until__lte=now)
    for conversation in over[:100]:
        actions.return_lease(conversation, now=now)


@job(queue="outbound")
def wake(inbox_id: UUID) -> None:
    """A number works again: what waited for it goes out now."""
    inbox = Inbox.objects.filter(pk=inbox_id, is_active=True).exclude(health__in=BROKEN).first()
    if inbox is None:
        return
    waiting = Message.objects.filter(inbox=inbox, status=Message.Status.QUEUED, direction=Message.Direction.OUT)
    waiting.update(next_at=None)
    for pk in waiting.order_by("arrived_seq").values_list("pk", flat=True)[:500]:
        deliver.delay(pk)


@job(queue="slow")
def check_numbers(broken_only: bool = False) -> None:
    """Ask the provider of each number how it does (GW-20): once an hour, and each minute of those that are broken."""
    for business in ready_businesses():
        with tenant_context(business):
            rows = Inbox.objects.filter(archived_at=None, is_active=True)
            for pk in (rows.filter(health__in=BROKEN) if broken_only else rows).values_list("pk", flat=True):
                check_number.delay(pk)


@job(queue="slow")
def check_number(inbox_id: UUID) -> None:
    """One of them, with how many of its messages failed within the hour."""
    inbox = Inbox.objects.filter(pk=inbox_id, archived_at=None, is_active=True).first()
    if inbox:
        tried, failed = errors_of_hour(inbox)
        check_inbox(inbox, tried=tried, failed=failed)
