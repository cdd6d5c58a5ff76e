"""What the inbox costs when it is large: list, counts, thread, search and filters with a million messages.

Each is the very call a page makes. An agent with grants on some numbers and a manager who sees all take turns, first
with a hundredth of the rows and then with all of them, so that growth is told too. The tables that any plan
reads from end to end are named.
"""

import os
import random
import re
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from apps.accounts.actions import add_employee
from apps.accounts.models import Employee, Role, User
from apps.accounts.roles import AGENT
from apps.conversations import queries, screen
from apps.conversations.benches import scale, stage
from apps.conversations.queries import search
from apps.core.actors import SYSTEM
from apps.gateways.actions import grant_inbox
from apps.gateways.models import Inbox
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress

CONVERSATIONS, MESSAGES = 100_000, 1_000_000
NUMBERS, GRANTED, COLLEAGUES = 20, 6, 30
TURNS = 60
LIST_LENGTH = 100
TARGETS = {"list": 80, "counts": 80, "thread": 50, "search": 200, "filters": 80}  # ms, p95
MOST_QUERIES, MOST_GROWTH = 12, 2.0

# Words that are everywhere, seldom and in one message; parts of words; two scripts; numbers; nothing at all.
ASKED = (
    "موعد", "شكرا", "ساعه", "الفاتوره", "بيروت", "كتاب", "مكنسة", "تون",
    "Beirut", "appointment", "thank", "screen", "vacuum", "charg",
    "MJ-0{code}", "+88216000{digits}", "{digits}", "محمد الخوري", "Haddad order", '"good morning"', "zzzqqq", "ab",
)  # fmt: skip


def measure(progress: Progress, small: bool = False) -> dict[str, Any]:
    """Milliseconds at the server for each, 95 of 100 calls below."""
    return stage.at_home("inbox", progress, small=small)


