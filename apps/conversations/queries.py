"""Reads of conversations: the list and its counts, the thread, who may read along, who may write."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from guardian.shortcuts import get_groups_with_perms, get_users_with_perms

from apps.accounts.models import Employee
from apps.conversations.models import Conversation, Message, Note, Reaction, ReadMark, UsageWindow
from apps.customers.phones import shown_to

TABS = ("mine", "unassigned", "all", "needs")
PAGE = 50
FILTERS = ("status", "mode", "inbox")  # of an export
COLUMNS = (
    "id", "number", "customer__phone", "customer__name", "inbox__name", "status", "mode", "priority", "language",
    "assignee__full_name", "created_at", "last_message_at", "resolved_at",
)  # fmt: skip


def conversations_for(user: Any, *, tab: str = "all", q: str = "") -> QuerySet[Conversation]:
    """What this person sees in the list: one tab, newest first, with the count of messages they have not read."""
    rows = _in_tab(Conversation.objects.for_user(user), user, tab)
    if q:
        found = Q(customer__name__icontains=q) | Q(customer__profile_name__icontains=q)
        if user.may("customers.view"):  # else a number could be guessed digit by digit
            found |= Q(customer__phone__contains=q)
        rows = rows.filter(found)
    return with_unread(rows, user).order_by(F("last_message_at").desc(nulls_last=True), "-created_at")


def with_unread(rows: QuerySet[Conversation], user: Any) -> QuerySet[Conversation]:
    """Rows with everything a list row shows, and `unread` for this person."""
    unread = (
        Message.objects.filter(
            conversation=OuterRef("pk"), direction=Message.Direction.IN,
            arrived_seq__gt=Coalesce(Subquery(_mark_of(user)), Value(0)),
        ).order_by().values("conversation").annotate(count=Count("*")).values("count")
    )  # fmt: skip
    return rows.select_related("customer", "inbox", "assignee__user", "last_message").annotate(
        unread=Coalesce(Subquery(unread, output_field=IntegerField()), 0)
    )


def _mark_of(user: Any) -> QuerySet[Any, Any]:
    """How far this person has read the conversation of the row one level out."""
    return ReadMark.objects.filter(conversation=OuterRef("conversation"), employee=user.employee).values("seq")


def tab_counts(user: Any) -> dict[str, int]:
    """How many conversations each tab holds for this person."""
    seen = Conversation.objects.for_user(user)
    return {tab: _in_tab(seen, user, tab).count() for tab in TABS}


def _in_tab(rows: QuerySet[Conversation], user: Any, tab: str) -> QuerySet[Conversation]:
    rows = rows.filter(customer__blocked_at=None)
    unresolved = ~Q(status=Conversation.Status.RESOLVED)
    if tab == "mine":
        return rows.filter(unresolved, assignee=user.employee)
    if tab == "unassigned":
        return rows.filter(unresolved, assignee=None)
    if tab == "needs":
        return rows.filter(unresolved, needs_human=True)
    return rows


def thread(
    conversation: Conversation, *, since: int | None = None, before: UUID | None = None, limit: int = PAGE,
    with_notes: bool,
) -> list[Message | Note]:  # fmt: skip
    """What was said, in order of provider time.

    With `since`, everything that is new or changed after that sequence; with `before` (a message's id), the page of
    older messages; else the newest page. Notes stand among the messages for those who may read them.
    """
    messages = _messages(conversation)
    notes = Note.objects.filter(conversation=conversation, deleted_at=None).select_related("author")
    if since is not None:
        changed = list(messages.filter(seq__gt=since).order_by("seq"))
        return _in_order(changed, list(notes.filter(seq__gt=since)) if with_notes else [])
    if before is not None:
        edge = Message.objects.filter(conversation=conversation, pk=before).first()
        if edge is None:
            return []
        earlier = Q(provider_at__lt=edge.provider_at) | Q(provider_at=edge.provider_at, created_at__lt=edge.created_at)
        messages = messages.filter(earlier)
        notes = notes.filter(created_at__lt=edge.provider_at)
    page = list(messages.order_by("-provider_at", "-created_at")[:limit])
    if len(page) == limit:
        notes = notes.filter(created_at__gte=page[-1].provider_at)
    return _in_order(page, list(notes) if with_notes else [])


def has_older(conversation: Conversation, rows: list[Message | Note]) -> bool:
    """Whether there is anything before the first message shown."""
    first = next((row for row in rows if isinstance(row, Message)), None)
    if first is None:
        return False
    return Message.objects.filter(conversation=conversation, provider_at__lt=first.provider_at).exists()


def _messages(conversation: Conversation) -> QuerySet[Message]:
    standing = Reaction.objects.filter(removed_at=None)
    return (
        Message.objects.filter(conversation=conversation)
        .select_related("reply_to")
        .prefetch_related(Prefetch("reactions", standing))
    )


def _in_order(messages: list[Message], notes: list[Note]) -> list[Message | Note]:
    rows: list[Message | Note] = [*messages, *notes]
    return sorted(rows, key=lambda row: (getattr(row, "provider_at", row.created_at), row.created_at))


def readers_of(conversation: Conversation) -> list[Employee]:
    """Everybody who may see this conversation now. The audience of a nudge, computed when it is sent."""
    # this is asked for every message: only what decides, and a role once, not for each person who has it
    people = (
        Employee.objects.filter(deactivated_at=None, user__is_active=True)
        .only("user_id", "role_id", "grants", "denials", "deactivated_at", "over_limit_at")
        .prefetch_related("role")
    )
    granted_users: set[UUID] = set()
    granted_groups: set[int] = set()
    if conversation.assignee_id is None:
        view = ["view_inbox"]
        users: Any = get_users_with_perms(conversation.inbox, only_with_perms_in=view, with_group_users=False)
        groups: Any = get_groups_with_perms(conversation.inbox, only_with_perms_in=view)
        granted_users = set(users.values_list("pk", flat=True))
        granted_groups = set(groups.values_list("pk", flat=True))
    return [
        person
        for person in people
        if "conversations.view" in (words := person.permissions)
        and (
            "conversations.view_all" in words
            or person.pk == conversation.assignee_id
            or person.user_id in granted_users
            or person.role.group_id in granted_groups
        )
    ]


def export_rows(user: Any, params: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """The conversations this person may take out, in the order of COLUMNS; nothing of what was said."""
    rows = Conversation.objects.for_user(user, "export")
    for name in ("status", "mode"):
        rows = rows.filter(**{name: params[name]}) if params.get(name) else rows
    if params.get("inbox"):
        rows = rows.filter(inbox__name=params["inbox"])
    place = COLUMNS.index("customer__phone")
    for row in rows.order_by("number").values_list(*COLUMNS).iterator(chunk_size=1000):
        yield (*row[:place], shown_to(user, row[place]), *row[place + 1 :])


def newest_per_inbox(customer_id: UUID) -> list[Conversation]:
    """A customer's latest conversation in each number they ever wrote to."""
    rows = Conversation.objects.filter(customer=customer_id).select_related("inbox", "customer")
    return list(rows.order_by("inbox", "-created_at").distinct("inbox"))


def beyond_limit(message: Message) -> UsageWindow | None:
    """The window of a customer's message, when it is beyond the plan's limit and the assistant keeps out of it."""
    at, conversation = message.provider_at, message.conversation
    return UsageWindow.objects.filter(
        inbox_id=conversation.inbox_id, customer_id=conversation.customer_id, starts_at__lte=at, ends_at__gt=at,
        over_limit=True,
    ).first()  # fmt: skip
