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


class Where(logging.Filter):
    """Adds `business` (the schema) and `request` (its id) to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.business = connection.schema_name  # type: ignore[attr-defined]
        record.request = request_id.get()
        return True
