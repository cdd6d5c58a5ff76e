"""Where files lie: a folder without a bucket, an S3-compatible store with one, spoken to by the real client."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages as django_storages

from config.files import storages

BUCKET = "majlis"


class Store:
    """A store on this machine that keeps what it is given, under its path."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.signed: list[str] = []
        store = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                path = self.path.partition("?")[0]
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                store.signed.append(self.headers.get("Authorization", ""))
                status, told = 200, b""
                if self.command == "PUT":
                    store.kept[path] = body
                elif self.command == "DELETE":
                    status = 204
                    store.kept.pop(path, None)
                elif path in store.kept:
                    told = store.kept[path]
                else:
                    status = 404
                self.send_response(status)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(told)

            do_GET = do_PUT = do_HEAD = do_DELETE = answer

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    thread = threading.Thread(target=store.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield store
    store.server.shutdown()
    store.server.server_close()
    thread.join()


def env_of(monkeypatch: pytest.MonkeyPatch, **said: str) -> environ.Env:
    for name in ("S3_BUCKET", "S3_ENDPOINT_URL", "S3_REGION", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return environ.Env()


def test_without_a_bucket_files_lie_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = storages(env_of(monkeypatch), tmp_path, production=False)

    storage = django_storages.create_storage(found["default"])
    name = storage.save("b_aaaaaaaaaaaa/logo.png", ContentFile(b"a picture"))

    assert (tmp_path / name).read_bytes() == b"a picture"


def test_with_a_bucket_the_real_client_keeps_reads_and_removes(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
    env = env_of(
        monkeypatch, S3_BUCKET=BUCKET, S3_ENDPOINT_URL=store.url, S3_REGION="us-east-1", S3_ACCESS_KEY_ID="an-id",
        S3_SECRET_ACCESS_KEY="a-secret",
    )  # fmt: skip
    storage = django_storages.create_storage(storages(env, tmp_path, production=True)["default"])

    name = storage.save("b_aaaaaaaaaaaa/logo.png", ContentFile(b"a picture"))
    other = storage.save("b_aaaaaaaaaaaa/logo.png", ContentFile(b"another"))

    assert store.kept[f"/{BUCKET}/{name}"] == b"a picture"
    assert other != name, "nothing is written over"
    with storage.open(name) as file:
        assert file.read() == b"a picture"
    assert all(signature.startswith("AWS4-HMAC-SHA256 Credential=an-id/") for signature in store.signed)
    assert "X-Amz-Signature" in storage.url(name)
    assert not list(tmp_path.iterdir())

    storage.delete(name)

    assert not storage.exists(name)
    assert storage.exists(other)
