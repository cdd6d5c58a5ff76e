"""A message broker of files, for a machine without Redis or RabbitMQ: kombu's filesystem transport, made safe.

Kombu's own lets a reader take a message, or the list of queues, that is only half written, and the worker dies of it;
it also moves each message through the system's temporary folder. Here files appear whole by rename, and whoever
removes a message has it. A message taken by a worker that is killed is lost all the same: the rows are the truth.

Give it the name of kombu's own, before the first connection: `TRANSPORT_ALIASES["filesystem"] = broker.PATH`.
"""

import fcntl
import os
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import quote

from kombu.transport import filesystem
from kombu.utils import json as kombu_json

PATH = f"{__name__}:Transport"
Binding = filesystem.exchange_queue_t
json: Any = kombu_json  # knows dates and UUIDs; has no types


class Channel(filesystem.Channel):
    """One folder for each queue, one file for each message, in order of arrival."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}.msg"
        _appear(Path(self.data_folder_out) / _folder(queue) / name, json.dumps(payload))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seen: dict[str, deque[Path]] = defaultdict(deque)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message. The folder is read once for all that lie in it: with a thousand waiting that is most of
        the work, and what comes meanwhile is younger."""
        waiting = self._seen[queue]
        if not waiting:
            waiting.extend(self._messages(queue))
        while waiting:
            path = waiting.popleft()
            try:
                payload = path.read_text()
                path.unlink()
            except FileNotFoundError:
                continue  # another reader has it
            return json.loads(payload)
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _purge(self, queue: str) -> int:
        messages = self._messages(queue)
        for path in messages:
            path.unlink(missing_ok=True)
        return len(messages)

    def _messages(self, queue: str) -> list[Path]:
        folder = Path(self.data_folder_in) / _folder(queue)
        try:
            names = os.listdir(folder)
        except FileNotFoundError:
            return []
        return [folder / name for name in sorted(names) if name.endswith(".msg")]

    def _exchange_file(self, exchange: str) -> Path:
        return Path(super()._exchange_file(exchange))

    def get_table(self, exchange: str) -> list[Any]:
        """The queues bound to an exchange."""
        try:
            return [Binding(*row) for row in json.loads(self._exchange_file(exchange).read_text())]
        except FileNotFoundError:
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        binding = Binding(routing_key or "", pattern or "", queue or "")
        self._change(exchange, lambda table: table if binding in table else [binding, *table])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        binding = Binding(routing_key or "", pattern or "", queue or "")
        self._change(exchange, lambda table: [row for row in table if row != binding])
        self._purge(queue)

    def _change(self, exchange: str, change: Callable[[list[Any]], list[Any]]) -> None:
        """Write an exchange's table anew, one process at a time; readers see the old one or the new one."""
        with _alone(self.control_folder):
            before = self.get_table(exchange)
            after = change(before)
            if after != before:
                _appear(self._exchange_file(exchange), json.dumps(after))


class Transport(filesystem.Transport):
    """The broker's entry for kombu."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> Any:  # type: ignore[override]
        """Wait for a message, but never so long that a worker that is asked to stop seems deaf."""
        return super().drain_events(connection, timeout and min(timeout, 0.3))


def _folder(queue: str) -> str:
    return f"of-{quote(queue, '')}"


def _appear(path: Path, text: str) -> None:
    """Write a file that nobody ever sees half written."""
    draft = path.with_name(f".{uuid.uuid4().hex}")
    try:
        draft.write_text(text)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text)
    draft.rename(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
