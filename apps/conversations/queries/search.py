"""Finding anything said: people, messages and notes that a person may see, newest first, whole words before parts.

The database holds every text in its folded form with an index of its trigrams (`apps.core.folding`). A text is found
when each word of the question stands in it. Three statements a kind: the few rows of a rare word, which only the index
of trigrams finds fast; then whole words, and parts of words when a page is not full. A frequent word has too many rows
to be named: PostgreSQL walks back through time for it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from apps.conversations.models import Conversation, Message, Note
from apps.core.folding import fold
from apps.customers.models import Customer

RIGHTS = {"people": "customers.view", "messages": "conversations.view", "notes": "notes.view"}  # to look into a kind
KINDS = tuple(RIGHTS)
PAGE = 20
RARE = 500  # rows; PostgreSQL's guess of how rare a part of a word is can be wrong by thousands
MOST_WORDS = 8
LONGEST = 200  # characters of a question
SENDERS = ("customer", "us", "assistant")

# The article and what is written together with it, folded: "the book", "in the book" and "book" are one word.
ARTICLE = re.compile(r"^(?:[WFBK]?AL|LL)(?=[A-Z]{3})")
QUOTED = re.compile(r'"([^"]+)"|«([^»]+)»|“([^”]+)”')


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: words, each with the ways it may be written, all folded."""

    words: tuple[tuple[str, ...], ...]
    inbox: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    sender: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.words

    @property
    def whole(self) -> Q:
        """Every word as a word of its own, with or without its article."""
        return _each(self.words, _as_a_word)

    @property
    def part(self) -> Q:
        """Every word anywhere; one too short for the index, at the beginning of a word."""
        return _each(self.words, _anywhere)

    @property
    def ways(self) -> list[str]:
        """Everything to highlight, the longest first."""
        return sorted({way for ways in self.words for way in ways}, key=len, reverse=True)


@dataclass(slots=True)
class Place:
    """A page of what one kind gave, and where the next one begins; `next` is empty when there is no more."""

    rows: list[Any] = field(default_factory=list)
    next: str = ""


def question(text: str, **filters: Any) -> Question:
    """Read what somebody typed. Words in quotes stand together; a phone number is one word, however it is spaced."""
    text = text[:LONGEST]
    together = fold(text).strip()
    digits = together.replace(" ", "")
    if digits.isdigit():  # numbers are stored with their country's code: neither 00 nor a local 0 before it
        ways = (digits.removeprefix("00" if digits.startswith("00") else "0"), digits, together)
        return Question((tuple(dict.fromkeys(filter(None, ways))),), **filters)
    phrases = [next(filter(None, found)) for found in QUOTED.findall(text)]
    words = [fold(phrase).strip() for phrase in phrases] + fold(QUOTED.sub(" ", text)).split()
    return Question(tuple(map(_ways, dict.fromkeys(filter(None, words[:MOST_WORDS])))), **filters)


def people_found(user: Any, asked: Question, after: str = "", limit: int = PAGE) -> Place:
    """Customers by any name or number, each with the newest conversation with them that this person sees."""
    seen = Conversation.objects.for_user(user)
    known = Customer.objects.for_user(user).filter(erased_at=None)
    place = _page(known, asked, Coalesce("last_contact_at", "created_at"), after, limit)
    latest = seen.filter(customer__in=[row.pk for row in place.rows]).order_by("customer", "-created_at")
    by_customer = {row.customer_id: row for row in latest.distinct("customer").select_related("inbox")}
    for row in place.rows:
        row.conversation = by_customer.get(row.pk)
    return place


def messages_found(user: Any, asked: Question, after: str = "", limit: int = PAGE) -> Place:
    """Messages of either side, of any age."""
    rows = Message.objects.for_user(user).select_related("conversation__customer", "inbox")
    if asked.inbox:
        rows = rows.filter(inbox=asked.inbox)
    if asked.sender:
        rows = rows.filter(_said_by(asked.sender))
    return _page(_between(rows, "provider_at", asked), asked, F("provider_at"), after, limit)


