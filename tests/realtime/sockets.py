"""Tabs of a browser at the whole ASGI application."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client
from django_tenants.utils import tenant_context

from apps.realtime.actions import nudge
from apps.tenants.models import Business
from apps.tenants.postgres.context import PLATFORM, current_tenant
from config.asgi import application
from tests import people


def scenario(play: Callable[[], Awaitable[Any]]) -> Any:
    """Run a coroutine so that its database hops use the test's own connection; one that hangs fails."""

    async def in_time() -> Any:
        return await asyncio.wait_for(play(), 60)

    return async_to_sync(in_time)()


def cookie_of(name: str, business: Business) -> str:
    """The session cookie of somebody who signed in at a business."""
    client = Client(headers={"host": f"{business.slug}.localhost"})
    with tenant_context(business):
        people.sign_in(client, name)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Tab(ApplicationCommunicator):
    """One tab at a business's address."""

    def __init__(self, business: Business, cookie: str = "", *, path: str = "/ws/", **headers: str) -> None:
        told = {
            "host": f"{business.slug}.localhost:8000",
            "cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}" if cookie else "",
            **headers,
        }
        raw = [(key.encode(), value.encode()) for key, value in told.items() if value]
        super().__init__(application, {"type": "websocket", "path": path, "query_string": b"", "headers": raw})

    @property
    def future(self) -> "asyncio.Future[Any]":
        """The application at work: in public, as the server starts it, yet on the test's own database connection."""
        if self._future is None:
            context = contextvars.copy_context()
            context.run(current_tenant.set, PLATFORM)
            work = self.application(self.scope, self.input_queue.get, self.output_queue.put)
            self._future = asyncio.get_running_loop().create_task(work, context=context)
        return self._future

    async def asks(self) -> bool:
        """Whether the handshake is accepted."""
        await self.send_input({"type": "websocket.connect"})
        return bool((await self.receive_output(5))["type"] == "websocket.accept")

    async def opened(self) -> "Tab":
        assert await self.asks()
        return self

    async def says(self, text: str | None = None, data: bytes | None = None) -> None:
        await self.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def heard(self, count: int) -> list[str]:
        """The next frames, as text."""
        return [(await self.receive_output(5))["text"] for _ in range(count)]

    async def closed_with(self) -> int:
        """The code the server hangs up with, after which the tab is gone."""
        event = await self.receive_output(5)
        await self.leave()
        return int(event["code"])

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(5)


def nudge_in(business: Business, user_ids: list[UUID], **what: Any) -> None:
    with tenant_context(business):
        nudge(user_ids, **what)
