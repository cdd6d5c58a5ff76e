"""Announcements: before the commit call down, after the commit announce up. No Django signals."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from celery import Task
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string
from django_tenants.utils import schema_context

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened. Fields are ids and plain values; subscribers read the rows themselves."""


def subscriptions() -> "Mapping[type[Event], Sequence[Task[..., Any]]]":
    """The wiring page: which tasks hear which event."""
    found: Mapping[type[Event], Sequence[Task[..., Any]]] = import_string(settings.EVENT_SUBSCRIPTIONS)
    return found


def emit(event: Event) -> None:
    """Announce it once it has certainly happened, in the business it happened in."""
    schema = connection.schema_name  # type: ignore[attr-defined]
    transaction.on_commit(partial(_deliver, schema, event))


def _deliver(schema: str, event: Event) -> None:
    # on_commit runs in whatever schema is current at commit, so the one of the announcement is entered again
    with schema_context(schema):
        for task in subscriptions().get(type(event), ()):
            try:
                task.delay(**asdict(event))
            except Exception:  # it has happened; `robust` callbacks of Django's break where they log a partial
                log.exception("%s was not told of %s", task.name, type(event).__name__)
