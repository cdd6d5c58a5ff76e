"""Sees every byte that leaves: answers, frames, mails, log lines, cache entries, files, arguments of tasks."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.signals import task_prerun
from django.core import mail
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from tests.isolation.twins import FOREIGN, FOREIGN_NUMBER, FOREIGN_SHARED

EVERYTHING_FOREIGN = (FOREIGN, FOREIGN_SHARED, FOREIGN_NUMBER, FOREIGN_NUMBER.strip("+"))
COUNTING = ("throttle:", "sign-in", "tries")  # cache entries that say how often somebody asked


class Witness(logging.Handler):
    """Remembers where a foreign marker was seen, and how much was looked at."""

    def __init__(self, home: str, foreign: tuple[str, ...] = EVERYTHING_FOREIGN) -> None:
        super().__init__(logging.DEBUG)
        self.home, self.foreign = home, foreign
        self.leaks: list[str] = []
        self.kinds: dict[str, int] = {}

    def look(self, kind: str, where: str, what: Any) -> None:
        """Search something that leaves."""
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        text = what.decode("utf-8", "replace") if isinstance(what, (bytes, bytearray)) else str(what)
        text = text.lower()
        if found := next((marker for marker in self.foreign if marker in text), None):
            at = text.index(found)
            self.leaks.append(f"{kind} of {where}: …{text[max(0, at - 60) : at + 60]}…")

    def answer(self, where: str, response: HttpResponse | StreamingHttpResponse) -> str:
        """Status line, headers, cookies and body of an answer; returns the body."""
        body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[union-attr,arg-type]
        self.look("status", where, f"{response.status_code} {response.reason_phrase}")
        self.look("headers", where, response.headers)
        self.look("cookies", where, response.cookies.output())
        self.look("body", where, body)
        return body.decode("utf-8", "replace")

    def emit(self, record: logging.LogRecord) -> None:
        if connection.schema_name in (self.home, "public"):  # type: ignore[attr-defined]
            error = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            self.look("log", record.name, f"{record.getMessage()} {error}")

    def task(self, sender: Any = None, args: Any = (), kwargs: Any = None, **_rest: Any) -> None:
        headers = getattr(sender.request, "headers", None) or {}
        if self.home in str(headers):
            self.look("task", sender.name, f"{args!r} {kwargs!r} {headers!r}")

    def caches(self) -> None:
        """Each entry of the home business, and each of the platform's, where no business may stand at all."""
        for alias in ("default", "platform"):
            for key, value in list(getattr(caches[alias], "_cache", {}).items()):
                if key.startswith((self.home, "public", "platform")):
                    self.look("cache", key, f"{key} {value!r}")
                elif alias == "default" and not key.startswith("b_"):
                    self.leaks.append(f"cache: {key} carries no business")

    def mails(self) -> None:
        for each in getattr(mail, "outbox", ()):
            self.look("mail", each.subject, each.message().as_bytes())

    def files(self) -> None:
        """Names and content of what was stored under a name that is not the other business's."""
        for name in _below(""):
            if self.home in name or "b_" not in name:
                with default_storage.open(name) as file:
                    self.look("file", name, name.encode() + file.read())


@contextmanager
def watching(witness: Witness) -> Iterator[Witness]:
    """While inside, log lines and tasks are seen as well; afterwards mails, caches and files are gone through."""
    root = logging.getLogger()
    root.addHandler(witness)
    task_prerun.connect(witness.task, weak=False)
    try:
        yield witness
    finally:
        root.removeHandler(witness)
        task_prerun.disconnect(witness.task)
        witness.mails()
        witness.caches()
        witness.files()


def forget_counts() -> None:
    """Whoever asks a thousand times is not turned away for that; everything else in the caches stays."""
    for alias in ("default", "platform"):
        kept: dict[str, Any] = getattr(caches[alias], "_cache", {})
        for key in [key for key in kept if any(word in key for word in COUNTING)]:
            caches[alias]._cache.pop(key, None)  # type: ignore[attr-defined]
            caches[alias]._expire_info.pop(key, None)  # type: ignore[attr-defined]


def _below(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except (FileNotFoundError, NotImplementedError):
        return
    yield from (f"{folder}/{name}".strip("/") for name in files)
    for inner in folders:
        yield from _below(f"{folder}/{inner}".strip("/"))
