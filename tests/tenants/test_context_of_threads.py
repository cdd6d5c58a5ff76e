"""Threads and tasks of one loop each have a current business of their own."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee, User
from apps.core.models import CrossedTenants
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema


@pytest.fixture
def marked(both: tuple[Business, Business]) -> Iterator[tuple[Business, Business]]:
    """In each business a user with the same key and another name."""
    for business in both:
        with tenant_context(business):
            User.objects.create(pk="00000000-0000-7000-8000-000000000001", email=f"{business.slug}@mark.test")
    yield both
    for business in both:
        with tenant_context(business):
            User.objects.filter(email__endswith="@mark.test")._raw_delete("default")


def test_a_row_of_one_business_cannot_be_saved_in_another(marked):
    acme, globex = marked
    with tenant_context(acme):
        user = User.objects.get(email="acme@mark.test")

    with tenant_context(globex), pytest.raises(CrossedTenants):
        user.save()

    with tenant_context(globex):
        assert User.objects.get(pk=user.pk).email == "globex@mark.test"


def test_eight_threads_look_up_content_types_and_rows_of_two_businesses(marked):
    wrong: list[object] = []
    expected = {model: ContentType.objects.get_for_model(model).pk for model in (User, Employee)}
    key = "00000000-0000-7000-8000-000000000001"

    def look_up(number: int) -> None:
        try:
            for turn in range(150):
                business = marked[(number + turn) % 2]
                with tenant_context(business):
                    ContentType.objects.clear_cache()
                    found = ContentType.objects.get_for_model(Employee if turn % 3 else User)
                    email = User.objects.get(pk=key).email
                if found.pk != expected[Employee if turn % 3 else User] or email != f"{business.slug}@mark.test":
                    wrong.append((business.slug, found, email))
                if turn % 10 == 0:
                    connection.close()
            if current_schema() != "public":
                wrong.append(current_schema())
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look_up, args=[number]) for number in range(8)]  # 8 × 150 = 1,200 look-ups
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_thread_starts_in_public(both):
    seen: list[str] = []

    with tenant_context(both[0]):
        thread = threading.Thread(target=lambda: seen.append(current_schema()))
        thread.start()
        thread.join()

    assert seen == ["public"]


def email_of_the_mark(business: Business) -> str:
    """Enter, read and leave in one hop, as consumers do."""
    with tenant_context(business):
        return User.objects.get(pk="00000000-0000-7000-8000-000000000001").email


def test_three_hundred_reads_of_two_businesses_in_one_loop(marked):
    async def reads() -> list[tuple[str, str]]:
        async def one(number: int) -> tuple[str, str]:
            business = marked[number % 2]
            await asyncio.sleep(0)
            return business.slug, await database_sync_to_async(email_of_the_mark)(business)

        return await asyncio.gather(*(one(number) for number in range(300)))

    found = asyncio.run(reads())

    assert [pair for pair in found if pair[1] != f"{pair[0]}@mark.test"] == []
    assert len(found) == 300


@pytest.mark.parametrize("thread_sensitive", [True, False])
def test_a_hop_leaves_the_loop_in_its_own_business(marked, thread_sensitive):
    async def hop() -> tuple[str, str, str]:
        before = current_schema()
        inside = await sync_to_async(email_of_the_mark, thread_sensitive=thread_sensitive)(marked[0])
        return before, inside, current_schema()

    assert asyncio.run(hop()) == ("public", "acme@mark.test", "public")


def test_two_tasks_of_one_loop_do_not_share_a_business(marked):
    """The trap of foundations 3: stock kept the tenant on the connection, and 290 of 300 reads were wrong."""

    async def visitor(business: Business) -> str:
        with tenant_context(business):
            await asyncio.sleep(0.001)
            return await sync_to_async(lambda: User.objects.get(email__endswith="@mark.test").email)()

    async def both_at_once() -> list[str]:
        return await asyncio.gather(*(visitor(marked[number % 2]) for number in range(100)))

    assert asyncio.run(both_at_once()) == ["acme@mark.test", "globex@mark.test"] * 50