def play(progress: Progress, small: bool = False) -> dict[str, Any]:
    """The same, in this process's database."""
    conversations, messages = (500, 5_000) if small else (CONVERSATIONS, MESSAGES)
    turns, share = (4, 5) if small else (TURNS, 100)
    with stage.a_business(progress) as business, tenant_context(business):
        for _ in range(4 if small else NUMBERS):
            stage.a_number(business)
        inboxes = list(Inbox.objects.order_by("created_at"))
        who = people(inboxes[: max(2, len(inboxes) * GRANTED // NUMBERS)])
        began = time.monotonic()
        _fill(progress, conversations // share, messages // share)
        before = {name: _turns(user, turns, progress) for name, user in who.items()}
        _fill(progress, conversations, messages)
        filling = time.monotonic() - began
        after = {name: _turns(user, turns, progress) for name, user in who.items()}
        plans = sorted(set(_whole_tables(who.values()))) if not small else []
    return _figures(conversations, messages, before, after, filling, plans, small=small)


def _fill(progress: Progress, conversations: int, messages: int) -> None:
    scale.fill(progress, conversations=conversations, messages=messages)


def people(granted: list[Inbox]) -> dict[str, User]:
    """An agent with grants, one who sees all, and colleagues who have conversations of their own."""
    words = Role.objects.get(name=AGENT).permissions
    found = {}
    for name, permissions in (("granted", words), ("overseeing", [*words, "conversations.view_all"])):
        group = Group.objects.create(name=f"bench_{name}")
        role = Role.objects.create(name=f"bench_{name}", display_name=name, group=group, permissions=permissions)
        employee = add_employee(email=f"{name}@bench.test", full_name=name, role=role, by=SYSTEM)
        found[name] = Employee.objects.select_related("user", "role").get(pk=employee.pk).user
        if name == "granted":
            for index in range(COLLEAGUES):
                add_employee(email=f"{index}@bench.test", full_name=f"Colleague {index}", role=role, by=SYSTEM)
    for inbox in granted:
        grant_inbox(inbox, holder=found["granted"].employee, words=["view", "reply"], by=SYSTEM)
    return found


def acts(user: User, dice: random.Random) -> dict[str, Callable[[], Any]]:
    """One call of each kind, as this person."""
    tab = dice.choice(queries.TABS)

    def wanted(**wishes: Any) -> Any:
        return queries.list_page(user, queries.Wanted(tab=tab, **wishes), LIST_LENGTH)

    asked = dice.choice(ASKED).format(code=f"{dice.randrange(999_999):06}", digits=f"{dice.randrange(9_999):05}")
    page = list(queries.conversations_for(user)[:200])
    one, end = dice.choice(page), queries.cursor_of(page[-1], "activity")
    narrowed = dice.choice(
        (
            lambda: wanted(picked={"status": ("open",)}),
            lambda: wanted(picked={"language": ("ar",)}),
            lambda: wanted(picked={"unread": ("yes",)}),
            lambda: wanted(sort="waiting"),
            lambda: wanted(sort="priority"),
            lambda: wanted(sort="unread"),
            lambda: wanted(after=end),
            lambda: wanted(q=dice.choice(("محمد", "haddad", "8821600", "سارة"))),
        )
    )
    return {
        "list": lambda: queries.list_page(user, queries.Wanted(), LIST_LENGTH),
        "counts": lambda: queries.tab_counts(
            user, most=screen.MOST_COUNTED, tabs=screen.counted_tabs(queries.Wanted())
        ),
        "thread": lambda: queries.has_older(one, queries.thread(one, with_notes=True)),
        "search": lambda: search.found(user, search.question(asked)),
        "filters": lambda: narrowed(),
    }


def _turns(user: User, turns: int, progress: Progress) -> dict[str, tuple[list[float], int]]:
    """For each kind: the milliseconds of every call, and the most statements one took."""
    found: dict[str, tuple[list[float], int]] = {}
    dice = random.Random(7)  # noqa: S311
    for turn in range(turns + 5):
        for name, act in acts(user, dice).items():
            with CaptureQueriesContext(connection) as asked:
                began = time.perf_counter()
                act()
                took = (time.perf_counter() - began) * 1000
            times, most = found.get(name, ([], 0))
            found[name] = ([*times, took] if turn >= 5 else times, max(most, len(asked)))  # the first ones warm up
        progress(turn + 1, turns + 5, "turns")
    return found


def _whole_tables(users: Iterable[User]) -> Iterable[str]:
    """The tables that any of these calls reads from end to end, large ones only, with the act."""
    dice = random.Random(8)  # noqa: S311
    for user in users:
        for _ in range(20):
            for name, act in acts(user, dice).items():
                with CaptureQueriesContext(connection) as asked:
                    act()
                for each in asked.captured_queries:
                    if each["sql"].startswith("SELECT"):
                        yield from (f"{name}: {table}" for table in _read_whole(each["sql"]))


def _read_whole(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    return re.findall(r"Seq Scan on (conversations_(?:message|conversation|readmark)|customers_customer)\b", plan)


def _figures(
    conversations: int, messages: int, before: Any, after: Any, filling: float, plans: list[str], *, small: bool
) -> dict[str, Any]:
    also: dict[str, Any] = {
        "conversations": conversations, "messages": messages, "seconds to fill": filling,
        "load": f"{os.getloadavg()[0]:.1f}", "read from end to end": ", ".join(plans) or "none",
    }  # fmt: skip
    failures = []
    worst = 0.0
    for name, target in TARGETS.items():
        for person in after:
            times, most = after[person][name]
            p95, p95_before = percentiles(times)["p95"], percentiles(before[person][name][0])["p95"]
            growth = median(times) / max(0.1, median(before[person][name][0]))
            worst = max(worst, p95 / target)
            also[f"{name}, {person}: p50, ms"] = median(times)
            also[f"{name}, {person}: p95, ms"] = p95
            also[f"{name}, {person}: p95 at a hundredth"] = p95_before
            also[f"{name}, {person}: growth of p50"] = growth
            also[f"{name}, {person}: statements"] = most
            if p95 > target:
                failures.append(f"{name} as {person}: {p95:.0f} ms, at most {target} are wanted.")
            if most > MOST_QUERIES:
                failures.append(f"{name} as {person}: {most} statements, at most {MOST_QUERIES} are wanted.")
            if growth > MOST_GROWTH and name != "filters":  # whose pages are not full at a hundredth
                failures.append(f"{name} as {person} grew {growth:.1f} ×, at most {MOST_GROWTH} is wanted.")
    searched = [ms for person in after for ms in after[person]["search"][0]]
    figures: dict[str, Any] = {
        "name": "inbox", "unit": "ms per search", "ours": percentiles(searched)["p95"], "baseline": TARGETS["search"],
        "ratio": worst, "n": len(searched), **percentiles(searched), "also": also,
    }  # fmt: skip
    return figures if small else {**figures, "failures": failures}
