"""Callers of the API: the team in browsers and with tokens, and rows of both businesses to call about."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django_tenants.utils import tenant_context

from apps.accounts.actions import issue_token
from apps.conversations.models import Conversation
from apps.core.actors import SYSTEM
from apps.tenants.models import Business
from tests import people
from tests.factories import a_conversation

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def _nobody_has_called_yet() -> None:
    """Throttles count in the cache; each test begins at zero."""
    for name in ("default", "platform"):
        caches[name].clear()


@pytest.fixture
def api(client_of: Callable[..., Client]) -> Callable[..., Call]:
    """`api("mona")("POST", "conversations/…/send/", body="hello")`: a signed-in browser speaking JSON."""

    def caller(name: str) -> Call:
        return speak(client_of(name))

    return caller


@pytest.fixture
def by_token(acme: Business) -> Callable[..., Call]:
    """The same with an API token of that person."""

    def caller(name: str) -> Call:
        token = issue_token(people.employee(name), name="test", by=SYSTEM)
        return speak(Client(headers={"host": "acme.localhost", "authorization": f"Bearer {token}"}))

    return caller


@pytest.fixture
def conversation(acme: Business) -> Conversation:
    """A customer of acme has just said hello, in an inbox where people answer."""
    return a_conversation()


@pytest.fixture
def foreign(globex: Business) -> Conversation:
    """The same at globex."""
    with tenant_context(globex):
        return a_conversation()


def speak(client: Client) -> Call:
    """Turn a client into `call(method, path under /api/v1/, headers=None, **body)`."""

    def call(method: str, path: str, headers: dict[str, str] | None = None, /, **body: Any) -> Any:
        send = body if method != "GET" else None
        answer: Any = client.generic(
            method, f"/api/v1/{path}", json.dumps(send) if send is not None else "", "application/json",
            headers={"accept": "application/json", **(headers or {})},
        )  # fmt: skip
        return read(answer) if answer.streaming else answer

    return call


def read(answer: Any) -> HttpResponse:
    """A file's answer with its content in it; an archive's with everything that is packed in it."""
    content = b"".join(answer.streaming_content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return HttpResponse(content, status=answer.status_code, headers=answer.headers)
