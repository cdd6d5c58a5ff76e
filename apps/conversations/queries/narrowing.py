"""What of the list is wanted: tab, words, filters and order, as the address says them, and where a page ends."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.conversations.models import Conversation
from apps.conversations.models.conversation import URGENT_FIRST

TABS = ("mine", "unassigned", "all", "needs", "blocked")
SORTS = ("activity", "waiting", "priority", "unread")
WAITS = ("5", "15", "30", "60", "240", "1440")  # minutes
FIXED = {
    "mode": Conversation.Mode.values, "status": Conversation.Status.values,
    "priority": Conversation.Priority.values, "unread": ["yes"], "vip": ["yes"], "waiting": WAITS,
}  # fmt: skip
KEYED = ("assignee", "label", "inbox")
WORDED = ("stage", "language")
FILTERS = (*FIXED, *KEYED, *WORDED)
NOBODY, ME = "none", "me"
# What is sorted by before the last activity, and whether downwards.
LEADS: dict[str, tuple[tuple[str, bool], ...]] = {
    "activity": (), "waiting": (("waiting_since", False),), "priority": (("rank", False),)
}  # fmt: skip
LAST = (("active_at", True), ("pk", True))  # never null


@dataclass(frozen=True)
class Wanted:
    """One way to look at the list. Everything in it stands in the address, so it can be kept, sent and gone back to."""

    tab: str = "all"
    q: str = ""
    sort: str = "activity"
    after: str = ""
    picked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.picked or self.q)

    def query(self, **changes: Any) -> str:
        """These wishes as a query string, some of them changed."""
        facts: dict[str, Any] = {"tab": self.tab, "q": self.q, "sort": self.sort, "after": self.after, **self.picked}
        facts |= changes
        if facts["sort"] == "activity":
            facts["sort"] = ""
        return urlencode({name: value for name, value in facts.items() if value}, doseq=True)

    def without(self, name: str, value: str) -> str:
        """The query string with one filter's one value less."""
        return self.query(**{name: tuple(each for each in self.picked[name] if each != value), "after": ""})


def wanted(params: Any) -> Wanted:
    """The wishes of an address. What means nothing is left out: an old link still shows a list."""
    tab, sort = params.get("tab", ""), params.get("sort", "")
    picked = {name: tuple(dict.fromkeys(filter(None, params.getlist(name)))) for name in FILTERS}
    kept = {name: tuple(each for each in values if _means(name, each)) for name, values in picked.items()}
    return Wanted(
        tab=tab if tab in TABS else "all", q=params.get("q", "").strip()[:200],
        sort=sort if sort in SORTS else SORTS[0], after=params.get("after", ""),
        picked={name: values for name, values in kept.items() if values},
    )  # fmt: skip


def _means(name: str, value: str) -> bool:
    if name in FIXED:
        return value in FIXED[name]
    if name in WORDED:
        return len(value) <= 40 and "\0" not in value
    return (name == "assignee" and value in (NOBODY, ME)) or _is_id(value)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def narrowed(rows: QuerySet[Conversation], user: Any, wishes: Wanted) -> QuerySet[Conversation]:
    """The rows that fit every filter but `unread`; of one filter's values any."""
    picked = wishes.picked
    for name in ("mode", "status", "priority", "inbox", *WORDED):
        if name in picked:
            rows = rows.filter(**{f"{name}__in": picked[name]})
    if "label" in picked:
        through = Conversation.labels.through.objects.filter(label__in=[UUID(each) for each in picked["label"]])
        rows = rows.filter(pk__in=through.values("conversation"))
    if "assignee" in picked:
        people = [str(user.employee.pk) if each == ME else each for each in picked["assignee"] if each != NOBODY]
        rows = rows.filter(Q(assignee__in=people) | (Q(assignee=None) if NOBODY in picked["assignee"] else Q()))
    if "vip" in picked:
        rows = rows.filter(customer__is_vip=True)
    if "waiting" in picked:
        longest = timezone.now() - timedelta(minutes=int(min(picked["waiting"], key=int)))
        rows = rows.exclude(status=Conversation.Status.RESOLVED).filter(waiting_since__lte=longest)
    return rows


def in_order(rows: QuerySet[Conversation], wishes: Wanted) -> QuerySet[Conversation]:
    """The rows in the order wished for, from the cursor on; `unread` is `activity` here, see `list_page`."""
    if wishes.sort == "priority":
        rows = rows.annotate(rank=URGENT_FIRST)
    rows = rows.annotate(active_at=Coalesce("last_message_at", "created_at"))  # along its index
    lead = LEADS.get(wishes.sort, ())
    columns = (*lead, *LAST)
    if values := _place(wishes.after, len(columns)):
        rows = rows.filter(_beyond(columns, values))
    first = (F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True) for name, down in lead)
    return rows.order_by(*first, *(F(name).desc() for name, _down in LAST))  # a word on nulls, and no index fits


def cursor_of(row: Any, sort: str) -> str:
    """Where a row stands in the order, as a word for the address."""
    values = [getattr(row, name) for name, _down in (*LEADS.get(sort, ()), *LAST)]
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in values]
    place = urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode().rstrip("=")
    return f"{row.half}.{place}" if sort == "unread" else place


def _place(cursor: str, length: int) -> list[Any]:
    """The values a cursor stands for; none for what is no cursor of this order."""
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != length or not _is_id(str(values[-1])):
            return []
        return [datetime.fromisoformat(each) if isinstance(each, str) and "T" in each else each for each in values]
    except ValueError:
        return []


def _beyond(columns: tuple[tuple[str, bool], ...], values: list[Any]) -> Q:
    """Later in the order than these values; nothing comes after nothing."""
    found, same = Q(pk__in=[]), Q()
    for (name, down), value in zip(columns, values, strict=True):
        if value is not None:
            later = Q(**{f"{name}__{'lt' if down else 'gt'}": value})
            found |= same & (later if (name, down) in LAST else later | Q(**{f"{name}__isnull": True}))
            same &= Q(**{name: value})
        else:
            same &= Q(**{f"{name}__isnull": True})
    if columns == LAST:  # implied, and what an index can begin at
        found &= Q(active_at__lte=values[0])
    return found
