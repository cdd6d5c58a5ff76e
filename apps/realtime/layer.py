"""The embedded default's channel layer: channels_postgres, mended where its 1.1.4 would fail a running site.

As published it starts one listener for each socket that comes while none listens yet, goes deaf for good when the
database restarts, loses what is sent just before it listens, shares one connection pool between event loops, keeps
every channel it ever saw, and cannot leave a group without a database alias of its own name. Its tables, trigger and
wire format are used as they are.
"""

import asyncio
import base64
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from channels_postgres.core import ASYNCIO_EVENT_CHANNEL_MAPPING, PostgresChannelLayer
from channels_postgres.db import GROUP_CHANNEL_TABLE, MESSAGE_TABLE, DatabaseLayer
from psycopg import sql
from psycopg_pool import AsyncConnectionPool

logger = logging.getLogger(__name__)

MANY = "many"  # the channel of a message whose first line names those it is for
ROOM = 5800  # bytes of names and message together: in base64 they fit the 8,000 of a NOTIFY
NAME = 64  # bytes of a channel's name, at most
PAUSE = 1.0  # seconds before a listener that lost its connection tries again
LISTENER = "majlis listener"  # how the connection is known among the server's
STAY = 900  # seconds a member stays in a group without saying so again; consumers say so every 300

TABLES = {"groups": sql.Identifier(GROUP_CHANNEL_TABLE), "messages": sql.Identifier(MESSAGE_TABLE)}
JOIN = sql.SQL(
    "WITH before AS (DELETE FROM {groups} WHERE group_key = %(group)s AND channel = %(channel)s) "
    "INSERT INTO {groups} (group_key, channel, expire) VALUES (%(group)s, %(channel)s, %(until)s)"
).format(**TABLES)
LEAVE = sql.SQL("DELETE FROM {groups} WHERE group_key = %(group)s AND channel = %(channel)s").format(**TABLES)
EACH = sql.SQL(
    "INSERT INTO {messages} (channel, message, expire) "
    "SELECT DISTINCT channel, %(message)s::bytea, %(until)s::timestamptz FROM {groups} "
    "WHERE group_key = ANY(%(groups)s) AND expire > now()"
).format(**TABLES)
TOGETHER = sql.SQL(
    "WITH told AS (SELECT DISTINCT channel FROM {groups} WHERE group_key = ANY(%(groups)s) AND expire > now()), "
    "lots AS (SELECT channel, (row_number() OVER () - 1) / %(lot)s AS lot FROM told) "
    "INSERT INTO {messages} (channel, message, expire) "
    "SELECT %(many)s, convert_to(string_agg(channel, ',') || chr(10), 'UTF8') || %(message)s::bytea, "
    "%(until)s::timestamptz FROM lots GROUP BY lot"
).format(**TABLES)
STORED = sql.SQL(
    "SELECT concat_ws(':', id, channel, encode(message, 'base64'), extract(epoch FROM expire)) FROM {messages} "
    "WHERE expire > now() ORDER BY id"
).format(**TABLES)
TIDY = sql.SQL(
    "WITH gone AS (DELETE FROM {groups} WHERE expire < now() RETURNING 1), "
    "old AS (DELETE FROM {messages} WHERE expire < now() RETURNING 1) "
    "SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM old)"
).format(**TABLES)


