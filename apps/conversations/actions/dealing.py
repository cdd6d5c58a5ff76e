"""Who gets a conversation by itself: the next in turn or the least busy of those who are there (15.3)."""

from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from guardian.shortcuts import get_groups_with_perms, get_users_with_perms

from apps.accounts.models import Employee
from apps.accounts.opening_hours import is_open
from apps.conversations.actions import speaker, threads
from apps.conversations.actions.assignment import hand_to
from apps.conversations.models import Assignment, Conversation
from apps.core.actors import SYSTEM
from apps.gateways.models import Inbox
from apps.realtime.queries import AVAILABLE, presence_of

CAPACITY = 20  # open conversations of one person; whoever has as many gets no more by itself
WORDS = {"conversations.view", "conversations.send_message"}
Policy = Inbox.AssignPolicy
TYPES = {Policy.ROUND_ROBIN: Assignment.Type.ROUND_ROBIN, Policy.LEAST_BUSY: Assignment.Type.AUTO}


@transaction.atomic
def deal(conversation: Conversation) -> Conversation:
    """Give it to somebody who is available, on shift, granted `reply` and below capacity; to nobody if none fits.

    Only one that nobody has and that waits for people. Those who may get it are locked while they are compared, so
    that two conversations dealt at once do not both find the last free place.
    """
    if not _is_to_deal(conversation) or not _is_to_deal(conversation := threads.lock(conversation)):
        return conversation
    policy = conversation.inbox.assign_policy
    chosen = _next(conversation.inbox, policy)
    if chosen is None:
        return conversation
    hand_to(conversation, chosen, by=SYSTEM, type=TYPES[Policy(policy)])
    threads.add_line(conversation, "dealt", by=SYSTEM, to=chosen.full_name)
    after = {"assignee": str(chosen.pk), "policy": policy}
    return threads.settle(conversation, SYSTEM, "dealt", *speaker.SPEAKER_FIELDS, after=after)


def _is_to_deal(conversation: Conversation) -> bool:
    waits = conversation.needs_human or conversation.mode == Conversation.Mode.HUMAN
    nobodys = conversation.assignee_id is None and conversation.status == Conversation.Status.OPEN
    wanted = conversation.inbox.assign_policy != Policy.OFF and not conversation.customer.blocked_at
    return waits and nobodys and wanted


def _next(inbox: Inbox, policy: str) -> Employee | None:
    there = [person.pk for person in _able(inbox) if _is_there(person)]
    # in the order of their keys, so that two dealers wait for each other instead of locking crosswise
    held = list(Employee.objects.select_for_update(no_key=True).filter(pk__in=there).order_by("pk"))
    loads = (
        Employee.objects.filter(pk__in=[person.pk for person in held])
        .annotate(
            load=Count("conversations", filter=Q(conversations__status=Conversation.Status.OPEN), distinct=True),
            last=Max("assignments__started_at", filter=Q(assignments__type__in=TYPES.values())),
        )
        .order_by("pk")
    )
    free = [person for person in loads if person.load < CAPACITY]

    def turn(person: Any) -> tuple[Any, ...]:
        waited = (person.last is not None, person.last or timezone.now(), str(person.pk))
        return (person.load, *waited) if policy == Policy.LEAST_BUSY else waited

    return min(free, key=turn, default=None)


def _able(inbox: Inbox) -> list[Employee]:
    """Those who may see and answer here, by their words and what the inbox grants them or their role."""
    granted = ["reply_inbox"]
    users: Any = get_users_with_perms(inbox, only_with_perms_in=granted, with_group_users=False)
    groups: Any = get_groups_with_perms(inbox, only_with_perms_in=granted)
    people = Employee.objects.filter(
        Q(user__in=users.values("pk")) | Q(role__group__in=groups.values("pk")), deactivated_at=None,
        user__is_active=True,
    ).select_related("role", "calendar", "user")  # fmt: skip
    return [person for person in people if person.permissions >= WORDS]


def _is_there(person: Employee) -> bool:
    """Available now, and on shift where the person has hours of their own."""
    if presence_of([person.user_id]).get(person.user_id) != AVAILABLE:
        return False
    return person.calendar is None or is_open(person.calendar, timezone.now())
