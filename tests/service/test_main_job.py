"""The main job on real services: PostgreSQL 15, Redis for cache and channels, and each of the two brokers.

A message comes in at the provider's door, a socket is nudged, a reply goes out to a provider on this machine.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest
import websockets
from psycopg import sql
from websockets.typing import Origin

from tests.e2e.tree import Tree, manage
from tests.gateways.conftest import loopback_server
from tests.gateways.provider import Loopback, obliging

pytestmark = pytest.mark.service

BROKERS = {"rabbitmq": "CELERY_BROKER_URL", "redis": "REDIS_URL"}


@pytest.fixture
def provider() -> Iterator[Loopback]:
    with loopback_server() as server:
        server.standing = obliging
        yield server


@pytest.fixture(params=BROKERS)
def tree(request: pytest.FixtureRequest, tmp_path: Path, provider: Loopback) -> Iterator[Tree]:
    """The product on services, in a database of its own."""
    name = f"majlis_service_{os.getpid()}_{request.param}"
    admin = os.environ["DATABASE_ADMIN_URL"]
    environment = {
        "DEBUG": "1",
        "DATABASE_URL": _at(os.environ["DATABASE_URL"], name),
        "DATABASE_MIGRATE_URL": _at(os.environ["DATABASE_MIGRATE_URL"], name),
        "REDIS_URL": _own(os.environ["REDIS_URL"], request.param),
        "CELERY_BROKER_URL": _own(os.environ[BROKERS[request.param]], request.param),
        "META_GRAPH_URL": provider.url,
    }
    tree = Tree(tmp_path / "var", environment)
    try:
        manage(tree, "prepare_database", "--admin-url", admin)
        tree.start()
        yield tree
        assert tree.stop() == []
    finally:
        tree.stop()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_message_comes_in_is_seen_and_is_answered(tree: Tree, provider: Loopback) -> None:
    with _api(tree) as api:
        nudges = asyncio.run(_nudges_while(tree, lambda: tree.write("Is this on?", name="Service")))
        conversation = _eventually(lambda: _named(api, "Service"))
        sent = api.post(f"/api/v1/conversations/{conversation['id']}/send/", json={"body": "It is"})

        assert sent.status_code in (200, 201), sent.text
        message = _eventually(lambda: _status(api, sent.json()["id"], "sent"))

    assert {"topic": "conversation", "id": conversation["id"], "seq": 1} in nudges
    assert message["external_id"].startswith("wamid.")
    assert provider.said() == ["It is"]


def _own(url: str, name: str) -> str:
    """A Redis database of its own for each tree, since two of them may run at once; other addresses as they are."""
    return _at(url, str(1 + list(BROKERS).index(name))) if url.startswith("redis") else url


def _at(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _api(tree: Tree) -> httpx.Client:
    token = tree.business()["api_tokens"]["admin"]
    headers = {"Host": f"samia-tarot.localhost:{tree.port}", "Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"http://127.0.0.1:{tree.port}", headers=headers, timeout=20)


def _named(api: httpx.Client, name: str) -> dict[str, str] | None:
    customers = api.get("/api/v1/customers/", params={"limit": 100}).json()["results"]
    ids = {row["id"] for row in customers if row["profile_name"] == name}
    rows = api.get("/api/v1/conversations/", params={"limit": 100}).json()["results"]
    return next((row for row in rows if row["customer"] in ids), None)


def _status(api: httpx.Client, message_id: str, status: str) -> dict[str, str] | None:
    row = api.get(f"/api/v1/messages/{message_id}/").json()
    return row if row["status"] == status else None


def _eventually(ask: Callable[[], dict[str, str] | None], seconds: float = 20.0) -> dict[str, str]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (found := ask()) is not None:
            return found
        time.sleep(0.1)
    pytest.fail(f"It did not happen within {seconds} s.")


async def _nudges_while(tree: Tree, act: Callable[[], object]) -> list[dict[str, object]]:
    """What the administrator's socket hears while something happens."""
    cookie = await asyncio.to_thread(_session_cookie, tree)
    host = f"samia-tarot.localhost:{tree.port}"
    heard: list[dict[str, object]] = []
    async with websockets.connect(
        f"ws://{host}/ws/", host="127.0.0.1", port=tree.port, origin=Origin(f"http://{host}"),
        additional_headers={"Cookie": cookie},
    ) as socket:  # fmt: skip
        await asyncio.to_thread(act)
        try:
            while True:
                heard.append(json.loads(await asyncio.wait_for(socket.recv(), 5)))
        except TimeoutError:
            return heard


def _session_cookie(tree: Tree) -> str:
    person = next(entry for entry in tree.business()["employees"] if entry["role"] == "admin")
    host = f"samia-tarot.localhost:{tree.port}"
    with httpx.Client(base_url=f"http://127.0.0.1:{tree.port}", headers={"Host": host}, timeout=20) as client:
        client.get("/sign-in/")
        token = client.cookies["csrftoken"]
        form = {"email": person["email"], "password": person["password"], "csrfmiddlewaretoken": token}
        client.post("/sign-in/", data=form, headers={"Referer": f"http://{host}/sign-in/"})
        return f"sessionid={client.cookies['sessionid']}"
