"""Gateways know no database, so these tests need settings and nothing else of Django.

``loopback`` is a provider on this machine: a real HTTP server whose answers are scripted.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from django.conf import settings as django_settings

from apps.gateways import transport
from apps.gateways.protocol import Line
from tests.gateways.provider import Heard, Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

if not django_settings.configured:
    django_settings.configure(PUBLIC_BASE_URL="https://majlis.example", USE_TZ=True)


@contextmanager
def loopback_server() -> Iterator[Loopback]:
    """A provider of one's own, for as long as the block lasts."""
    provider = Loopback()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard = Heard(self.command, self.path, dict(self.headers), body)
            provider.heard.append(heard)
            answer = provider.answers.pop(0) if provider.answers else provider.standing(heard)
            time.sleep(answer.late)
            if answer.cut:
                self.close_connection = True
                return
            told = answer.body if isinstance(answer.body, bytes) else _written(answer.body)
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(told))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *args: None  # type: ignore[method-assign]
        provider.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield provider
        server.shutdown()
        thread.join()


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A provider on this machine."""
    with loopback_server() as server:
        yield server


def _written(body: Any) -> bytes:
    return json.dumps({} if body is None else body).encode()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs of tests are short."""
    monkeypatch.setattr(transport, "TIMEOUT", httpx.Timeout(0.8, connect=0.8))


@pytest.fixture
def line(loopback: Loopback, settings: Any) -> Line:
    """A Meta number whose Graph API is the loopback."""
    settings.META_GRAPH_URL = loopback.url
    settings.META_GRAPH_VERSION = "v26.0"
    return Line("inbox", "10010001", "2001", {"meta_access_token": "a-token"})


@pytest.fixture
def twilio_line(loopback: Loopback, settings: Any) -> Line:
    """A Twilio number whose REST API is the loopback."""
    settings.TWILIO_API_URL = loopback.url
    settings.PUBLIC_BASE_URL = "https://majlis.example"
    secrets = {"twilio_auth_token": "an-auth-token", "webhook_token": "hook"}
    return Line("inbox", "+14155238886", "AC1", secrets)
