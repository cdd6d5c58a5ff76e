"""The list of the inbox: its tabs with their counts, its rows with what a row shows."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.conversations.models import Conversation, Message, ReadMark
from apps.conversations.queries.counting import CountUpTo, counted
from apps.conversations.queries.search import question
from apps.customers.models import Customer

TABS = ("mine", "unassigned", "all", "needs")
MOST_UNREAD = 100  # so many are counted; a screen says "99+"


def conversations_for(user: Any, *, tab: str = "all", q: str = "") -> QuerySet[Conversation]:
    """What this person sees in the list: one tab, newest first, with the count of messages they have not read."""
    rows = _in_tab(Conversation.objects.for_user(user), user, tab)
    if q:
        rows = with_customer(rows, q)
    return by_last_word(with_unread(rows, user))


def by_last_word(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """The latest activity first, along its index; `active_at` and `pk` are where a page begins and ends."""
    return rows.annotate(active_at=Coalesce("last_message_at", "created_at")).order_by("-active_at", "-pk")


def after(rows: QuerySet[Conversation], last: Conversation) -> QuerySet[Conversation]:
    """The rows of `by_last_word` that come after one of them, found along the index and not by counting rows."""
    at = last.last_message_at or last.created_at
    before: dict[str, Any] = {"active_at__lt": at}
    return rows.filter(Q(**before) | Q(pk__lt=last.pk), **{"active_at__lte": at})


def with_customer(rows: QuerySet[Conversation], q: str) -> QuerySet[Conversation]:
    """Those with a customer of this name or number, however it is spelt."""
    asked = question(q)
    people = Customer.objects.none() if asked.is_empty else Customer.objects.filter(asked.part)
    return rows.filter(customer__in=people.values("pk"))


def with_unread(rows: QuerySet[Conversation], user: Any) -> QuerySet[Conversation]:
    """Rows with everything a list row shows, and `unread` for this person."""
    return rows.select_related("customer", "inbox", "assignee__user", "last_message").annotate(
        unread=CountUpTo(_unread_of(user).values("pk")[:MOST_UNREAD])
    )


def unread_only(rows: QuerySet[Conversation], user: Any) -> QuerySet[Conversation]:
    """Those with something this person has not read. What nothing was said in since is left out before looking."""
    mark = ReadMark.objects.filter(conversation=OuterRef("pk"), employee=user.employee).values("seq")
    newer = rows.alias(read_to=Coalesce(Subquery(mark), Value(0))).filter(last_seq__gt=F("read_to"))
    return newer.filter(Exists(_unread_of(user)))


def _unread_of(user: Any) -> QuerySet[Message]:
    """Of the conversation one level out: what a customer said after this person's mark."""
    mark = ReadMark.objects.filter(conversation=OuterRef("conversation"), employee=user.employee).values("seq")
    return Message.objects.filter(
        conversation=OuterRef("pk"), direction=Message.Direction.IN,
        arrived_seq__gt=Coalesce(Subquery(mark), Value(0)),
    ).order_by()  # fmt: skip


def tab_counts(user: Any, most: int | None = None) -> dict[str, int]:
    """How many conversations each tab holds for this person, in one statement; counted up to `most` if given."""
    seen = Conversation.objects.for_user(user)
    return counted(user, {tab: _in_tab(seen, user, tab) for tab in TABS}, most)


def _in_tab(rows: QuerySet[Conversation], user: Any, tab: str) -> QuerySet[Conversation]:
    rows = rows.exclude(customer__in=Customer.objects.filter(blocked_at__isnull=False).values("pk"))
    unresolved = ~Q(status=Conversation.Status.RESOLVED)
    if tab == "mine":
        return rows.filter(unresolved, assignee=user.employee)
    if tab == "unassigned":
        return rows.filter(unresolved, assignee=None)
    if tab == "needs":
        return rows.filter(unresolved, needs_human=True)
    return rows
