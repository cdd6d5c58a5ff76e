"""The doors of a running server: HTTP for pages, API and webhooks; one websocket address."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # the imports below need the apps

from apps.realtime.consumers import LiveConsumer  # noqa: E402
from apps.realtime.socket_auth import refuse, socket_auth  # noqa: E402

IDLE = 20  # threads kept for the next page; as many as there are connections to the database


class Readable(ASGIRequest):
    """A charset that names a codec of no text, such as zlib, is passed over; Django's own request breaks at it."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except LookupError:
            self._encoding = None


class Pages(ASGIHandler):
    """Django's handler with the whole chain of middleware and page in one thread, which then waits for the next page.

    All of ours is sync. Django's own begins async and changes over at each sync middleware and back: every change
    costs about a tenth of a millisecond. It also starts two threads for each request, one of them to end the other.
    """

    request_class = Readable

    def __init__(self) -> None:
        super().__init__()
        self._idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "page")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            if len(self._idle) < IDLE:
                self._idle.append(thread)
            else:
                thread.shutdown(wait=False)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response)(request)


sockets = URLRouter(
    [path("ws/", socket_auth(LiveConsumer.as_asgi())), re_path("", refuse)]  # type: ignore[arg-type]
)
application = ProtocolTypeRouter({"http": Pages(), "websocket": sockets})
import_module(settings.ROOT_URLCONF)  # else the first visitor waits for it
gc.collect()
gc.freeze()  # what is loaded stays: walking it in each full collection held a request up for a tenth of a second