class _Tables(DatabaseLayer):
    """The library's statements over a pool that belongs to this object, hence to one event loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pool: AsyncConnectionPool[Any] | None = None
        self._opening = asyncio.Lock()

    async def get_db_pool(self, db_params: dict[str, Any]) -> "AsyncConnectionPool[Any]":
        async with self._opening:
            if self._pool is None:
                pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
                    psycopg.conninfo.make_conninfo(**db_params),
                    kwargs={"autocommit": True},
                    open=False,
                    check=AsyncConnectionPool.check_connection,
                    **self.psycopg_options,
                )
                await pool.open()
                self._pool = pool
            return self._pool

    async def run(self, statement: sql.Composed, **values: object) -> int:
        """Do one statement; the first column of its only row, or nothing."""
        pool = await self.get_db_pool(self.db_params)
        async with pool.connection() as connection:
            cursor = await connection.execute(statement, values)
            row = await cursor.fetchone() if cursor.description else None
        return int(row[0]) if row else 0

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()


class PostgresLayer(PostgresChannelLayer):
    """Groups and messages in PostgreSQL, delivered by NOTIFY. One object serves one event loop.

    A group is left by itself some time after the last `group_add`, so that the dead of a killed process are forgotten.
    """

    django_db: Any

    def __init__(self, *, group_expiry: int = STAY, **config: Any) -> None:
        super().__init__(group_expiry=group_expiry, **config)
        self.django_db = _Tables(self.django_db.psycopg_options, self.db_params)
        self.listener_task_is_running = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None
        self._channels: set[str] = set()

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message of a channel, a copy of one's own. Stopping to wait is the end of the channel."""
        queue: asyncio.Queue[Any] = self._get_or_create_queue(channel)
        self._channels.add(channel)
        if self._listener is None:
            self._listener = asyncio.create_task(self._keep_listening())
        try:
            await self.listener_task_is_running.wait()
            message = await queue.get()
            while isinstance(message, int):  # its number, where it was too long to travel
                row = await self.django_db.delete_message_returning_message(message)
                message = self.deserialize(row[0]) if row else await queue.get()
        except asyncio.CancelledError:
            ASYNCIO_EVENT_CHANNEL_MAPPING.pop(channel, None)
            self._channels.discard(channel)
            raise
        return dict(message)

    async def _keep_listening(self) -> None:
        """Listen for ever."""
        while True:
            try:
                await self.listen_to_all_channels()
            except (psycopg.Error, OSError) as error:
                logger.warning("The channel layer's listener was cut off: %s", error)
            await asyncio.sleep(PAUSE)

    async def listen_to_all_channels(self) -> None:
        """Hand out what comes until the connection is lost; first what is stored, some of which may come twice."""
        facts = psycopg.conninfo.make_conninfo(**{**self.db_params, "application_name": LISTENER})
        async with await psycopg.AsyncConnection.connect(facts, autocommit=True) as connection:
            await connection.execute("LISTEN channels_postgres_messages")
            for (payload,) in await (await connection.execute(STORED)).fetchall():
                self._hand_out(payload)
            self.listener_task_is_running.set()
            async for event in connection.notifies():
                self._hand_out(event.payload)

    def _hand_out(self, payload: str) -> None:
        """`id:channel:message:expiry`, or without the last two when the message was too long to travel.

        A message is read once, however many it is for; of one that did not travel its reader gets the number.
        """
        number, channel, *rest = payload.split(":", 3)
        if not rest:
            self._put([channel], int(number))
        elif channel == MANY:
            names, _line, message = base64.b64decode(rest[0]).partition(b"\n")
            self._put(names.decode().split(","), self.deserialize(message))
        else:
            self._put([channel], self.deserialize(base64.b64decode(rest[0])))

    def _put(self, channels: Iterable[str], message: dict[str, Any] | int) -> None:
        for name in self._channels.intersection(channels):
            self._get_or_create_queue(name).put_nowait(message)

    async def group_add(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        until = datetime.now(UTC) + timedelta(seconds=self.group_expiry)
        await self.django_db.run(JOIN, group=self._group_key(group), channel=channel, until=until)

    async def group_discard(self, group: str, channel: str, expire: int | None = None) -> None:
        await self.django_db.run(LEAVE, group=self._group_key(group), channel=channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self.groups_send([group], message)

    async def groups_send(self, groups: Sequence[str], message: dict[str, Any]) -> None:
        """One message to many groups in one statement, and one NOTIFY for as many channels as it can name.

        Two hundred statements took a quarter of a second; a NOTIFY for each channel was most of what was left.
        """
        for group in groups:
            self.require_valid_group_name(group)
        said = self.serialize(message)
        facts = {
            "groups": [self._group_key(group) for group in groups], "message": said,
            "until": datetime.now(UTC) + timedelta(seconds=self.expiry),
        }  # fmt: skip
        if lot := max(ROOM - len(said), 0) // NAME:
            await self.django_db.run(TOGETHER, **facts, many=MANY, lot=lot)
        else:
            await self.django_db.run(EACH, **facts)

    async def tidy(self) -> int:
        """Delete rows that nobody will read any more; how many there were."""
        return await self.django_db.run(TIDY)

    async def close(self) -> None:
        """Let go of the listener and the connections, when this object's loop is about to end."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await self.django_db.close()
