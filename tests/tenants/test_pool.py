"""What the pool has lent comes back, whatever becomes of the thread that borrowed it."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.tenants.models import Business
from config import settings as house
from tests.databases import lent

POOL: dict[str, Any] = house._POOL
MORE_THAN_THERE_ARE = int(POOL["max_size"]) + 5


def in_a_thread(act: Callable[[], None]) -> None:
    """Do it in a thread that ends without a word about its connection."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_threads_that_end_without_closing_leave_the_pool_whole(both: tuple[Business, Business]) -> None:
    seen: list[int] = []

    def look() -> None:
        with tenant_context(both[0]):
            seen.append(Business.objects.count())

    connections.close_all()
    others = lent()  # threads of other tests that go on
    for _turn in range(MORE_THAN_THERE_ARE):
        in_a_thread(look)

    assert seen == [1] * MORE_THAN_THERE_ARE
    assert lent() == others


def test_what_such_a_thread_had_begun_has_not_happened(both: tuple[Business, Business]) -> None:
    def begin() -> None:
        with tenant_context(both[0]):
            transaction.set_autocommit(False)
            Employee.objects.update(bio="Half done")

    connections.close_all()
    others = lent()
    in_a_thread(begin)

    assert lent() == others
    with tenant_context(both[0]):
        assert not Employee.objects.filter(bio="Half done").exists()
    connections.close_all()


def test_the_next_one_is_nobody_yet(both: tuple[Business, Business]) -> None:
    def become() -> None:
        with tenant_context(both[0]):
            Business.objects.count()

    connections.close_all()
    in_a_thread(become)

    raw = connections["default"].pool.getconn()  # type: ignore[attr-defined]
    try:
        assert raw.execute("SELECT current_user, current_setting('search_path')").fetchone()[0] == "maj_app"
    finally:
        connections["default"].pool.putconn(raw)  # type: ignore[attr-defined]


def test_one_that_was_closed_is_given_back_once(both: tuple[Business, Business]) -> None:
    def look_and_close() -> None:
        with tenant_context(both[0]):
            Business.objects.count()
        connection.close()
        with tenant_context(both[0]):
            Business.objects.count()
        connection.close()

    connections.close_all()
    others = lent()  # threads of other tests that go on
    for _turn in range(3):
        in_a_thread(look_and_close)

    assert lent() == others


def test_a_server_that_was_away_is_asked_again_before_whoever_waits_gives_up() -> None:
    """Its own default is to double the pause for five minutes, while nobody else may ask (docs/performance.md)."""
    assert POOL["reconnect_timeout"] <= POOL["timeout"]
