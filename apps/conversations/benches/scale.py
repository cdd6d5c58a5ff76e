"""Rows by the million: customers, conversations, messages, read marks and notes of one business, by COPY.

In lots, a transaction each, every lot made from its own number: a run that was broken off goes on where it was. What
is made resembles what is lived: most conversations are short and done, some are long and open; a part has somebody.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, connections, models, transaction
from django.utils import timezone

from apps.accounts.models import Employee
from apps.conversations.benches.sayings import a_name, a_saying
from apps.conversations.models import Conversation, Message, Note, ReadMark
from apps.customers.models import Customer
from apps.gateways.models import Inbox
from apps.tenants.benches.stage import Progress

LOT = 1_000  # conversations
DAYS = 3 * 365  # how far back it goes
PREFIX = "+88216"  # a range of satellite phones that nobody's customers have
TABLES = (Customer, Conversation, Message, ReadMark, Note)


@dataclass(frozen=True)
class Ground:
    """What the rows refer to, and when now is."""

    inboxes: list[Inbox]
    people: list[Employee]
    now: datetime


def fill(progress: Progress, *, conversations: int, messages: int) -> tuple[int, int]:
    """Bring the business of this context to so many made conversations and messages. Returns how many were added."""
    if messages < conversations:
        raise ValueError("Every conversation has a message: ask for at least as many messages.")
    inboxes = list(Inbox.objects.filter(archived_at=None).order_by("created_at"))
    if not inboxes:
        raise ValueError("Connect a number first: conversations belong to one.")
    people = list(Employee.objects.filter(deactivated_at=None).order_by("created_at"))
    ground = Ground(inboxes, people, timezone.now())
    there = Customer.objects.filter(phone__startswith=PREFIX).count()
    added = 0
    for start in range(there, conversations, LOT):
        end = min(start + LOT, conversations)
        share = messages * end // conversations - messages * start // conversations
        with transaction.atomic():
            added += _lot(ground, start, end, share)
        progress(end, conversations, f"conversations, {added:,} messages")
    if added:
        settle()
    return max(0, conversations - there), added


def settle() -> None:
    """Let the planner know the new tables, and the indexes take in what waits beside them."""
    with connections["migrate"].cursor() as cursor:  # whose role owns them
        for table in TABLES:
            cursor.execute(f'VACUUM (ANALYZE) "{table._meta.db_table}"')


def _lot(ground: Ground, start: int, end: int, share: int) -> int:
    dice = random.Random(start)  # noqa: S311
    counts = _shared_out(dice, end - start, share)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('conversations_number') FROM generate_series(1, %s)", [end - start]
        )  # so that the next real conversation has another
        numbers = [number for (number,) in cursor.fetchall()]
    rows: dict[type[models.Model], list[models.Model]] = {table: [] for table in TABLES}
    for index, number, count in zip(range(start, end), numbers, counts, strict=True):
        _conversation(ground, dice, index, number, count, rows)
    for table in TABLES:
        copy(table, rows[table])
    return sum(counts)


def _shared_out(dice: random.Random, conversations: int, messages: int) -> list[int]:
    """How many messages each has: at least one, mostly few, the rest to ten busy ones."""
    mean = messages / conversations
    counts = [1 + int(dice.expovariate(1 / max(0.01, mean - 1)) * 0.7) for _ in range(conversations)]
    busy = min(10, conversations)
    while sum(counts) > messages:
        most = max(range(conversations), key=counts.__getitem__)
        counts[most] -= min(counts[most] - 1, sum(counts) - messages)
    rest = messages - sum(counts)
    for place in range(busy):
        counts[place] += rest // busy + (place < rest % busy)
    return counts


def _conversation(
    ground: Ground, dice: random.Random, index: int, number: int, count: int, rows: dict[Any, list[Any]]
) -> None:
    arabic = dice.random() < 0.6
    ended = ground.now - timedelta(seconds=int(DAYS * 86_400 * dice.random() ** 2))
    at = ended - timedelta(minutes=dice.randrange(3, 90) * count)
    recent = ended > ground.now - timedelta(days=30)
    inbox = ground.inboxes[min(int(dice.expovariate(4 / len(ground.inboxes))), len(ground.inboxes) - 1)]
    person = dice.choice(ground.people) if ground.people and dice.random() < (0.6 if recent else 0.9) else None
    customer = Customer(
        name=a_name(dice, arabic=arabic), phone=f"{PREFIX}{index:08}", language="ar" if arabic else "en",
        first_contact_at=at, last_contact_at=ended, blocked_at=ended if dice.random() < 0.01 else None, created_at=at,
    )  # fmt: skip
    row = Conversation(
        inbox=inbox, customer=customer, number=number, mode="human", holder="person" if person else "nobody",
        status="open" if recent and dice.random() < 0.5 else "resolved", assignee=person,
        assigned_at=at if person else None,
        language=customer.language, last_seq=count, last_message_at=ended, last_customer_at=ended, created_at=at,
        needs_human=recent and dice.random() < 0.05,
    )  # fmt: skip
    step = (ended - at) / max(1, count)
    for seq in range(1, count + 1):
        when = at + step * seq
        incoming = seq == 1 or dice.random() < 0.55
        by_whom = "customer" if incoming else "employee" if person else "assistant"
        message = Message(
            conversation=row, inbox=inbox, seq=seq, arrived_seq=seq, provider_at=when, created_at=when,
            direction="in" if incoming else "out", status="received" if incoming else "read", actor_kind=by_whom,
            actor_label="" if incoming or not person else person.full_name, external_id=f"scale.{index}.{seq}",
            body=a_saying(dice, index * 10 + seq, arabic=arabic),
        )  # fmt: skip
        rows[Message].append(message)
    row.last_message_id = message.pk
    for reader in {dice.choice(ground.people), person} - {None} if ground.people else ():
        rows[ReadMark].append(ReadMark(conversation=row, employee=reader, seq=count if dice.random() < 0.9 else 0))
    if dice.random() < 0.1:
        rows[Note].append(Note(conversation=row, body=a_saying(dice, index, arabic=arabic), author=person, seq=count))
    rows[Customer].append(customer)
    rows[Conversation].append(row)


def copy(table: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Put rows into their table by COPY: no statement and no round trip for each."""
    fields = [each for each in table._meta.concrete_fields if not each.generated]
    names = ", ".join(f'"{each.column}"' for each in fields)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table._meta.db_table}" ({names}) FROM STDIN') as sink:
        for values in _values(fields, rows):
            sink.write_row(values)


def _values(fields: Sequence[Any], rows: Iterable[models.Model]) -> Iterable[list[Any]]:
    now = timezone.now()
    names = [each.attname for each in fields]
    made = [(place, each) for place, each in enumerate(fields) if isinstance(each, models.JSONField)]
    touched = names.index("updated_at")
    for row in rows:
        values = [getattr(row, name) for name in names]
        for place, each in made:
            values[place] = each.get_db_prep_save(values[place], connection)
        values[touched] = now
        yield values
