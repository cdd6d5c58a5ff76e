"""The list of the inbox: its tabs with their counts, its rows with what a row shows."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.accounts.models import Employee
from apps.conversations.models import ComposerDraft, Conversation, Message, ReadMark
from apps.conversations.queries.narrowing import TABS, Wanted, in_order, narrowed

MOST = 1000  # nobody counts further; the screen says 999+


class HowMany(Subquery):
    """The number of rows of a query, asked inside another."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def conversations_for(
    user: Any, *, tab: str = "all", q: str = "", wishes: Wanted | None = None
) -> QuerySet[Conversation]:
    """What this person sees in the list, in order, with the count of messages they have not read."""
    wishes = wishes or Wanted(tab=tab, q=q)
    found = _found(Conversation.objects.for_user(user), user, wishes)
    drafted = ComposerDraft.objects.filter(conversation=OuterRef("pk"), employee=user.employee)
    rows = with_unread(found, user).annotate(has_draft=Exists(drafted)).prefetch_related("labels")
    return in_order(rows, wishes, unread=Exists(_unread_by(user)))


def with_unread(rows: QuerySet[Conversation], user: Any) -> QuerySet[Conversation]:
    """Rows with everything a list row shows, and `unread` for this person."""
    unread = _unread_by(user).order_by().values("conversation").annotate(count=Count("*")).values("count")
    return rows.select_related("customer", "inbox", "assignee__user", "last_message").annotate(
        unread=Coalesce(Subquery(unread, output_field=IntegerField()), 0)
    )


def _unread_by(user: Any) -> QuerySet[Message]:
    """Messages of the row one level out that came after this person last looked."""
    mark = ReadMark.objects.filter(conversation=OuterRef("conversation"), employee=user.employee).values("seq")
    return Message.objects.filter(
        conversation=OuterRef("pk"), direction=Message.Direction.IN,
        arrived_seq__gt=Coalesce(Subquery(mark), Value(0)),
    )  # fmt: skip


def tab_counts(user: Any, wishes: Wanted | None = None) -> dict[str, int]:
    """How many conversations each tab holds for this person under the same filters, in one question."""
    wishes = wishes or Wanted()
    seen = Conversation.objects.for_user(user)
    counted = {
        tab: HowMany(_found(seen, user, Wanted(tab=tab, q=wishes.q, picked=wishes.picked)).values("pk")[:MOST])
        for tab in TABS
    }
    return Employee.objects.filter(pk=user.employee.pk).values(**counted)[0]


def calling(user: Any) -> int:
    """How many conversations wait for this very person: unread among their own, or in need of anybody."""
    rows = Conversation.objects.for_user(user).filter(customer__blocked_at=None, hidden_at=None)
    mine = Q(assignee=user.employee) & (Q(needs_human=True) | Exists(_unread_by(user)))
    rows = rows.exclude(status=Conversation.Status.RESOLVED).filter(mine | Q(assignee=None, needs_human=True))
    return rows.values("pk")[:MOST].count()


def _found(rows: QuerySet[Conversation], user: Any, wishes: Wanted) -> QuerySet[Conversation]:
    rows = narrowed(_in_tab(rows, user, wishes.tab), user, wishes, unread=Exists(_unread_by(user)))
    if wishes.q:
        named = Q(customer__name__icontains=wishes.q) | Q(customer__profile_name__icontains=wishes.q)
        if user.may("customers.view"):  # else a number could be guessed digit by digit
            named |= Q(customer__phone__contains=wishes.q)
        rows = rows.filter(named)
    return rows


def _in_tab(rows: QuerySet[Conversation], user: Any, tab: str) -> QuerySet[Conversation]:
    rows = rows.filter(customer__blocked_at__isnull=tab != "blocked", hidden_at=None)
    unresolved = ~Q(status=Conversation.Status.RESOLVED)
    if tab == "mine":
        return rows.filter(unresolved, assignee=user.employee)
    if tab == "unassigned":
        return rows.filter(unresolved, assignee=None)
    if tab == "needs":
        return rows.filter(unresolved, needs_human=True)
    return rows


def newest_per_inbox(customer_id: UUID) -> list[Conversation]:
    """A customer's latest conversation in each number they ever wrote to."""
    rows = Conversation.objects.filter(customer=customer_id).select_related("inbox", "customer")
    return list(rows.order_by("inbox", "-created_at").distinct("inbox"))


def earlier(user: Any, conversation: Conversation) -> QuerySet[Conversation]:
    """What else was said with this customer, as far as this person may see it."""
    rows = Conversation.objects.for_user(user).filter(customer=conversation.customer_id, hidden_at=None)
    return rows.exclude(pk=conversation.pk).select_related("inbox").order_by("-created_at")[:10]
