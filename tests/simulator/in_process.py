"""The pretend network's wire in tests: the same request, handed to the site in this process instead of over HTTP."""

import contextvars

import httpx
from django.test import Client


class InProcess(httpx.BaseTransport):
    """`settings.SIMULATOR_TRANSPORT` of the suite. The site leaves the caller's business as it found it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return contextvars.copy_context().run(_ask, request)


def _ask(request: httpx.Request) -> httpx.Response:
    headers = {name: value for name, value in request.headers.items() if name not in ("content-length", "content-type")}
    answer = Client(headers=headers).generic(
        request.method, request.url.raw_path.decode(), request.read(), content_type=request.headers["content-type"]
    )
    return httpx.Response(answer.status_code, content=answer.content)
