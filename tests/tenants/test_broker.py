"""The broker of files: nothing lost, nothing twice, nothing half read."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu.transport import TRANSPORT_ALIASES

from apps.tenants.embedded import broker

kombu: Any = import_module("kombu")
EACH = 300


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TRANSPORT_ALIASES, "files", broker.PATH)


@contextmanager
def channel_in(folder: Path) -> Iterator[Any]:
    options = {
        "data_folder_in": folder / "queue",
        "data_folder_out": folder / "queue",
        "control_folder": folder / "control",
    }
    with kombu.Connection("files://localhost//", transport_options=options) as connection:
        yield connection.default_channel


def write(folder: Path, writer: int) -> None:
    with channel_in(folder) as channel:
        for number in range(EACH):
            channel._put("live", {"n": writer * EACH + number, "padding": "x" * 2000})


def read(folder: Path, found: "multiprocessing.Queue[int | str]") -> None:
    with channel_in(folder) as channel:
        while True:
            try:
                message = channel._get("live")
            except Empty:
                continue
            except Exception as error:
                found.put(repr(error))
                return
            found.put(message["n"])
            if message["n"] < 0:
                return


def test_its_name_in_a_url_leads_to_it(tmp_path: Path) -> None:
    with channel_in(tmp_path) as channel:
        assert type(channel) is broker.Channel


def test_many_writers_and_readers_lose_and_double_nothing(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[int | str] = fork.Queue()
    readers = [fork.Process(target=read, args=(tmp_path, found)) for _ in range(3)]
    writers = [fork.Process(target=write, args=(tmp_path, number)) for number in range(3)]
    for process in [*readers, *writers]:
        process.start()
    for process in writers:
        process.join()
    with channel_in(tmp_path) as channel:
        for _ in readers:
            channel._put("live", {"n": -1})

    seen = [found.get(timeout=30) for _ in range(3 * EACH + len(readers))]
    for process in readers:
        process.join()

    assert sorted(seen, key=str) == sorted([*range(3 * EACH), -1, -1, -1], key=str)


def test_messages_come_in_order_and_only_to_their_queue(tmp_path: Path) -> None:
    with channel_in(tmp_path) as channel:
        for number in range(20):
            channel._put("live", {"n": number})
        channel._put("slow", {"n": 99})

        assert channel._size("live") == 20
        assert [channel._get("live")["n"] for _ in range(20)] == list(range(20))
        with pytest.raises(Empty):
            channel._get("live")
        assert channel._purge("slow") == 1


def test_a_queue_name_stays_in_the_folder(tmp_path: Path) -> None:
    with channel_in(tmp_path) as channel:
        channel._put("../../live", {"n": 1})

        assert [path.parent.parent for path in tmp_path.rglob("*.msg")] == [tmp_path / "queue"]
        assert channel._get("../../live") == {"n": 1}


def test_publishing_reaches_each_bound_queue_until_it_is_deleted(tmp_path: Path) -> None:
    news = kombu.Exchange("news", type="fanout")
    with channel_in(tmp_path) as channel:
        queues = [kombu.Queue(name, news)(channel) for name in ("one", "other")]
        for queue in queues:
            queue.declare()

        queues[0].delete()
        kombu.Producer(channel, news).publish({"hello": 1})

        assert (channel._size("one"), channel._size("other")) == (0, 1)
        assert [binding.queue for binding in channel.get_table("news")] == ["other"]
