"""Three businesses at once, in one process: people sign in, tenants change, caches, tasks, sockets and files are used,
now here, now in a thread, now in a loop; and nothing of one is ever seen in another."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections
from django.test import Client
from django_tenants.utils import tenant_context
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from apps.accounts.models import Employee, User
from apps.core.tasks import job
from apps.realtime.actions import group_of
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema
from tests import people

BUSINESSES = st.integers(0, 2)
KEYS = st.sampled_from(["draft", "count", "name"])
PLACES = st.sampled_from(["here", "thread", "loop"])
Place = Callable[[Callable[[], Any]], Any]


def mark_of(business: Business) -> str:
    """What is in a text of this business alone."""
    return f"mark-{business.schema_name}"


def read_mark() -> str:
    """The name of the person with the common key, as the current business has it."""
    return Employee.objects.get(user__email="twin@mark.test").full_name


@job(name="tests.isolation.tell", queue="live")
def tell() -> str:
    """What a task reads in its business."""
    return read_mark()


def here(act: Callable[[], Any]) -> Any:
    return act()


def in_a_thread(act: Callable[[], Any]) -> Any:
    """In a thread of its own, which knows no business and gives its connection back."""
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(act())
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def in_a_loop(act: Callable[[], Any]) -> Any:
    """In a worker thread of a loop, which carries the loop's context."""

    async def play() -> Any:
        return await sync_to_async(act, thread_sensitive=False)()

    return asyncio.run(play())


PLACE: dict[str, Place] = {"here": here, "thread": in_a_thread, "loop": in_a_loop}


class ThreeBusinesses(RuleBasedStateMachine):
    """What may happen in any order. `businesses` and `people` are set by the test."""

    businesses: list[Business]
    people: dict[str, Any]
    browsers = Bundle("browsers")

    def __init__(self) -> None:
        super().__init__()
        self.crossed: list[str] = []
        self.remembered: dict[tuple[int, str], str] = {}
        cache.clear()

    def see(self, number: int, what: Any) -> None:
        """Note every mark in this that is not this business's."""
        text = str(what)
        self.crossed += [
            f"{mark_of(other)} seen in {number}: {text[:80]}"
            for at, other in enumerate(self.businesses) if at != number and mark_of(other) in text
        ]  # fmt: skip

    @rule(target=browsers, number=BUSINESSES)
    def sign_in(self, number: int) -> tuple[Client, int]:
        business = self.businesses[number]
        client = Client(headers={"host": f"{business.slug}.localhost"})
        with tenant_context(business):
            people.enter(client, User.objects.get(email="twin@mark.test"))
        return client, number

    @rule(browser=browsers, place=PLACES)
    def visit(self, browser: tuple[Client, int], place: str) -> None:
        client, number = browser
        answer = PLACE[place](lambda: client.get("/inbox/"))
        assert answer.status_code == 200
        assert mark_of(self.businesses[number]) in answer.text
        self.see(number, answer.text)

    @rule(browser=browsers, number=BUSINESSES, place=PLACES)
    def replay(self, browser: tuple[Client, int], number: int, place: str) -> None:
        client, home = browser
        other = Client(headers={"host": f"{self.businesses[number].slug}.localhost"})
        other.cookies = client.cookies.copy()  # type: ignore[assignment]
        answer = PLACE[place](lambda: other.get("/api/v1/me/"))
        assert answer.status_code == (200 if number == home else 401)
        self.see(number, answer.content)

    @rule(outer=BUSINESSES, inner=BUSINESSES, place=PLACES)
    def switch(self, outer: int, inner: int, place: str) -> None:
        def act() -> list[str]:
            with tenant_context(self.businesses[outer]):
                seen = [read_mark()]
                with tenant_context(self.businesses[inner]):
                    seen.append(read_mark())
                return [*seen, read_mark()]

        seen = PLACE[place](act)
        assert seen == [mark_of(self.businesses[number]) for number in (outer, inner, outer)]

    @rule(number=BUSINESSES, key=KEYS, place=PLACES)
    def remember(self, number: int, key: str, place: str) -> None:
        value = f"{mark_of(self.businesses[number])} {key}"

        def act() -> None:
            with tenant_context(self.businesses[number]):
                cache.set(key, value)

        PLACE[place](act)
        self.remembered[number, key] = value

    @rule(number=BUSINESSES, key=KEYS, place=PLACES)
    def recall(self, number: int, key: str, place: str) -> None:
        def act() -> Any:
            with tenant_context(self.businesses[number]):
                return cache.get(key)

        assert PLACE[place](act) == self.remembered.get((number, key))

    @rule(outer=BUSINESSES, number=BUSINESSES, place=PLACES)
    def work(self, outer: int, number: int, place: str) -> None:
        """A task announced in one business, from code that was in another before and is again afterwards."""

        def act() -> tuple[Any, str]:
            with tenant_context(self.businesses[outer]):
                with tenant_context(self.businesses[number]):
                    result = tell.delay()
                # Celery's mark of being inside a task is the process's, and threads of earlier tests leave it standing.
                return result.get(disable_sync_subtasks=False), current_schema()

        told, after = PLACE[place](act)
        assert told == mark_of(self.businesses[number])
        assert after == self.businesses[outer].schema_name

    @rule(number=BUSINESSES)
    def nudge(self, number: int) -> None:
        """Sockets of the same person in all three; one is told something."""

        async def play() -> list[int]:
            layer, group = InMemoryChannelLayer(), self.people["twin"]
            channels = [await layer.new_channel() for _ in self.businesses]
            for business, channel in zip(self.businesses, channels, strict=True):
                await layer.group_add(group_of(business.schema_name, group), channel)
            await layer.group_send(group_of(self.businesses[number].schema_name, group), {"type": "nudge"})
            return [index for index, channel in enumerate(channels) if channel in layer.channels]

        assert async_to_sync(play)() == [number]

    @rule(numbers=st.lists(BUSINESSES, min_size=2, max_size=12))
    def read_together(self, numbers: list[int]) -> None:
        """Many tasks of one loop, each in its business, hopping to the database in between."""

        async def one(number: int) -> Any:
            with tenant_context(self.businesses[number]):
                await asyncio.sleep(0)
                return await sync_to_async(read_mark, thread_sensitive=False)()

        async def hop(number: int) -> Any:
            return await database_sync_to_async(self._enter_and_read)(number)

        async def play() -> list[Any]:
            return await asyncio.gather(*(one(number) for number in numbers), *(hop(number) for number in numbers))

        found = contextvars.copy_context().run(asyncio.run, play())
        assert found == [mark_of(self.businesses[number]) for number in [*numbers, *numbers]]

    @rule(number=BUSINESSES, place=PLACES)
    def keep_a_file(self, number: int, place: str) -> None:
        mark = mark_of(self.businesses[number])

        def act() -> str:
            with tenant_context(self.businesses[number]):
                name = default_storage.save(f"{current_schema()}/note.txt", ContentFile(mark.encode()))
                with default_storage.open(name) as file:
                    return f"{name} {file.read().decode()}"

        told = PLACE[place](act)
        assert mark in told
        self.see(number, told)

    @invariant()
    def nothing_crossed(self) -> None:
        assert self.crossed == []
        assert current_schema() == "public"

    def _enter_and_read(self, number: int) -> str:
        with tenant_context(self.businesses[number]):
            return read_mark()