def notes_found(user: Any, asked: Question, after: str = "", limit: int = PAGE) -> Place:
    """What colleagues told each other."""
    rows = Note.objects.for_user(user).select_related("conversation__customer", "customer", "author")
    if asked.inbox:
        rows = rows.filter(conversation__inbox=asked.inbox)
    return _page(_between(rows, "created_at", asked), asked, F("created_at"), after, limit)


def found(user: Any, asked: Question, kinds: Iterable[str] = KINDS, *, limit: int = PAGE) -> dict[str, Place]:
    """The first page of each kind that this person may look into."""
    open_to = [kind for kind in kinds if user.may(RIGHTS[kind]) and not asked.is_empty]
    return {kind: FIND[kind](user, asked, "", limit) for kind in open_to}


FIND: dict[str, Callable[[Any, Question, str, int], Place]] = {
    "people": people_found, "messages": messages_found, "notes": notes_found,
}  # fmt: skip


def _page(rows: QuerySet[Any], asked: Question, at: Any, after: str, limit: int) -> Place:
    """One page: of whole words as long as there are any, then of parts. `after` is "w:id" or "p:id"."""
    rows = rows.annotate(said_at=at)
    phase, _, last = after.partition(":")
    edge = rows.filter(pk=last).first() if last else None
    if last and edge is None:
        return Place()
    place = Place()
    rows = _if_rare(rows, asked)
    for name, wanted in (("w", asked.whole), ("p", asked.part & ~asked.whole)):
        if phase == "p" and name == "w":
            continue
        here = rows.filter(wanted).order_by("-said_at", "-pk")
        if edge is not None and phase == name:
            beyond = Q(said_at__lt=edge.said_at) | Q(pk__lt=edge.pk)
            here = here.filter(beyond, said_at__lte=edge.said_at)
        taken = list(here[: limit + 1 - len(place.rows)])
        place.rows += taken
        if len(place.rows) > limit:
            place.rows.pop()
            place.next = f"{name if len(taken) > 1 else 'w'}:{place.rows[-1].pk}"
            break
    return place


def _if_rare(rows: QuerySet[Any], asked: Question) -> QuerySet[Any]:
    """The same rows, narrowed to those by name that hold every word, where these are few in the whole table."""
    few = list(rows.model.objects.order_by().filter(asked.part).values_list("pk", flat=True)[: RARE + 1])
    return rows if len(few) > RARE else rows.filter(pk__in=few)


def _between(rows: QuerySet[Any], column: str, asked: Question) -> QuerySet[Any]:
    if asked.since:
        rows = rows.filter(**{f"{column}__gte": asked.since})
    return rows.filter(**{f"{column}__lt": asked.until}) if asked.until else rows


def _said_by(sender: str) -> Q:
    if sender == "customer":
        return Q(direction=Message.Direction.IN)
    assistant = Q(actor_kind="assistant")
    return Q(direction=Message.Direction.OUT) & (assistant if sender == "assistant" else ~assistant)


def _ways(word: str) -> tuple[str, ...]:
    bare = ARTICLE.sub("", word)
    return (word,) if bare == word else (bare, word)


def _as_a_word(ways: Sequence[str]) -> list[str]:
    bare = min(ways, key=len)
    return [f" {way} " for way in ways] + ([f" AL{bare} "] if bare.isupper() and f"AL{bare}" not in ways else [])


def _anywhere(ways: Sequence[str]) -> list[str]:
    least = [way for way in ways if not any(other in way for other in ways if other != way)]
    return [way if len(way) > 2 else f" {way}" for way in least]


def _each(words: Sequence[Sequence[str]], shape: Callable[[Sequence[str]], list[str]]) -> Q:
    return reduce(and_, [reduce(or_, [Q(folded__contains=text) for text in shape(ways)]) for ways in words])
