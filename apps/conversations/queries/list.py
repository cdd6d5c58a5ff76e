"""The list of the inbox: its tabs with their counts, its rows with what a row shows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.conversations.models import ComposerDraft, Conversation, Message, ReadMark
from apps.conversations.queries.counting import CountUpTo, counted
from apps.conversations.queries.narrowing import TABS, Wanted, in_order, narrowed
from apps.conversations.queries.search import question
from apps.customers.models import Customer

HALVES = ("new", "read")  # of the list with the unread first
SHOWN = (  # of the wide tables what a row of the list says; the rest would be two thirds of its time
    "status", "mode", "priority", "needs_human", "waiting_since", "window_until", "last_message_at", "created_at",
    "customer__name", "customer__arabic_name", "customer__profile_name", "customer__phone", "customer__is_vip",
    "assignee__full_name", "last_message__type", "last_message__body", "last_message__direction",
    "last_message__status", "last_message__hidden_at", "last_message__revoked_at",
)  # fmt: skip
MOST = 1000  # nobody counts further; the screen says 999+
MOST_UNREAD = 100  # so many are counted; a screen says "99+"


def conversations_for(
    user: Any, *, tab: str = "all", q: str = "", wishes: Wanted | None = None
) -> QuerySet[Conversation]:
    """What this person sees in the list, in order, with the count of messages they have not read."""
    wishes = wishes or Wanted(tab=tab, q=q)
    found = _found(Conversation.objects.for_user(user), user, wishes)
    drafted = ComposerDraft.objects.filter(conversation=OuterRef("pk"), employee=user.employee)
    rows = found.annotate(unread=_unread_count(user), has_draft=Exists(drafted))
    shown = rows.select_related("customer", "assignee", "last_message").only(*SHOWN).prefetch_related("labels")
    return in_order(shown, wishes)


def list_page(user: Any, wishes: Wanted, length: int) -> list[Conversation]:
    """So many rows of the list from the cursor on.

    With the unread first they are two questions, each along an index: one would look at every row before it sorts.
    """
    if wishes.sort != "unread":
        return list(conversations_for(user, wishes=wishes)[:length])
    begun, _dot, after = wishes.after.partition(".")
    rows: list[Conversation] = []
    for half in HALVES[HALVES.index(begun) if begun in HALVES else 0 :]:
        found = conversations_for(user, wishes=replace(wishes, after=after if half == begun else ""))
        found = unread_only(found, user) if half == "new" else found.exclude(Exists(_unread_of(user)))
        rows += found.annotate(half=Value(half))[: length - len(rows)]
    return rows


def with_customer(rows: QuerySet[Conversation], user: Any, q: str) -> QuerySet[Conversation]:
    """Those with a customer of this name or number, however it is spelt.

    Whoever may not see customers finds names alone: else a number could be guessed digit by digit (CUS-17).
    """
    asked = question(q)
    people = Customer.objects.none() if asked.is_empty else Customer.objects.filter(asked.part)
    if not user.may("customers.view"):
        people = people.filter(Q(name__icontains=q) | Q(arabic_name__icontains=q) | Q(profile_name__icontains=q))
    return rows.filter(customer__in=people.values("pk"))


def with_unread(rows: QuerySet[Conversation], user: Any) -> QuerySet[Conversation]:
    """Rows with all that stands around them, and `unread` for this person."""
    whole = rows.select_related("customer", "inbox", "assignee__user", "last_message")
    return whole.annotate(unread=_unread_count(user))


def unread_only(rows: QuerySet[Conversation], user: Any) -> QuerySet[Conversation]:
    """Those with something this person has not read. What nothing was said in since is left out before looking."""
    mark = ReadMark.objects.filter(conversation=OuterRef("pk"), employee=user.employee).values("seq")
    newer = rows.alias(read_to=Coalesce(Subquery(mark), Value(0))).filter(last_seq__gt=F("read_to"))
    return newer.filter(Exists(_unread_of(user)))


def _unread_count(user: Any) -> CountUpTo:
    return CountUpTo(_unread_of(user).values("pk")[:MOST_UNREAD])


def _unread_of(user: Any) -> QuerySet[Message]:
    """Of the conversation one level out: what a customer said after this person's mark."""
    mark = ReadMark.objects.filter(conversation=OuterRef("conversation"), employee=user.employee).values("seq")
    return Message.objects.filter(
        conversation=OuterRef("pk"), direction=Message.Direction.IN,
        arrived_seq__gt=Coalesce(Subquery(mark), Value(0)),
    ).order_by()  # fmt: skip


def tab_counts(
    user: Any, wishes: Wanted | None = None, *, most: int | None = None, tabs: Sequence[str] = TABS
) -> dict[str, int]:
    """How many conversations each of these tabs holds for this person under the same filters, in one question;
    counted up to `most` if given."""
    wishes = wishes or Wanted()
    seen = Conversation.objects.for_user(user)
    sets = {tab: _found(seen, user, Wanted(tab=tab, q=wishes.q, picked=wishes.picked)) for tab in tabs}
    return counted(sets, most)


def calling(user: Any) -> int:
    """How many conversations wait for this very person: unread among their own, or in need of anybody."""
    rows = _in_tab(Conversation.objects.for_user(user), user, "all").exclude(status=Conversation.Status.RESOLVED)
    mine = Q(assignee=user.employee) & (Q(needs_human=True) | Exists(_unread_of(user)))
    return rows.filter(mine | Q(assignee=None, needs_human=True)).values("pk")[:MOST].count()


def _found(rows: QuerySet[Conversation], user: Any, wishes: Wanted) -> QuerySet[Conversation]:
    rows = narrowed(_in_tab(rows, user, wishes.tab), user, wishes)
    if "unread" in wishes.picked:
        rows = unread_only(rows, user)
    return with_customer(rows, user, wishes.q) if wishes.q else rows


def _in_tab(rows: QuerySet[Conversation], user: Any, tab: str) -> QuerySet[Conversation]:
    blocked = Customer.objects.filter(blocked_at__isnull=False).values("pk")
    rows = rows.filter(hidden_at=None)
    rows = rows.filter(customer__in=blocked) if tab == "blocked" else rows.exclude(customer__in=blocked)
    unresolved = Q(status__in=(Conversation.Status.OPEN, Conversation.Status.SNOOZED))  # as indexes have it
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
