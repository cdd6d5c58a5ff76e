"""Signed webhooks per second through the real door, beside bare inserts of the very same rows.

Each round posts a batch to one business with 1 or 4 client processes, reads the rows that came of it, and inserts
them by plain SQL, with as many processes, into a twin business: same tables, indexes, constraints, role.
"""

import itertools
import json
import pickle
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.conversations.benches import stage
from apps.conversations.benches.clients import Clients, dealt
from apps.conversations.benches.running import running
from apps.conversations.models import Conversation, Message
from apps.customers.models import Customer, Identity
from apps.gateways.models import Delivery, DeliveryElement, Inbox
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress, throwaway_businesses
from apps.tenants.models import Business

CASES = (1, 4)  # client processes
ROUNDS = 3
BATCH = 600  # messages; each customer of a batch is new and writes this often:
EACH = 4

Insert = tuple[str, tuple[Any, ...]]


def measure(progress: Progress, *, small: bool = False) -> dict[str, Any]:
    """Webhooks per second with 4 clients, p50 to p99 of one POST in ms; every case under "cases"."""
    return stage.at_home("ingest", progress, small=small)


def play(progress: Progress, *, small: bool = False) -> dict[str, Any]:
    """The measurement itself, on the configured database."""
    batch, rounds = (40, 1) if small else (BATCH, ROUNDS)
    with throwaway_businesses(2) as (ours, twin):
        number = stage.a_number(ours)
        _copy_inbox(number, twin)
        with running("web", "live", "slow") as site:
            stage.warm_up(site.port, number)
            fresh = itertools.count(1)
            cases = [_Case(clients) for clients in CASES]
            for turn in range(rounds):
                for case in cases:
                    case.play(site.port, number, twin, _batch(number, batch, fresh))
                    progress(turn * len(cases) + CASES.index(case.clients) + 1, rounds * len(cases), "batches")
    one, four = cases
    return {
        "name": "ingest",
        "unit": "webhooks/s, 4 clients",
        "ours": four.rate,
        "baseline": four.bare_rate,
        "ratio": four.rate / four.bare_rate,
        "n": len(four.ms),
        **percentiles(four.ms),
        "cases": [case.figures() for case in cases],
        "also": {
            "1 client, webhooks/s": one.rate,
            "1 client, p50, ms": percentiles(one.ms)["p50"],
            "1 client, p99, ms": percentiles(one.ms)["p99"],
            "1 client, bare inserts/s": one.bare_rate,
            "1 client, bare p50, ms": percentiles(one.bare_ms)["p50"],
            "4 clients, bare p50, ms": percentiles(four.bare_ms)["p50"],
            "4 clients, bare p99, ms": percentiles(four.bare_ms)["p99"],
        },
    }


class _Case:
    """One number of client processes, over all rounds."""

    def __init__(self, clients: int) -> None:
        self.clients = clients
        self.ms: list[float] = []
        self.bare_ms: list[float] = []
        self._seconds = self._bare_seconds = 0.0

    @property
    def rate(self) -> float:
        return len(self.ms) / self._seconds

    @property
    def bare_rate(self) -> float:
        return len(self.bare_ms) / self._bare_seconds

    def play(self, port: int, number: stage.Number, twin: Business, posts: Sequence[dict[str, Any]]) -> None:
        """Post a batch, then insert its rows again by hand."""
        since = timezone.now()
        answers = Clients(port, dealt(posts, self.clients, by="customer")).wait()
        if {answer.status for answer in answers} != {200}:
            raise RuntimeError(f"Not every webhook was taken: {sorted({answer.status for answer in answers})}")
        self._seconds += max(answer.ended for answer in answers) - min(answer.began for answer in answers)
        self.ms += [answer.ms for answer in answers]
        with tenant_context(number.business):
            bare = _insert(twin, _rows_since(since, self.clients))
        self._bare_seconds += max(part["ended"] for part in bare) - min(part["began"] for part in bare)
        self.bare_ms += [ms for part in bare for ms in part["ms"]]

    def figures(self) -> dict[str, Any]:
        """This case in the words of the contract."""
        return {
            "clients": self.clients, "ours": self.rate, "baseline": self.bare_rate, "ratio": self.rate / self.bare_rate,
            "n": len(self.ms), **percentiles(self.ms), "baseline_ms": percentiles(self.bare_ms),
        }  # fmt: skip


def _batch(number: stage.Number, size: int, fresh: "itertools.count[int]") -> list[dict[str, Any]]:
    """New customers who write a few times each, their messages shuffled."""
    people = [next(fresh) for _ in range(size // EACH)] * EACH
    random.Random(people[0]).shuffle(people)  # noqa: S311
    now = timezone.now() - timedelta(seconds=size)
    posts = []
    for index, person in enumerate(people):
        text = stage.a_text(f"wamid.{person}.{index}", stage.by_phone(person), now + timedelta(seconds=index), "مرحبا")
        posts.append({"n": index, "customer": person, **number.signed(stage.a_body(number, [text]))})
    return posts


def _copy_inbox(number: stage.Number, twin: Business) -> None:
    with tenant_context(number.business):
        facts = {field.attname: value for field, value in _values(Inbox.objects.get())}
    with tenant_context(twin):
        Inbox.objects.create(**facts)


def _values(row: models.Model) -> list[tuple[Any, Any]]:
    return [(field, getattr(row, field.attname)) for field in row._meta.concrete_fields if not field.generated]


def _rows_since(since: datetime, shares: int) -> list[list[list[Insert]]]:
    """Every row that came of a batch, by message in order of arrival; a customer's, who comes first, in one share."""
    elements = DeliveryElement.objects.filter(created_at__gte=since).select_related("delivery").order_by("created_at")
    found = Message.objects.filter(created_at__gte=since).select_related("conversation__customer")
    messages = {message.pk: message for message in found}
    identities: dict[Any, list[Identity]] = {}
    for identity in Identity.objects.filter(created_at__gte=since):
        identities.setdefault(identity.customer_id, []).append(identity)
    dealt_rows: list[list[list[Insert]]] = [[] for _ in range(shares)]
    known: dict[Any, int] = {}
    for element in elements:
        message = messages[element.object_id]
        conversation: Conversation = message.conversation
        customer: Customer = conversation.customer
        delivery: Delivery = element.delivery
        group: list[models.Model] = [delivery]
        if customer.pk not in known:
            known[customer.pk] = len(known) % shares
            conversation.last_message = None
            group += [customer, *identities[customer.pk], conversation]
        dealt_rows[known[customer.pk]].append([_insertion(row) for row in (*group, message, element)])
    return dealt_rows


def _insertion(row: models.Model) -> Insert:
    fields = [field for field in row._meta.concrete_fields if not field.generated]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields)
    return f"INSERT INTO {row._meta.db_table} ({columns}) VALUES ({marks})", values  # noqa: S608


def _insert(twin: Business, shares: Sequence[list[list[Insert]]]) -> list[dict[str, Any]]:
    database = settings.DATABASES["default"]
    facts = {
        "host": database["HOST"], "port": database["PORT"] or 5432, "user": database["USER"],
        "password": database["PASSWORD"], "dbname": database["NAME"],
    }  # fmt: skip
    words = [sys.executable, "-m", f"{__package__}.inserting"]
    processes = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in shares]  # noqa: S603
    for process, share in zip(processes, shares, strict=True):
        assert process.stdin is not None
        pickle.dump({"connection": facts, "schema": twin.schema_name, "messages": share}, process.stdin)
        process.stdin.close()
    return [_read(process) for process in processes]


def _read(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.read())
    process.wait()
    return found
