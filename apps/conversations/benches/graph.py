"""Meta's side of the drill: a Graph API on loopback that takes every message and remembers who was written to."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SLOWNESS = 0.02  # seconds to an answer, so that a kill often comes between sending and hearing of it


class Graph(ThreadingHTTPServer):
    """`heard` counts the messages taken, by the person they are for."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.heard: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def take(self, body: dict[str, Any]) -> dict[str, Any]:
        """Meta's answer. What it has taken counts, whether or not anybody hears the answer."""
        with self._lock:
            if body.get("status") != "read":
                self.heard[str(body.get("to") or body.get("recipient"))] += 1
            number = self.heard.total()
        time.sleep(SLOWNESS)
        return {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.out.{number}.{time.monotonic_ns()}"}]}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked was killed meanwhile."""


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Graph

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(self.server.take(body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Nothing: the drill counts, it does not read."""


@contextmanager
def a_graph() -> Iterator[Graph]:
    """A Graph API for as long as the block."""
    graph = Graph()
    thread = threading.Thread(target=graph.serve_forever, daemon=True)
    thread.start()
    try:
        yield graph
    finally:
        graph.shutdown()
        graph.server_close()
