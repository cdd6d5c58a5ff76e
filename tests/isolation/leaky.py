"""What a careless hand could write: each of these carries something from one business to the next. In tests alone."""

from typing import Any
from uuid import UUID

from celery import Task, shared_task
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django_tenants.utils import schema_context

from apps.accounts.models import Employee
from config.urls import urlpatterns as real

_kept: dict[str, str] = {}


def _names() -> str:
    return ", ".join(Employee.objects.values_list("full_name", flat=True))


def cached_for_all(request: HttpRequest) -> HttpResponse:
    """Cached under a key that names no business."""
    return HttpResponse(caches["platform"].get_or_set("team", _names))


def kept_in_the_module(request: HttpRequest) -> HttpResponse:
    """Remembered by the process."""
    return HttpResponse(_kept.setdefault("team", _names()))


def in_a_header(request: HttpRequest) -> HttpResponse:
    """Nothing in the body, but the header tells it all."""
    return HttpResponse(headers={"X-Team": _kept.setdefault("header", _names())})


def read_and_thrown_away(request: HttpRequest) -> HttpResponse:
    """Shows nothing, yet reads where it must not."""
    with schema_context(_kept.setdefault("schema", request.business.schema_name)):  # type: ignore[attr-defined]
        return HttpResponse(str(Employee.objects.exists()))


def gives_a_link(request: HttpRequest) -> HttpResponse:
    """A link signed for everybody: the salt says nothing of the business."""
    token = signing.dumps(str(Employee.objects.order_by("pk").values_list("pk", flat=True)[0]))
    return HttpResponse(f'<a href="/linked/{token}/">your card</a>')


@login_not_required
def opens_a_link(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the link sees the card, in whichever business it is opened."""
    try:
        return HttpResponse(str(Employee.objects.get(pk=UUID(signing.loads(token)))))
    except signing.BadSignature:
        raise Http404 from None


class Forgetful(AsyncWebsocketConsumer):
    """Enters the business in one hop and reads in the next, by when somebody else has entered another."""

    schema = ""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await database_sync_to_async(self._enter)(self.scope["visitor"].schema_name)
        await self.send(await database_sync_to_async(self._read)())

    @classmethod
    def _enter(cls, schema: str) -> None:
        cls.schema = schema

    @classmethod
    def _read(cls) -> str:
        with schema_context(cls.schema):
            return _names()


class Remembering(Task):
    """Runs in the business it ran in last, when the message names none."""

    abstract = True
    schema = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.schema = (self.request.headers or {}).get("majlis_schema") or self.schema or "public"
        with schema_context(self.schema):
            return self.run(*args, **kwargs)


@shared_task(base=Remembering, name="planted.count")
def count_people() -> None:
    """Looks at a business's team without asking whose turn it is."""
    with schema_context("public"):
        pass


urlpatterns = [
    path("planted/cached/", cached_for_all),
    path("planted/kept/", kept_in_the_module),
    path("planted/header/", in_a_header),
    path("planted/thrown-away/", read_and_thrown_away),
    path("planted/link/", gives_a_link),
    path("linked/<str:token>/", opens_a_link),
    *real,
]
