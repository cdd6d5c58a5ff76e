"""The production handler: a request's middleware and page share one thread and one business."""

import asyncio
import json
import threading
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse

from apps.tenants.models import Business
from config.asgi import IDLE, Pages
from tests.databases import lent

WHO = "SELECT current_user, current_setting('search_path')"


def scope(host: str, sql: str) -> dict[str, object]:
    query = f"q={quote(sql)}".encode()
    return {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/whole/",
        "query_string": query, "headers": [(b"host", host.encode())], "client": ("127.0.0.1", 1), "server": ("x", 80),
    }  # fmt: skip


async def answer(pages: Pages, host: str) -> list[str]:
    """The one row that the page at this host answers."""
    door = ApplicationCommunicator(pages, scope(host, WHO))
    await door.send_input({"type": "http.request", "body": b""})
    start = await door.receive_output(timeout=10)
    body = await door.receive_output(timeout=10)
    assert start["status"] == 200
    await door.wait()
    row: list[str] = json.loads(body["body"])["rows"][0]
    return row


@pytest.mark.urls("tests.tenants.injectable")
def test_requests_of_two_businesses_at_once_stay_apart(both: tuple[Business, Business]) -> None:
    async def crowd() -> list[list[str]]:
        pages = Pages()
        return await asyncio.gather(*(answer(pages, f"{both[number % 2].slug}.localhost") for number in range(60)))

    rows = asyncio.run(crowd())

    expected = [[business.schema_name, f"{business.schema_name}, ext"] for business in both]
    assert rows == expected * 30


@pytest.mark.parametrize("codec", ["zlib", "hex", "rot13", "none", "utf-16"])
def test_a_charset_of_no_text_is_passed_over(codec: str, both: tuple[Business, Business]) -> None:
    async def ask() -> int:
        asked = scope("acme.localhost", "") | {"path": "/api/v1/me/"}
        asked["headers"] = [(b"host", b"acme.localhost"), (b"content-type", f"text/plain; charset={codec}".encode())]
        door = ApplicationCommunicator(Pages(), asked)
        await door.send_input({"type": "http.request", "body": b""})
        status = int((await door.receive_output(timeout=10))["status"])
        await door.receive_output(timeout=10)
        await door.wait()
        return status

    assert asyncio.run(ask()) == 401


@pytest.mark.urls("tests.tenants.injectable")
def test_the_chain_runs_in_one_thread(both: tuple[Business, Business], settings: Any) -> None:
    seen.clear()
    settings.MIDDLEWARE = [f"{__name__}.outer", *settings.MIDDLEWARE, f"{__name__}.inner"]

    asyncio.run(answer(Pages(), "acme.localhost"))

    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert threading.get_ident() not in seen


@pytest.mark.urls("tests.tenants.injectable")
def test_a_thread_serves_one_page_after_the_other_and_never_two_at_once(
    both: tuple[Business, Business], settings: Any
) -> None:
    settings.MIDDLEWARE = [f"{__name__}.outer", *settings.MIDDLEWARE]

    async def visits() -> tuple[list[list[str]], set[int], set[int]]:
        pages = Pages()
        hosts = [f"{both[number % 2].slug}.localhost" for number in range(30)]
        seen.clear()
        before = lent()
        rows = [await answer(pages, host) for host in hosts]
        one_by_one = set(seen)
        assert lent() == before
        seen.clear()
        await asyncio.gather(*(answer(pages, host) for host in hosts))
        return rows, one_by_one, set(seen)

    rows, one_by_one, at_once = asyncio.run(visits())

    assert rows == [[business.schema_name, f"{business.schema_name}, ext"] for business in both] * 15
    assert len(one_by_one) == 1
    assert len(at_once) == 30
    for thread in [thread for thread in threading.enumerate() if thread.ident in at_once][IDLE:]:
        thread.join(10)  # the surplus is told to end, not waited for
    assert len([thread for thread in threading.enumerate() if thread.ident in at_once]) <= IDLE


seen: list[int] = []


def outer(get_response):
    def handle(request: HttpRequest) -> HttpResponse:
        seen.append(threading.get_ident())
        return get_response(request)

    return handle


inner = outer
