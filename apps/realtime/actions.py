"""Telling people's browsers that something changed, from synchronous code: tasks, commands, pages, tests.

Nothing here raises when the layer is down: a nudge that is lost costs freshness, which the page's own polling and
its next sync make good, and must never undo or delay what happened.
"""

import asyncio
import json
import logging
import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import TimeoutError as TooLate
from functools import cache
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import DEFAULT_CHANNEL_LAYER, BaseChannelLayer, InMemoryChannelLayer, channel_layers

from apps.tenants.postgres.context import current_schema

logger = logging.getLogger(__name__)

TIMEOUT = 5.0  # seconds
SIGNED_OUT, SUSPENDED, SILENT, TOO_MANY = 4401, 4403, 4408, 4429  # close codes of requirements RT-04


def group_of(schema: str, user_id: UUID) -> str:
    """The group of one person's sockets. The schema is part of the name, so equal ids of two businesses never meet."""
    return f"{schema}.{user_id.hex}"


def nudge(
    user_ids: Iterable[UUID], *, topic: str, id: UUID | None = None, seq: int | None = None, also: Sequence[str] = ()
) -> None:
    """Tell people of the current business that `topic` (a row of requirements 10) changed. Never what changed.

    `also` are further topics that changed with it: a frame each, in the same message to the layer. A tab hears each of
    them four times a second at most.
    """
    facts = {"topic": topic, "id": str(id) if id else None, "seq": seq}
    frame = json.dumps({key: value for key, value in facts.items() if value is not None})
    _tell(user_ids, {"type": "nudge", "frame": frame, "also": [json.dumps({"topic": other}) for other in also]})


def close_sockets(user_ids: Iterable[UUID], *, code: int = SIGNED_OUT, sessions: Sequence[str] = ()) -> None:
    """Close sockets of some people of the current business: signed out, deactivated, or the business suspended.

    With `sessions` (keys of DeviceSession) only those that were opened from one of them.
    """
    _tell(user_ids, {"type": "shut", "code": code, "sessions": list(sessions)})


def _tell(user_ids: Iterable[UUID], message: dict[str, Any]) -> None:
    schema = current_schema()
    groups = [group_of(schema, user_id) for user_id in dict.fromkeys(user_ids)]
    if groups and hasattr(channel_layers[DEFAULT_CHANNEL_LAYER], "groups_send"):
        call("groups_send", (groups, message))
    elif groups:
        call("group_send", *((group, message) for group in groups))


def call(method: str, *calls: tuple[Any, ...]) -> list[Any]:
    """Call one of the layer's coroutines, once for each tuple of arguments; what they return, or nothing on failure."""
    try:
        return _call(method, calls)
    except TooLate:
        logger.warning("The channel layer did not answer within %s s.", TIMEOUT)
    except Exception as error:
        logger.warning("The channel layer failed: %s: %s", type(error).__name__, error)
    return []


def _call(method: str, calls: tuple[tuple[Any, ...], ...]) -> list[Any]:
    shared = channel_layers[DEFAULT_CHANNEL_LAYER]
    if isinstance(shared, InMemoryChannelLayer):
        # its messages are in queues of the reader's own loop, so the very same object must be used, in that loop
        return async_to_sync(_together)(shared, method, calls)
    loop, own = _sender(os.getpid())
    future = asyncio.run_coroutine_threadsafe(_together(own, method, calls), loop)
    try:
        return future.result(TIMEOUT)
    finally:
        future.cancel()


async def _together(layer: BaseChannelLayer, method: str, calls: tuple[tuple[Any, ...], ...]) -> list[Any]:
    return await asyncio.gather(*(getattr(layer, method)(*arguments) for arguments in calls))


@cache
def _sender(process: int) -> tuple[asyncio.AbstractEventLoop, BaseChannelLayer]:
    """The loop that sends for this process, in a thread of its own, with a layer whose connections belong to it.

    Connections of every networked layer are bound to the loop that opened them, so a loop for each call would open
    them anew each time. Keyed by process, because a fork inherits neither thread nor connections.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name=f"nudges-{process}", daemon=True).start()
    return loop, channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)
