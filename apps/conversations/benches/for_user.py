"""What permission costs: the inbox list of an agent with grants on 50 numbers, over the same list of one who sees all.

50,000 conversations in 100 numbers, of which 50 are granted to the agent. The one who
sees all holds `conversations.view_all`, with which `for_user` filters nothing: the same query without the guard.
"""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from django.contrib.auth.models import Group
from django.db import connections, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.actions import add_employee
from apps.accounts.models import Employee, Role, User
from apps.conversations import queries
from apps.conversations.benches import stage
from apps.conversations.models import Conversation, Message
from apps.conversations.screen import PAGE
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.gateways.actions import grant_inbox
from apps.gateways.models import Inbox
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress
from apps.tenants.models import Business

INBOXES, GRANTED = 100, 50
CUSTOMERS = 500  # each has a conversation in every inbox
TURNS = 40
TARGET = 1.5


def measure(progress: Progress, small: bool = False) -> dict[str, Any]:
    """Milliseconds for the rows of the list, one person at a time."""
    return stage.at_home("for_user", progress, small=small)


def play(progress: Progress, small: bool = False) -> dict[str, Any]:
    """The same, in this process's database."""
    inboxes, granted, customers = (10, 5, 20) if small else (INBOXES, GRANTED, CUSTOMERS)
    with stage.a_business(progress) as business, tenant_context(business):
        agent, sees_all = _people()
        numbers = _fill(business, inboxes, customers, progress)
        for inbox in numbers[:granted]:
            grant_inbox(inbox, holder=agent.employee, words=["view", "reply"], by=SYSTEM)
        times = _turns({"ours": agent, "baseline": sees_all}, _list, progress)
        counts = _turns({"ours": agent, "baseline": sees_all}, queries.tab_counts, progress)
        rows = Conversation.objects.for_user(agent).count()
    ours, baseline = median(times["ours"]), median(times["baseline"])
    ratio = median(a / b for a, b in zip(times["ours"], times["baseline"], strict=True))
    figures: dict[str, Any] = {
        "name": "for_user", "unit": "ms per list", "ours": ours, "baseline": baseline, "ratio": ratio, "n": TURNS,
        **percentiles(times["ours"]),
        "also": {
            "conversations": inboxes * customers,
            "of them seen by the agent": rows,
            "counts of the tabs: agent": median(counts["ours"]),
            "counts of the tabs: sees all": median(counts["baseline"]),
        },
    }  # fmt: skip
    if not small and ratio > TARGET:
        figures["failures"] = [f"The agent's list takes {ratio:.2f} × the other; at most {TARGET} is wanted."]
    return figures


def _list(user: User) -> Any:
    return list(queries.conversations_for(user)[:PAGE])


def _turns(who: dict[str, User], act: Callable[[User], Any], progress: Progress) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in who}
    for turn in range(TURNS + 2):
        for name in random.sample(sorted(who), len(who)):
            began = time.perf_counter()
            act(who[name])
            times[name].append((time.perf_counter() - began) * 1000)
        progress(turn + 1, TURNS + 2, "turns")
    return {name: each[2:] for name, each in times.items()}  # the first ones warm up


def _people() -> list[User]:
    """An agent, and somebody with the same words and `conversations.view_all`."""
    words = Role.objects.get(name="agent").permissions
    found = []
    for name, permissions in (("agent_here", words), ("overseer", [*words, "conversations.view_all"])):
        role = Role.objects.create(
            name=name, display_name=name, group=Group.objects.create(name=name), permissions=permissions
        )
        employee = add_employee(email=f"{name}@bench.test", full_name=name, role=role, by=SYSTEM)
        found.append(Employee.objects.select_related("user", "role").get(pk=employee.pk).user)
    return found


def _fill(business: Business, inboxes: int, customers: int, progress: Progress) -> list[Inbox]:
    numbers = [stage.a_number(business) for _ in range(inboxes)]
    found = list(Inbox.objects.filter(pk__in=[number.inbox_id for number in numbers]))
    people = Customer.objects.bulk_create(
        [Customer(name=f"Customer {n}", phone=f"+96170{n:06}") for n in range(customers)], batch_size=1000
    )
    now, chance = timezone.now(), random.Random(1)  # noqa: S311
    for number, inbox in enumerate(found):
        conversations, messages = [], []
        for index, customer in enumerate(people):
            at = now - timedelta(minutes=chance.randrange(200_000))
            row = Conversation(
                inbox=inbox, customer=customer, number=number * customers + index + 1, mode="human", holder="nobody",
                last_seq=1, last_message_at=at, last_customer_at=at,
            )  # fmt: skip
            said = Message(
                conversation=row, inbox=inbox, seq=1, arrived_seq=1, direction="in", body="Hello", provider_at=at,
                status="received", external_id=f"wamid.bench.{number}.{index}",
            )  # fmt: skip
            row.last_message_id = said.pk
            conversations.append(row)
            messages.append(said)
        with transaction.atomic():  # at whose end the keys are checked
            Conversation.objects.bulk_create(conversations)
            Message.objects.bulk_create(messages)
        progress(number + 1, inboxes, "numbers filled")
    with connections["migrate"].cursor() as cursor:  # whose role owns them
        for table in (Conversation, Message, Customer, Inbox):
            cursor.execute(f'ANALYZE "{table._meta.db_table}"')
    return found
