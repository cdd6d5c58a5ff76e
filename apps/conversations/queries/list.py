"""The list of the inbox: its tabs with their counts, its rows with what a row shows."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.conversations.models import Conversation, Message, ReadMark

TABS = ("mine", "unassigned", "all", "needs")


def conversations_for(user: Any, *, tab: str = "all", q: str = "") -> QuerySet[Conversation]:
    """What this person sees in the list: one tab, newest first, with the count of messages they have not read."""
    rows = _in_tab(Conversation.objects.for_user(user), user, tab)
    if q:
        rows = rows.filter(
            Q(customer__name__icontains=q) | Q(customer__profile_name__icontains=q) | Q(customer__phone__contains=q)
        )
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
