"""Every log line says which business and which request it belongs to, and nothing of what people wrote."""

import logging
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection

request_id: ContextVar[str] = ContextVar("request_id", default="-")


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request came from: its address if that is one, and what its program calls itself."""

    address: str | None = None
    agent: str = ""


caller: ContextVar[Caller] = ContextVar("caller", default=Caller())  # noqa: B039  frozen


class Line(logging.Formatter):
    """One line for each entry: what would begin another, or steer a terminal, is written out (ASVS 16.4.1).

    The trace of an error, which is our own text, keeps its lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        said = super().formatMessage(record)
        return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in said)


class Where(logging.Filter):
    """Adds `business` (the schema) and `request` (its id) to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.business = connection.schema_name  # type: ignore[attr-defined]
        record.request = request_id.get()
        return True
